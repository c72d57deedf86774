import { ConnectorError } from '../errors.ts';
import type { WooClient, WooCommerceContext } from './client.ts';
import type { ShopUnits } from './mapping.ts';
import { currencySchema, settingSchema, settingsListSchema } from './schema.ts';
import { isLengthUnit, isWeightUnit, type LengthUnit, type WeightUnit } from './text.ts';

/** How the shop reckons orders. */
export interface OrderRules {
  /** `woocommerce_calc_taxes`. */
  readonly calculatesTaxes: boolean;
  /**
   * `woocommerce_price_num_decimals`: what an order's amounts are rounded to, whatever its currency has
   * (`WC_Abstract_Order::calculate_totals`); null when unknown.
   */
  readonly decimals: number | null;
}

/** What the shop's rows leave unsaid, asked once: currency, units, how orders are reckoned. */
export class ShopFacts {
  readonly #client: WooClient;
  readonly #ctx: WooCommerceContext;
  #units: Promise<ShopUnits> | null = null;
  #rules: Promise<OrderRules> | null = null;

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
   * How the shop reckons orders. A key that may not read settings is told "no taxes, decimals unknown": orders that tax is
   * added to are settled all the same, only that the shop's own mail shows them before.
   */
  orderRules(): Promise<OrderRules> {
    this.#rules ??= this.#readRules().catch((error: unknown) => {
      this.#rules = null;
      throw error;
    });
    return this.#rules;
  }

  async #readRules(): Promise<OrderRules> {
    const query = { _fields: 'id,value' };
    const call = { method: 'GET', path: 'settings/general', query, operation: 'settings.read' } as const;
    const settings = await this.#orNull('general', () => this.#client.ask(call, settingsListSchema));
    return settings === null ? { calculatesTaxes: false, decimals: null } : orderRulesOf(settings);
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
    const path = `settings/${group}/${id}`;
    const call = { method: 'GET', path, operation: 'settings.read' } as const;
    return (await this.#orNull(id, () => this.#client.ask(call, settingSchema)))?.value ?? null;
  }

  /** Some keys may read products but not settings; WooCommerce's own default is taken then. */
  async #orNull<Value>(setting: string, read: () => Promise<Value>): Promise<Value | null> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof ConnectorError) || !['Unauthorized', 'Rejected', 'NotFound'].includes(error.kind))
        throw error;
      this.#ctx.log.warn({ setting, reason: error.message }, 'a setting of the shop cannot be read');
      return null;
    }
  }
}

/** What the list `settings/general` says about orders. */
export function orderRulesOf(settings: readonly { readonly id: string; readonly value?: unknown }[]): OrderRules {
  const value = (id: string) => String(settings.find((setting) => setting.id === id)?.value ?? '').trim();
  const decimals = value('woocommerce_price_num_decimals');
  return {
    calculatesTaxes: value('woocommerce_calc_taxes') === 'yes',
    decimals: /^\d{1,2}$/.test(decimals) ? Number(decimals) : null,
  };
}
