import { ConnectorError } from '../errors.ts';
import type { WooClient, WooCommerceContext } from './client.ts';
import type { ShopUnits } from './mapping.ts';
import { currencySchema, settingSchema } from './schema.ts';
import { isLengthUnit, isWeightUnit, type LengthUnit, type WeightUnit } from './text.ts';

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
