import type { Booking, CarrierConnector } from '../contract/carrier.ts';
import type { RowOutcome } from '../contract/common.ts';
import type { ListingRef, MarketplaceConnector } from '../contract/marketplace.ts';
import { subject as dhlExpress } from '../dhl-express/conformance.ts';
import { ConnectorError } from '../errors.ts';
import { subject as jdId } from '../jd-id/conformance.ts';
import type { ConformanceSubject } from './subject.ts';

/** What a broken marketplace or carrier connector does differently. */
export type Flaw<Connector> = (good: Connector) => Partial<Connector>;

const rejects = (outcomes: readonly RowOutcome[]): readonly RowOutcome[] => {
  const bad = outcomes.find(({ ok }) => !ok);
  if (bad !== undefined) throw new ConnectorError('Rejected', `${bad.key} was refused`);
  return outcomes;
};
const tidied = (sku: string): string => sku.replaceAll(/[^\w-]/g, '_');

/** Shared by all calls of the flaw that mixes workers up. */
let collected: Parameters<MarketplaceConnector['writeStock']>[0] = [];

/** One broken law for each family of marketplaces: mistakes that connectors really have. */
export const marketplaceFlaws: Readonly<Record<string, Flaw<MarketplaceConnector>>> = {
  /** Keeps the reasons of a rejection to itself. */
  listing: (good) => ({
    readReview: async (ref) => {
      const verdict = await good.readReview(ref);
      return verdict.status === 'rejected' ? { ...verdict, reasons: [] } : verdict;
    },
  }),
  /** Takes a state that it does not know for an open order. */
  order: (good) => ({
    readOrders: async (ids) => (await good.readOrders(ids)).map((order) => ({ ...order, tag: order.tag ?? 'OPEN' })),
  }),
  /** One bad row throws the batch away. */
  'partial batch': (good) => ({
    writeStock: async (rows) => rejects(await good.writeStock(rows)),
    writePrices: async (rows) => rejects(await good.writePrices(rows)),
  }),
  /** Makes SKUs tidy. */
  'odd SKUs': (good) => ({
    createListing: (draft) =>
      good.createListing({
        ...draft,
        skus: draft.skus.map((sku) => ({ ...sku, sellerSku: tidied(sku.sellerSku) })),
      }),
  }),
  /** Knows ASCII. */
  text: (good) => ({
    createListing: (draft) => good.createListing({ ...draft, title: draft.title.replaceAll(/[^ -~]/gu, '?') }),
  }),
  /** Takes what came for the label, without looking whether it is one. */
  label: (good) => ({
    printLabel: async (id) => {
      const label = await good.printLabel?.(id);
      if (label === undefined) throw new Error('the connector prints no labels');
      return { ...label, document: label.document && { ...label.document, bytes: Buffer.from('<html>') } };
    },
  }),
  /** Takes the platform's wall time for an instant. */
  'money and time': (good) => ({
    readOrders: async (ids) =>
      (await good.readOrders(ids)).map((order) => ({
        ...order,
        orderedAt: new Date(order.orderedAt.getTime() + 7 * 3_600_000),
      })),
  }),
  /** Shows a hundred at most. */
  quantities: (good) => ({
    writeStock: (rows) => good.writeStock(rows.map((row) => ({ ...row, quantity: Math.min(row.quantity, 100) }))),
  }),
  /** Collects rows in one place for all callers, and writes what lies there. */
  'parallel writes': (good) => ({
    writeStock: async (rows) => {
      collected = rows;
      await new Promise((resolve) => setImmediate(resolve));
      return good.writeStock(collected);
    },
  }),
};

/** The one flaw that looks right as long as nothing is lost: what was not heard did not happen. */
export const marketplaceDoubles: Flaw<MarketplaceConnector> = (good) => ({
  createListing: async (draft): Promise<ListingRef> => {
    try {
      return await good.createListing(draft);
    } catch (error) {
      if (error instanceof ConnectorError && error.kind === 'OutcomeUnknown') return good.createListing(draft);
      throw error;
    }
  },
});

/** One broken law for each family of carriers. */
export const carrierFlaws: Readonly<Record<string, Flaw<CarrierConnector>>> = {
  /** Books again when it did not hear the answer. */
  label: (good) => ({
    book: async (request) => {
      try {
        return await good.book(request);
      } catch (error) {
        if (error instanceof ConnectorError && error.kind === 'OutcomeUnknown') return good.book(request);
        throw error;
      }
    },
  }),
  /** One unknown number, no scans. */
  'partial batch': (good) => ({
    track: async (numbers) => {
      const events = await good.track(numbers);
      const known = new Set(events.map(({ trackingNumber }) => trackingNumber));
      return numbers.every((number) => known.has(number)) ? events : [];
    },
  }),
  /** Names that it cannot write make the booking fail in a way that nobody can act upon. */
  text: (good) => ({
    book: async (request) => {
      const isPlain = /^[ -~]*$/.test(request.shipTo.name);
      return isPlain ? good.book(request) : { details: null, messages: [] };
    },
  }),
  /** Nothing weighs a gram at least. */
  quantities: (good) => ({
    book: (request) =>
      good.book({
        ...request,
        pieces: request.pieces.map((piece) => ({ ...piece, weightGrams: Math.max(1, piece.weightGrams) })),
      }),
  }),
  /** Counts in whole units. */
  'money and time': (good) => ({
    rates: async (request) => {
      const { details, messages } = await good.rates(request);
      const whole = details?.map((quote) => ({
        ...quote,
        total: { ...quote.total, amountMinor: quote.total.amountMinor / 100 },
      }));
      return { details: whole ?? null, messages };
    },
  }),
  /** Everybody gets the first one's numbers. */
  'parallel writes': (good) => {
    let first: Promise<Booking | null> | null = null;
    return {
      book: async (request) => {
        const booked = good.book(request);
        first ??= booked.then(({ details }) => details);
        return { details: await first, messages: (await booked).messages };
      },
    };
  },
};

/** A subject whose connector has a flaw; null = it is whole. */
export interface Flawed<Connector> {
  readonly subject: ConformanceSubject;
  use(flaw: Flaw<Connector> | null): void;
}

/** A connector with a flaw that can be changed while it is in use; null = it is whole. */
function flawed<Connector extends object>(
  make: (wrap: (good: Connector) => Connector) => ConformanceSubject,
): Flawed<Connector> {
  let flaw: Flaw<Connector> | null = null;
  const made = new WeakMap<Connector, { readonly flaw: Flaw<Connector>; readonly parts: Partial<Connector> }>();
  const partsOf = (target: Connector, present: Flaw<Connector>): Partial<Connector> => {
    const known = made.get(target);
    if (known?.flaw === present) return known.parts;
    const parts = present(target);
    made.set(target, { flaw: present, parts });
    return parts;
  };
  const wrap = (good: Connector): Connector =>
    new Proxy(good, {
      get: (target, name, receiver) =>
        (flaw === null ? undefined : Reflect.get(partsOf(target, flaw), name)) ?? Reflect.get(target, name, receiver),
    });
  return {
    subject: make(wrap),
    use: (next) => {
      flaw = next;
    },
  };
}

/** JD.id's connector, and what is wrong with it. */
export function flawedMarketplace(): Flawed<MarketplaceConnector> {
  const whole: ConformanceSubject = jdId;
  return flawed((wrap) => {
    const bed = whole.marketplace;
    if (bed === undefined) throw new Error('the subject describes no marketplace');
    return { ...whole, marketplace: { ...bed, connector: (bench) => wrap(bed.connector(bench)) } };
  });
}

/** DHL Express' connector, and what is wrong with it. */
export function flawedCarrier(): Flawed<CarrierConnector> {
  const whole: ConformanceSubject = dhlExpress;
  return flawed((wrap) => {
    const bed = whole.carrier;
    if (bed === undefined) throw new Error('the subject describes no carrier');
    return { ...whole, carrier: { ...bed, connector: (bench) => wrap(bed.connector(bench)) } };
  });
}
