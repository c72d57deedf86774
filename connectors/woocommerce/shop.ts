import type { ConnectionFinding, ConnectionReport } from '../contract/common.ts';
import { ConnectorError } from '../errors.ts';
import type { WooClient, WooCommerceContext } from './client.ts';
import type { ShopUnits } from './mapping.ts';
import {
  currencySchema,
  emptyBatchSchema,
  indexSchema,
  rowsSchema,
  settingSchema,
  settingsListSchema,
} from './schema.ts';
import { decodeEntities, isLengthUnit, isWeightUnit, type LengthUnit, type WeightUnit } from './text.ts';

/** What the shop's rows leave unsaid, asked once: currency and units. */
export class ShopFacts {
  readonly #client: WooClient;
  readonly #ctx: WooCommerceContext;
  #units: Promise<ShopUnits> | null = null;
  #taxes: Promise<boolean> | null = null;

  constructor(client: WooClient, ctx: WooCommerceContext) {
    this.#client = client;
    this.#ctx = ctx;
  }

  /** Throws as the calls do; a failure is not remembered. */
  units(): Promise<ShopUnits> {
    this.#units ??= this.#readUnits().catch((error: unknown) => {
      this.#units = null;
      throw error;
    });
    return this.#units;
  }

  /**
   * Whether the shop adds tax to orders (`woocommerce_calc_taxes`). A key that may not read settings is told no: orders
   * that tax is added to are settled all the same, only that the shop's own mail shows them before.
   */
  calculatesTaxes(): Promise<boolean> {
    this.#taxes ??= this.#setting('general', 'woocommerce_calc_taxes').then(
      (value) => value === 'yes',
      (error: unknown) => {
        this.#taxes = null;
        throw error;
      },
    );
    return this.#taxes;
  }

  async #readUnits(): Promise<ShopUnits> {
    const { settings } = this.#ctx;
    return {
      currency: settings.currency ?? (await this.#currency()),
      weightUnit: settings.weightUnit ?? (await this.#weightUnit()),
      lengthUnit: settings.dimensionUnit ?? (await this.#lengthUnit()),
      hsCodeMeta: settings.hsCodeMeta ?? null,
      originMeta: settings.originMeta ?? null,
    };
  }

  async #currency(): Promise<string> {
    const call = { method: 'GET', path: 'data/currencies/current', operation: 'settings.read' } as const;
    return (await this.#client.ask(call, currencySchema)).code;
  }

  async #weightUnit(): Promise<WeightUnit> {
    const unit = await this.#setting('products', 'woocommerce_weight_unit');
    return isWeightUnit(unit) ? unit : 'kg';
  }

  async #lengthUnit(): Promise<LengthUnit> {
    const unit = await this.#setting('products', 'woocommerce_dimension_unit');
    return isLengthUnit(unit) ? unit : 'cm';
  }

  async #setting(group: string, id: string): Promise<unknown> {
    try {
      const path = `settings/${group}/${id}`;
      return (await this.#client.ask({ method: 'GET', path, operation: 'settings.read' }, settingSchema)).value;
    } catch (error) {
      // Some keys may read products but not settings; WooCommerce's own default is taken then.
      if (!(error instanceof ConnectorError) || !['Unauthorized', 'Rejected', 'NotFound'].includes(error.kind))
        throw error;
      this.#ctx.log.warn({ setting: id, reason: error.message }, 'a setting of the shop cannot be read');
      return null;
    }
  }
}

/** Tries what the connection needs, one right after the other, and says what is missing. Writes nothing. */
export async function testShop(client: WooClient, ctx: WooCommerceContext): Promise<ConnectionReport> {
  const findings: ConnectionFinding[] = [];
  const facts: Record<string, string> = {};
  const account = await readIndex(client, ctx, facts, findings);
  const rights: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['read products', () => client.ask(read('products'), rowsSchema)],
    ['read orders', () => client.ask(read('orders'), rowsSchema)],
    ['write orders', () => client.ask(emptyBatch('orders'), emptyBatchSchema)],
    ['manage webhooks', () => client.ask(read('webhooks'), rowsSchema)],
  ];
  for (const [what, run] of rights) {
    const problem = await refusalOf(run);
    if (problem === null) continue;
    findings.push({
      severity: 'error',
      what: `The key may not ${what}: ${problem.message}`,
      remedy: problem.details.remedy ?? 'Make a key with the right "Read/Write" for a shop manager.',
    });
    // Without a valid key every other right fails in the same way.
    if (problem.details.code === 'woocommerce_rest_authentication_error' && what === 'read products') break;
  }
  if (findings.length === 0) await readSettings(client, facts, findings);
  return { ok: findings.every(({ severity }) => severity !== 'error'), account, facts, findings };
}

async function readIndex(
  client: WooClient,
  ctx: WooCommerceContext,
  facts: Record<string, string>,
  findings: ConnectionFinding[],
): Promise<string> {
  let account = ctx.settings.url;
  const problem = await refusalOf(async () => {
    const index = await client.index(indexSchema);
    account = decodeEntities(index.name || ctx.settings.url);
    facts.address = index.url ?? ctx.settings.url;
    if (!index.namespaces.includes('wc/v3')) {
      findings.push({
        severity: 'error',
        what: 'The site has no wc/v3 interface.',
        remedy: 'Activate WooCommerce there.',
      });
    }
  });
  // Some sites hide the index from strangers while the interface itself works.
  if (problem !== null) facts.index = problem.message;
  return account;
}

async function readSettings(
  client: WooClient,
  facts: Record<string, string>,
  findings: ConnectionFinding[],
): Promise<void> {
  const problem = await refusalOf(async () => {
    const query = { _fields: 'id,value' };
    const call = { method: 'GET', path: 'settings/general', query, operation: 'settings.read' } as const;
    const settings = await client.ask(call, settingsListSchema);
    const value = (id: string) => String(settings.find((setting) => setting.id === id)?.value ?? '');
    facts.currency = value('woocommerce_currency');
    if (value('woocommerce_calc_taxes') !== 'yes') return;
    findings.push({
      severity: 'warning',
      what: 'The shop calculates taxes; added to a pushed order they would change its total, and the order is refused.',
      remedy: 'Name a tax class without rates as "tax class of pushed orders".',
    });
  });
  if (problem === null) return;
  const what = `The shop's settings cannot be read: ${problem.message}`;
  findings.push({ severity: 'warning', what, remedy: 'Give currency and units in the connection’s settings.' });
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

function read(path: string) {
  return { method: 'GET', path, query: { per_page: 1, _fields: 'id' }, operation: 'connection.test' } as const;
}

/** A batch without rows changes nothing, but is refused to a key that may not write. */
function emptyBatch(resource: string) {
  return { method: 'POST', path: `${resource}/batch`, body: {}, operation: 'connection.test' } as const;
}
