import type { ConnectionFinding, ConnectionReport } from '../contract/common.ts';
import { decimalsOf } from '../contract/minor-units.ts';
import { ConnectorError } from '../errors.ts';
import { readChoices } from './choices.ts';
import { WooClient, type WooCommerceContext } from './client.ts';
import type { WooCommerceSettings } from './credentials.ts';
import { decimalsRemedy } from './order-content.ts';
import { emptyBatchSchema, indexSchema, rowsSchema, settingSchema, settingsListSchema } from './schema.ts';
import { orderRulesOf } from './shop.ts';
import { decodeEntities } from './text.ts';

type Index = { readonly name: string; readonly home: string | null; readonly hasWooCommerce: boolean };

/** What is tried, in this order; the first failure of a kind explains the others. */
interface Draft {
  readonly findings: ConnectionFinding[];
  readonly facts: Record<string, string>;
}

const READ_WRITE =
  'Make a key with the right "Read/Write" for a shop manager: WooCommerce → Settings → Advanced → REST API.';

/** Tries what the connection needs, one right after the other, and says what is missing. Writes nothing. */
export async function testShop(client: WooClient, ctx: WooCommerceContext): Promise<ConnectionReport> {
  const draft: Draft = { findings: [], facts: {} };
  const index = await readIndex(client, ctx, draft);
  const report = () => ({
    ok: draft.findings.every(({ severity }) => severity !== 'error'),
    account: index?.name ?? ctx.settings.url,
    facts: draft.facts,
    findings: draft.findings,
  });
  if (draft.findings.length > 0) return report();
  if (index !== null) checkAddress(index, ctx.settings, draft);
  const refused = await refusalOf(() => client.ask(read('products'), rowsSchema));
  if (refused !== null) {
    draft.findings.unshift(await explainRead(refused, ctx, index));
    return report();
  }
  const rights: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['read orders', () => client.ask(read('orders'), rowsSchema)],
    ['write products', () => client.ask(emptyBatch('products'), emptyBatchSchema)],
    ['write orders', () => client.ask(emptyBatch('orders'), emptyBatchSchema)],
    ['manage webhooks', () => client.ask(read('webhooks'), rowsSchema)],
  ];
  for (const [what, run] of rights) {
    const problem = await refusalOf(run);
    if (problem === null) continue;
    if (isReadOnlyKey(problem, what)) {
      const said = 'This key can read but not write: products, stock and orders cannot be changed with it.';
      draft.findings.push({ severity: 'error', what: said, remedy: READ_WRITE });
      break;
    }
    const remedy = problem.details.remedy ?? READ_WRITE;
    draft.findings.push({ severity: 'error', what: `The key may not ${what}: ${problem.message}`, remedy });
  }
  if (draft.findings.some(({ severity }) => severity === 'error')) return report();
  await readSettings(client, draft);
  return { ...report(), choices: await readChoices(client) };
}

/** `GET /wp-json/` needs no key: what fails there is the address, the site or what stands before it. */
async function readIndex(
  client: WooClient,
  ctx: WooCommerceContext,
  { facts, findings }: Draft,
): Promise<Index | null> {
  let index: Index | null = null;
  // Where the web server hands everything to WordPress, plain permalinks show the home page at any address.
  const problem = await refusalOrPage(async () => {
    const { name, url, home, namespaces } = await client.index(indexSchema);
    index = {
      name: decodeEntities(name || ctx.settings.url),
      home: home ?? url ?? null,
      hasWooCommerce: namespaces.includes('wc/v3'),
    };
    facts.address = home ?? url ?? ctx.settings.url;
    if (index.hasWooCommerce) return;
    const what = 'The site has no wc/v3 interface.';
    findings.push({ severity: 'error', what, remedy: 'Activate WooCommerce there.' });
  });
  if (problem === null) return index;
  const isPage = problem.details.code === 'unreadable_answer' || problem.details.code === 'no_shop_answer';
  if (problem.details.code === 'redirect') {
    findings.push({
      severity: 'error',
      what: `The shop sends calls of this address elsewhere: ${problem.message}`,
      remedy: `${problem.details.remedy ?? ''} It is the one that the browser shows when the shop is open.`.trim(),
    });
  } else if (isPage && (problem.details.status === 404 || problem.details.status === 200)) {
    findings.push({
      severity: 'error',
      what: 'There is a web site at this address, but no WordPress REST interface: it answers with a page.',
      remedy:
        'Switch on permalinks (WordPress → Settings → Permalinks, anything but "Plain"), and check the address and the REST prefix.',
    });
  } else {
    // Some sites hide the index from strangers while the interface itself works.
    facts.index = problem.message;
  }
  return index;
}

/** OAuth signatures are made over the address; one letter's difference from the site's own spelling breaks them all. */
function checkAddress({ home }: Index, settings: WooCommerceSettings, { findings }: Draft): void {
  if (home === null || !URL.canParse(home) || !URL.canParse(settings.url)) return;
  const given = plainAddress(settings.url);
  const own = plainAddress(home);
  if (given === own) return;
  const isSigned = settings.url.toLowerCase().startsWith('http:') || settings.authentication === 'oauth';
  const isTls = home.toLowerCase().startsWith('https:') && given.startsWith('http:');
  findings.push({
    severity: isSigned || isTls ? 'warning' : 'info',
    what: isTls
      ? `The shop is at home at ${home}: over plain http, keys and buyers' data could be read on the way.`
      : `The shop spells its address ${home}, not ${settings.url}${isSigned ? '; signatures are made over it' : ''}.`,
    remedy: `Give ${home} as the shop address.`,
  });
}

/** Why not even products can be read; other ways of authentication are tried, so that the right one can be named. */
async function explainRead(
  refused: ConnectorError,
  ctx: WooCommerceContext,
  index: Index | null,
): Promise<ConnectionFinding> {
  const error = (what: string, remedy: string) => ({ severity: 'error', what, remedy }) as const;
  const { code, status } = refused.details;
  const said = refused.message;
  if (code === 'no_shop_answer' && status === 404) {
    return error(`The shop's REST interface is not at this address: ${said}`, refused.details.remedy ?? READ_WRITE);
  }
  if (/read permissions/.test(said)) return error('This key can write but not read.', READ_WRITE);
  if (/[Ss]ignature/.test(said)) {
    const spelled = index?.home ?? 'the site address of WordPress → Settings → General';
    return error(
      `The signature does not match: ${said}`,
      `Check the consumer secret, and spell the address as ${spelled}.`,
    );
  }
  if (/timestamp/.test(said)) {
    return error(`The shop's clock is more than 15 minutes off: ${said}`, 'Set the clock of the shop’s server right.');
  }
  if (status === 403) return error(`The key’s user may not read products: ${said}`, READ_WRITE);
  if (code !== 'woocommerce_rest_authentication_error') {
    for (const way of ['query', 'oauth'] as const) {
      if (!ctx.settings.url.startsWith('https:') || ctx.settings.authentication === way) continue;
      const other = new WooClient({ ...ctx, settings: { ...ctx.settings, authentication: way } });
      if ((await refusalOf(() => other.ask(read('products'), rowsSchema))) !== null) continue;
      const why = {
        query: 'The host takes the Authorization header away before WooCommerce sees it.',
        oauth: 'The site does not notice that it is called over https, and overlooks plain keys.',
      }[way];
      return error(why, `Set authentication to ${way}; better, let the host correct it.`);
    }
  }
  return error(`The key may not read products: ${said}`, refused.details.remedy ?? READ_WRITE);
}

async function readSettings(client: WooClient, { facts, findings }: Draft): Promise<void> {
  const problem = await refusalOf(async () => {
    const query = { _fields: 'id,value' };
    const call = { method: 'GET', path: 'settings/general', query, operation: 'settings.read' } as const;
    const settings = await client.ask(call, settingsListSchema);
    const value = (id: string) => String(settings.find((setting) => setting.id === id)?.value ?? '');
    const currency = value('woocommerce_currency');
    const { calculatesTaxes, decimals } = orderRulesOf(settings);
    facts.currency = currency;
    facts.taxes = calculatesTaxes ? 'added by the shop, within the sold price' : 'none';
    if (decimals === null || decimals >= decimalsOf(currency)) return;
    const what = `The shop rounds orders to ${decimals} decimals, ${currency} has ${decimalsOf(currency)}: orders that need more are refused.`;
    findings.push({ severity: 'warning', what, remedy: decimalsRemedy(currency) });
  });
  if (problem === null) return checkStockManagement(client, findings);
  const what = `The shop's settings cannot be read: ${problem.message}`;
  findings.push({ severity: 'warning', what, remedy: 'Give currency and units in the connection’s settings.' });
}

/** A switch for the whole shop: while it is off, quantities are dropped silently whatever products say. */
async function checkStockManagement(client: WooClient, findings: ConnectionFinding[]): Promise<void> {
  const path = 'settings/products/woocommerce_manage_stock';
  let value: unknown = null;
  // Where it cannot be read nothing is known; products that are not counted are findings of their own.
  await refusalOf(async () => {
    ({ value } = await client.ask({ method: 'GET', path, operation: 'settings.read' }, settingSchema));
  });
  if (value !== 'no') return;
  const remedy = 'Switch on WooCommerce → Settings → Products → Inventory → Enable stock management.';
  findings.push({ severity: 'warning', what: 'The shop counts no stock at all: nothing of it can be sold.', remedy });
}

/** The shop speaks its own language; reading worked before, so what is refused to the key is its right to write. */
function isReadOnlyKey({ message, details }: ConnectorError, what: string): boolean {
  if (/write permissions/.test(message)) return true;
  const isOfTheKey = details.code === 'woocommerce_rest_authentication_error' && what.startsWith('write');
  return isOfTheKey && !/signature|timestamp|nonce/i.test(message);
}

/** Null when it works; the refusal when it does not. What says nothing about the key is thrown on. */
async function refusalOf(run: () => Promise<unknown>): Promise<ConnectorError | null> {
  try {
    await run();
    return null;
  } catch (error) {
    const kinds = ['Unauthorized', 'Rejected', 'NotFound'];
    if (error instanceof ConnectorError && kinds.includes(error.kind)) return error;
    throw error;
  }
}

/** The same, where a page in place of an answer is one, too. */
async function refusalOrPage(run: () => Promise<unknown>): Promise<ConnectorError | null> {
  try {
    return await refusalOf(run);
  } catch (error) {
    if (error instanceof ConnectorError && error.details.code === 'unreadable_answer') return error;
    throw error;
  }
}

function plainAddress(text: string): string {
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`;
}

function read(path: string) {
  return { method: 'GET', path, query: { per_page: 1, _fields: 'id' }, operation: 'connection.test' } as const;
}

/** A batch without rows changes nothing, but is refused to a key that may not write. */
function emptyBatch(resource: string) {
  return { method: 'POST', path: `${resource}/batch`, body: {}, operation: 'connection.test' } as const;
}
