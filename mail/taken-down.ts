import type { ComposedMail } from './compose.ts';
import { htmlPage, paragraph, table } from './html.ts';
import { oneLine } from './safe-text.ts';

export interface TakenDownInput {
  readonly brandName: string;
  readonly marketplace: string;
  readonly title: string;
  readonly sellerSkus: readonly string[];
  /** The marketplace's own words. */
  readonly reasons: readonly string[];
  /** It cannot be edited over there either. */
  readonly isLocked: boolean;
}

/** Tells a brand that a marketplace does not sell one of its products any more. */
export function composeTakenDownMail(input: TakenDownInput): ComposedMail {
  const { isLocked } = input;
  const heading = `${oneLine(input.marketplace)} ${isLocked ? 'locked' : 'took down'} ${oneLine(input.title)}`;
  const what = isLocked
    ? 'It cannot be bought there, nor be changed, until an appeal is heard. Its units are offered on the other marketplaces meanwhile.'
    : 'It cannot be bought there until it is mended and reviewed again. Its units are offered on the other marketplaces meanwhile.';
  const facts: [string, string][] = [
    ['Product', input.title],
    ['SKUs there', input.sellerSkus.join(', ')],
    ['Reason', input.reasons.join('; ')],
  ];
  return {
    subject: oneLine(`${heading}: ${input.brandName}`),
    text: `${[heading, '', what, '', ...facts.map(([label, value]) => `${label}: ${oneLine(value)}`)].join('\n')}\n`,
    html: htmlPage(heading, [paragraph(what), table(['', ''], facts)]),
  };
}
