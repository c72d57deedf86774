import type { ConnectionFinding, ConnectionReport } from '../contract/common.ts';
import { ConnectorError } from '../errors.ts';
import { readChoices } from './choices.ts';
import type { MagentoCall, MagentoClient, MagentoContext } from './client.ts';
import { inParallel } from './criteria.ts';
import { isMissingRoute } from './errors.ts';
import { modulesSchema, okSchema, stockResolverSchema, storeConfigsSchema, websitesSchema } from './schema.ts';

/** What the shop's rows leave unsaid, asked once. */
export interface ShopFacts {
  readonly storeId: number;
  readonly websiteCode: string;
  /** Null where the shop does not name it. */
  readonly websiteId: number | null;
  /** ISO 4217; prices are kept in it. */
  readonly currency: string;
  readonly timeZone: string;
  readonly weightUnit: string;
  /** Ends with a slash. */
  readonly mediaUrl: string;
  /** Multi-source inventory is there. */
  readonly msi: boolean;
  /** Id of the stock that the website sells from; with MSI only. */
  readonly stockId: number;
  /** All store views by id, with the currency of their website's prices. */
  readonly stores: ReadonlyMap<number, { readonly code: string; readonly currency: string }>;
}

/** Reads the facts once; a failure is not remembered. */
export class FactsReader {
  readonly #client: MagentoClient;
  readonly #ctx: MagentoContext;
  #facts: Promise<ShopFacts> | null = null;

  constructor(client: MagentoClient, ctx: MagentoContext) {
    this.#client = client;
    this.#ctx = ctx;
  }

  read(): Promise<ShopFacts> {
    this.#facts ??= this.#read().catch((error: unknown) => {
      this.#facts = null;
      throw error;
    });
    return this.#facts;
  }

  async #read(): Promise<ShopFacts> {
    const { settings } = this.#ctx;
    const configs = await this.#client.ask(get('store/storeConfigs', 'store.configs'), storeConfigsSchema);
    const wanted = settings.storeView;
    const config =
      wanted === undefined ? configs.toSorted((a, b) => a.id - b.id)[0] : configs.find(({ code }) => code === wanted);
    if (config === undefined) {
      const remedy = `The shop has the store views ${configs.map(({ code }) => code).join(', ')}.`;
      throw new ConnectorError('Rejected', `There is no store view ${wanted ?? ''}.`, { field: 'storeView', remedy });
    }
    const website = await this.#website(config.website_id);
    const websiteCode = settings.websiteCode ?? website?.code ?? 'base';
    const stockId = await this.#stockId(websiteCode);
    const media = config.secure_base_media_url ?? config.base_media_url ?? `${settings.url.replace(/\/+$/, '')}/media/`;
    return {
      storeId: config.id,
      websiteCode,
      websiteId: website?.id ?? null,
      currency: config.base_currency_code,
      timeZone: config.timezone ?? 'UTC',
      weightUnit: config.weight_unit ?? 'lbs',
      mediaUrl: media.endsWith('/') ? media : `${media}/`,
      msi: stockId !== null,
      stores: new Map(configs.map((one) => [one.id, { code: one.code, currency: one.base_currency_code }])),
      stockId: stockId ?? 1,
    };
  }

  /** The one of the settings, else the store view's. */
  async #website(id: number): Promise<{ readonly id: number; readonly code: string } | undefined> {
    const { websiteCode: wanted } = this.#ctx.settings;
    const websites = await this.#client.ask(get('store/websites', 'store.websites'), websitesSchema);
    return websites.find((one) => (wanted === undefined ? one.id === id : one.code === wanted));
  }

  /** Null in a shop without several sources. */
  async #stockId(websiteCode: string): Promise<number | null> {
    if ((await this.#hasSources()) === false) return null;
    const path = `inventory/stock-resolver/website/${encodeURIComponent(websiteCode)}`;
    try {
      return (await this.#client.ask(get(path, 'stock.resolve'), stockResolverSchema)).stock_id;
    } catch (error) {
      if (isMissingRoute(error)) return null;
      throw error;
    }
  }

  /** Null where the account may not list modules: then the routes tell. */
  async #hasSources(): Promise<boolean | null> {
    try {
      return (await this.#client.ask(get('modules', 'modules.list'), modulesSchema)).includes('Magento_InventoryApi');
    } catch (error) {
      if (error instanceof ConnectorError && error.kind === 'Unauthorized') return null;
      throw error;
    }
  }
}

interface Probe {
  readonly what: string;
  readonly call: MagentoCall;
  readonly severity: 'error' | 'warning';
  /** Only with multi-source inventory. */
  readonly msi?: boolean;
}

const one = { 'searchCriteria[pageSize]': 1 };
const PROBES_AT_ONCE = 4;
const NO_BULK = '00000000-0000-0000-0000-000000000000';

/**
 * Rights are looked at before bodies: a write without a body, or to an order that there can't be, is refused with
 * another status than 401 where the right is there. Nothing is changed.
 */
const PROBES: readonly Probe[] = [
  {
    what: 'read products',
    severity: 'error',
    call: { ...get('products', 'connection.test'), query: { ...one, fields: 'total_count' } },
  },
  {
    what: 'read orders',
    severity: 'error',
    call: { ...get('orders', 'connection.test'), query: { ...one, fields: 'total_count' } },
  },
  {
    what: 'read sources',
    severity: 'error',
    msi: true,
    call: { ...get('inventory/source-items', 'connection.test'), query: one },
  },
  {
    what: 'read categories',
    severity: 'error',
    call: { ...get('categories/list', 'connection.test'), query: { ...one, fields: 'total_count' } },
  },
  {
    what: 'read attributes',
    severity: 'error',
    call: { ...get('products/attributes', 'connection.test'), query: { ...one, fields: 'total_count' } },
  },
  { what: 'create orders', severity: 'error', call: post('orders') },
  { what: 'cancel orders', severity: 'error', call: post('orders/0/cancel') },
  { what: 'comment orders', severity: 'error', call: post('orders/0/comments') },
  { what: 'ship orders', severity: 'error', call: post('order/0/ship') },
  { what: 'invoice orders', severity: 'error', call: post('order/0/invoice') },
  { what: 'write stock', severity: 'error', msi: true, call: post('inventory/source-items') },
  { what: 'write prices', severity: 'warning', call: post('products/base-prices') },
  { what: 'hold orders', severity: 'warning', call: post('orders/0/hold') },
  { what: 'release orders', severity: 'warning', call: post('orders/0/unhold') },
  { what: 'write refunds down', severity: 'warning', call: post('order/0/refund') },
  {
    what: 'read refunds',
    severity: 'warning',
    call: { ...get('creditmemos', 'connection.test'), query: { ...one, fields: 'total_count' } },
  },
  {
    what: 'read shipments',
    severity: 'warning',
    call: { ...get('shipments', 'connection.test'), query: { ...one, fields: 'total_count' } },
  },
  { what: 'read the status of bulks', severity: 'warning', call: get(`bulk/${NO_BULK}/status`, 'connection.test') },
];

/** Tries what is needed, and names the right that is missing. */
export async function testShop(
  client: MagentoClient,
  ctx: MagentoContext,
  reader: FactsReader,
): Promise<ConnectionReport> {
  const findings: ConnectionFinding[] = [];
  const facts: Record<string, string> = {};
  let account = ctx.settings.url;
  let msi = false;
  const first = await refusalOf(async () => {
    const shop = await reader.read();
    msi = shop.msi;
    account = `${new URL(ctx.settings.url).host} (${shop.websiteCode})`;
    Object.assign(facts, {
      currency: shop.currency,
      website: shop.websiteCode,
      timeZone: shop.timeZone,
      weightUnit: shop.weightUnit,
      inventory: shop.msi ? `several sources, stock ${shop.stockId}` : 'one stock',
    });
  });
  if (first !== null) {
    findings.push(findingOf('read the shop’s configuration', 'error', first));
    return { ok: false, account, facts, findings };
  }
  const probes = PROBES.filter((probe) => msi || probe.msi !== true);
  const problems = await inParallel(probes, PROBES_AT_ONCE, ({ call }) =>
    refusalOf(() => client.ask(call, okSchema), call.method === 'POST'),
  );
  for (const [index, probe] of probes.entries()) {
    const problem = problems[index] ?? null;
    if (problem === null) continue;
    // Reads have to work; of a write only the right to it is looked at.
    const isRead = probe.call.method === 'GET' && probe.severity === 'error';
    if (problem.kind === 'Unauthorized' || isRead) findings.push(findingOf(probe.what, probe.severity, problem));
  }
  if (msi && ctx.settings.orderMailbox === undefined) findings.push(DIRECT_ONLY);
  const choices = await readChoices(client, msi);
  return { ok: findings.every(({ severity }) => severity !== 'error'), account, facts, findings, choices };
}

const DIRECT_ONLY: ConnectionFinding = {
  severity: 'info',
  what: 'All orders are written directly: the shop reserves nothing for them, so their stock is taken from the source.',
  remedy: 'Name a mailbox for pushed orders; then those at the shop’s own prices go through a cart, which reserves.',
};

function findingOf(what: string, severity: 'error' | 'warning', problem: ConnectorError): ConnectionFinding {
  const remedy = problem.details.remedy ?? 'Check the rights of the integration (System → Integrations → API).';
  return { severity, what: `Cannot ${what}: ${problem.message}`, remedy };
}

/** Null when it works; the refusal when it does not. What says nothing about the account is thrown on. */
async function refusalOf(run: () => Promise<unknown>, mayBreak = false): Promise<ConnectorError | null> {
  try {
    await run();
    return null;
  } catch (error) {
    // Some version breaks over a write without a body: it has looked at the right by then.
    if (mayBreak && error instanceof ConnectorError && error.details.status === 500) return error;
    if (error instanceof ConnectorError && ['Unauthorized', 'Rejected', 'NotFound'].includes(error.kind)) return error;
    if (isMissingRoute(error) && error instanceof ConnectorError) return error;
    throw error;
  }
}

function get(path: string, operation: string): MagentoCall {
  return { method: 'GET', path, operation };
}

function post(path: string): MagentoCall {
  return { method: 'POST', path, body: {}, operation: 'connection.test' };
}
