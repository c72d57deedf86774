import type { RowFinding, StoreProduct } from '../connectors/contract/store.ts';

const markup = /<\/?[a-z][^<>]*>/i;

/**
 * Oddities that no kind of shop keeps out, for those that its connector did not name: markup in a name, goods for nothing. A
 * name with markup is kept as it is; what goes to marketplaces is cleaned by the rules.
 */
export function odditiesOf(product: StoreProduct): RowFinding[] {
  const has = (field: string): boolean => product.findings.some((one) => one.field === field);
  const findings: RowFinding[] = [];
  if (markup.test(product.title) && !has('title')) {
    findings.push({
      field: 'title',
      value: product.title,
      reason: 'The name holds markup.',
      remedy: 'Write the name in the shop without markup; it is cleaned for marketplaces.',
      blocking: false,
    });
  }
  for (const { sku, price } of product.variants) {
    if (price?.amountMinor !== 0 || sku === null || has('price')) continue;
    findings.push({
      field: 'price',
      value: '0',
      reason: `The shop gives ${sku} away for nothing.`,
      remedy: 'Set a price in the shop.',
      blocking: true,
    });
  }
  return findings;
}
