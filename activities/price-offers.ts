import type { MarketplaceConnector, PriceWrite } from '../connectors/contract/marketplace.ts';
import type { Urgency } from '../connectors/transport/index.ts';
import { acknowledgePrices, type DuePrice, duePrices, pricedBrands } from '../db/price-writes.ts';
import { reportProblem, resolveProblem } from '../db/problems.ts';
import { dueStock } from '../db/stock-writes.ts';
import { type ActivityDeps, commandOf } from './deps.ts';
import { inLanes, inTurn, oneAtATime } from './offer-turns.ts';

/** A round begins no further call after this; the next one goes on. */
const roundMs = 20_000;
/** Calls side by side. */
const lanes = 4;

export interface PriceRound {
  readonly sent: number;
  readonly failed: number;
  readonly more: boolean;
}

/** One round of an account's prices. */
class PricePush {
  readonly #deps: ActivityDeps;
  readonly #connectionId: string;
  readonly #connector: MarketplaceConnector;
  /** Under way, or refused in this round. */
  readonly #taken = new Set<string>();
  readonly #alone = oneAtATime();
  readonly #untilMs = performance.now() + roundMs;
  #brands: string[] = [];
  #isOver = false;
  sent = 0;
  failed = 0;
  more = false;

  constructor(deps: ActivityDeps, connectionId: string, connector: MarketplaceConnector) {
    this.#deps = deps;
    this.#connectionId = connectionId;
    this.#connector = connector;
  }

  async run(): Promise<void> {
    const { db } = this.#deps;
    this.#brands = await db.tx('staff', (trx) => pricedBrands(trx, this.#connectionId));
    if (this.#brands.length === 0) return;
    await inLanes(lanes, async (goesOn) => {
      while (goesOn() && !this.#isOver) {
        const turn = { connectionId: this.#connectionId, operation: 'prices.write', wanted: () => this.#wanted() };
        if (!(await inTurn(this.#deps, turn, (urgency) => this.#send(urgency)))) this.#isOver = true;
        else if (performance.now() > this.#untilMs) {
          this.#isOver = true;
          this.more = true;
        }
      }
    });
  }

  /** A price gives way to stock: to a cut at once, to a raise as well, since the round before it had sent what was due. */
  async #wanted(): Promise<Urgency | null> {
    if (this.#isOver) return null;
    const stock = await this.#deps.db.tx('staff', (trx) => dueStock(trx, this.#connectionId, this.#deps.wall()));
    if (stock !== 'decrease') return { priority: 'price', brandId: null };
    this.more = true;
    return null;
  }

  /** The newest prices of the brand whose turn it is. */
  async #choose(): Promise<DuePrice[]> {
    const { db } = this.#deps;
    for (let brand = this.#brands.shift(); brand !== undefined; brand = this.#brands.shift()) {
      // One that has nothing more is not looked at again in this round.
      const input = { connectionId: this.#connectionId, brandId: brand, except: [...this.#taken] };
      const limit = this.#connector.capabilities.priceBatchSize;
      const rows = await db.tx('staff', (trx) => duePrices(trx, { ...input, limit }));
      if (rows.length === 0) continue;
      this.#brands.push(brand);
      for (const { id } of rows) this.#taken.add(id);
      return rows;
    }
    return [];
  }

  async #send(_urgency: Urgency): Promise<void> {
    const rows = await this.#alone(() => this.#choose());
    if (rows.length === 0) {
      this.#isOver = true;
      return;
    }
    const writes: PriceWrite[] = rows.map((row) => ({
      sellerSku: row.seller_sku,
      externalId: row.external_id,
      externalSkuId: row.external_sku_id,
      price: { amountMinor: row.price_desired_minor, currency: row.currency },
    }));
    const outcomes = new Map((await this.#connector.writePrices(writes)).map((outcome) => [outcome.key, outcome]));
    const command = await commandOf(this.#deps, `prices/${this.#connectionId}/${rows[0]?.id}/${this.sent}`);
    const own = { ...command, commandId: `${command.commandId}/${command.at.getTime()}` };
    const done = rows.filter(({ seller_sku }) => outcomes.get(seller_sku)?.ok === true);
    await this.#deps.db.tx('staff', async (trx) => {
      await acknowledgePrices(trx, done, own.at);
      for (const row of done) if (row.last_error !== null) await resolveProblem(trx, keyOf(row), own);
      for (const row of rows) {
        const outcome = outcomes.get(row.seller_sku);
        if (outcome?.ok === true) continue;
        const reason = outcome?.ok === false ? outcome.reason : 'The answer does not say what became of it.';
        await trx('listing_skus').where({ id: row.id }).update({ last_error: reason });
        await reportProblem(trx, refused(this.#connectionId, row, reason), own);
      }
    });
    // What changed meanwhile is due again; what was refused is tried again by the next round.
    for (const { id } of done) this.#taken.delete(id);
    this.sent += rows.length;
    this.failed += rows.length - done.length;
  }
}

export function priceOfferActivities(deps: ActivityDeps) {
  return {
    /**
     * Sends the differences between desired and acknowledged prices, the brands in turn. Each call is filled when the account's
     * budget has room for it: of several changes of a price only the newest is sent. Cuts of stock that come meanwhile go
     * first. Absolute: may be repeated.
     */
    async pushPrices(connectionId: string): Promise<PriceRound> {
      if ((await deps.db.tx('staff', (trx) => pricedBrands(trx, connectionId))).length === 0)
        return { sent: 0, failed: 0, more: false };
      const { connector } = await deps.open.marketplace(connectionId);
      const push = new PricePush(deps, connectionId, connector);
      await push.run();
      const { sent, failed, more } = push;
      return { sent, failed, more };
    },
  };
}

const keyOf = ({ id }: DuePrice): string => `listing-sku/${id}/offer`;

const refused = (connectionId: string, row: DuePrice, reason: string) =>
  ({
    causeKey: keyOf(row),
    kind: 'offer-refused',
    severity: 'warning',
    title: `${row.seller_sku}: the marketplace would not take its stock or price`,
    detail: reason,
    remedy: 'Look at the listing over there; it is tried again at the next round.',
    entityKind: 'listing',
    entityId: row.listing_id,
    connectionId,
  }) as const;
