import type { ConnectorContext } from '../contract/common.ts';
import type { MarketplaceAttribute } from '../contract/marketplace.ts';
import type { JdIdClient } from './client.ts';
import type { Named } from './gateways/gateway.ts';
import { Remembered } from './remembered.ts';
import type { JdIdCredentials, JdIdSettings } from './schema.ts';

/** A guard against a gateway that repeats its last page for ever. */
const MAX_PAGES = 200;
const DEFAULT_MINUTES = 720;
const MINUTE_MS = 60_000;

interface ListedCategory extends Named {
  readonly parentId: string | null;
  readonly leaf: boolean;
}

/** Categories, their attributes and the shop's brands: they change seldom, so answers are remembered for a while. */
export class JdIdLookUps {
  readonly #client: JdIdClient;
  readonly #categories: Remembered<readonly ListedCategory[]>;
  readonly #brands: Remembered<readonly Named[]>;
  readonly #attributes: Remembered<readonly MarketplaceAttribute[]>;

  constructor(client: JdIdClient, { clock, settings }: ConnectorContext<JdIdCredentials, JdIdSettings>) {
    this.#client = client;
    const forMs = (settings.lookUpMinutes ?? DEFAULT_MINUTES) * MINUTE_MS;
    this.#categories = new Remembered(clock, forMs);
    this.#brands = new Remembered(clock, forMs);
    this.#attributes = new Remembered(clock, forMs);
  }

  /** A flat list; a leaf is one that is nobody's parent. */
  categories(): Promise<readonly ListedCategory[]> {
    return this.#categories.get('all', async () => {
      const rows = await this.#client.ask(this.#client.gateway.calls.categories());
      const parents = new Set(rows.map(({ parentId }) => parentId));
      return rows.map((row) => ({ ...row, leaf: !parents.has(row.id) }));
    });
  }

  /** The brands that the shop may sell. */
  brands(): Promise<readonly Named[]> {
    return this.#brands.get('all', () => this.#client.ask(this.#client.gateway.calls.brands()));
  }

  /**
   * The attributes of a category with their values. Which values of `type` tell SKUs apart is UNCONFIRMED, and nothing
   * says which attributes are required: both are null.
   */
  attributes(categoryId: string): Promise<readonly MarketplaceAttribute[]> {
    return this.#attributes.get(categoryId, async () => {
      const attributes: MarketplaceAttribute[] = [];
      for (const attribute of await this.#client.ask(this.#client.gateway.calls.attributes(categoryId))) {
        const choices = await this.#values(categoryId, attribute.id);
        attributes.push({ ...attribute, forVariants: null, required: null, choices });
      }
      return attributes;
    });
  }

  async #values(categoryId: string, attributeId: string): Promise<readonly Named[]> {
    const values = new Map<string, Named>();
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const call = this.#client.gateway.calls.attributeValues(categoryId, attributeId, page);
      const { items, total } = await this.#client.ask(call);
      const before = values.size;
      for (const value of items) values.set(value.id, value);
      if (values.size === before || (total !== null && values.size >= total)) break;
    }
    return [...values.values()];
  }
}
