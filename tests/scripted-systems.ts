import { PDFDocument } from '@cantoo/pdf-lib';
import { Client, Connection } from '@temporalio/client';
import pino from 'pino';
import type { ActivityDeps } from '../activities/deps.ts';
import type {
  Booking,
  CarrierCapabilities,
  CarrierConnector,
  CarrierMessage,
  Charge,
  ShipmentRequest,
  TrackingEvent,
} from '../connectors/contract/carrier.ts';
import type { Page } from '../connectors/contract/common.ts';
import type {
  ChannelOrderRef,
  ChannelOrderSnapshot,
  MarketplaceCapabilities,
  MarketplaceConnector,
} from '../connectors/contract/marketplace.ts';
import type { CancelOutcome, OrderForStore, StoreConnector, StoreOrder } from '../connectors/contract/store.ts';
import { accountAway, ConnectorError } from '../connectors/errors.ts';
import type { ConnectorOpener } from '../connectors/open.ts';
import type { Database } from '../db/database.ts';
import type { Mailer, MailMessage, MailOutcome } from '../mail/send.ts';
import { startAt, testSealer } from './factories.ts';

/** What becomes of the next call that creates something; without one it is answered. */
export type Fate = 'answered' | 'refused' | 'lost-but-done' | 'lost-and-not-done' | 'not-sent';

/** Lets a call happen as its fate says. */
async function befall<Answer>(fate: Fate | undefined, make: () => Promise<Answer> | Answer): Promise<Answer> {
  switch (fate) {
    case 'refused':
      throw new ConnectorError('Rejected', 'postcode is missing');
    case 'not-sent':
      throw new ConnectorError('Unavailable', 'connection refused');
    case 'lost-and-not-done':
      throw new ConnectorError('OutcomeUnknown', 'the answer was cut');
    case 'lost-but-done':
      await make();
      throw new ConnectorError('OutcomeUnknown', 'the answer was cut');
    default:
      return make();
  }
}

/** Methods that a test does not script fail when they are called. */
function notScripted<Connector extends object>(
  scripted: Partial<Connector>,
  absent: readonly (keyof Connector)[] = [],
): Connector {
  return new Proxy(scripted, {
    get(target, name) {
      if (Reflect.has(target, name)) return Reflect.get(target, name);
      if (absent.some((one) => one === name)) return undefined;
      // Awaiting an object asks for `then`.
      if (typeof name === 'symbol' || name === 'then') return undefined;
      return () => {
        throw new Error(`${name} is not scripted`);
      };
    },
  }) as Connector;
}

const scriptedMarketplace: MarketplaceCapabilities = {
  sellerCancel: false,
  answerCancelRequest: false,
  webhooks: false,
  stockWrites: 'absolute',
  stockBatchSize: 20,
  priceBatchSize: 20,
  orderDetailBatchSize: 3,
  readsStock: true,
  platformLabel: false,
  ownCarrier: true,
  cancelReturnsOffer: false,
  priceNeedsReview: false,
};

export const scriptedCarrier: CarrierCapabilities = {
  rates: true,
  multiPiece: true,
  void: 'none',
  pickup: false,
  manifest: false,
  paperlessCustoms: false,
  labelFormats: ['PDF'],
  maxPieces: 99,
  trackingPush: false,
  breakBulk: false,
  bookingLookup: true,
  labelRefetch: false,
};

/** A shop, a marketplace, a carrier and a mail server that do as they are told and remember what they were asked. */
export class ScriptedSystems {
  readonly shopOrders = new Map<string, { sent: OrderForStore; order: StoreOrder }>();
  readonly bookings = new Map<string, { sent: ShipmentRequest; booking: Booking }>();
  readonly confirmed: { externalId: string; trackingNumber: string }[] = [];
  readonly mails: MailMessage[] = [];
  readonly pushFates: Fate[] = [];
  readonly bookingFates: Fate[] = [];
  /** What the carrier says that a booking costs. */
  charges: readonly Charge[] = [
    { type: 'base', code: 'B', name: 'Base', amount: { amountMinor: 2_500, currency: 'AUD' } },
  ];
  /** The carrier's answer to a question for its price; null: it quotes none. */
  rates: CarrierConnector['rates'] | null = null;
  /** What the carrier says of a request before it is sent. */
  checked: CarrierMessage[] = [];
  readonly confirmFates: Fate[] = [];
  readonly mailOutcomes: MailOutcome[] = [];
  /** What the shop does when it is asked to cancel. */
  cancelOutcome: 'cancelled' | 'shipped' | 'refused' = 'cancelled';
  cancelRequests = 0;
  /** Runs inside every booking call, before it is answered. */
  duringBooking: () => Promise<void> = async () => undefined;
  scans: TrackingEvent[] = [];
  /** The numbers of every request for scans. */
  readonly tracked: (readonly string[])[] = [];
  channelOrders: ChannelOrderSnapshot[] = [];
  /** The pages that the marketplace's list answers with, one after the other. */
  orderPages: Page<ChannelOrderRef>[] = [];
  /** The ids of every request for details. */
  readonly detailBatches: (readonly string[])[] = [];
  now = startAt;
  #wallMs = startAt.getTime();
  #labels = 0;

  passWall(ms: number): void {
    this.#wallMs += ms;
  }

  readonly #store = notScripted<StoreConnector>({
    kind: 'store',
    createOrder: (sent) =>
      befall(this.pushFates.shift(), () => {
        const known = this.shopOrders.get(sent.reference);
        if (known) throw new Error(`the shop was given ${sent.reference} twice`);
        const order: StoreOrder = {
          externalId: `shop-${sent.reference}`,
          number: String(1_000 + this.shopOrders.size),
          reference: sent.reference,
          status: 'open',
          nativeStatus: 'processing',
          total: { amountMinor: 1, currency: sent.currency },
          lines: [],
          modifiedAt: this.now,
        };
        this.shopOrders.set(sent.reference, { sent, order });
        return order;
      }),
    findOrder: async (reference) => this.shopOrders.get(reference)?.order ?? null,
    cancelOrder: async (externalId): Promise<CancelOutcome> => {
      this.cancelRequests += 1;
      const order = [...this.shopOrders.values()].find((known) => known.order.externalId === externalId)?.order ?? null;
      if (this.cancelOutcome === 'refused' || !order) return { outcome: 'refused', order, reason: 'already packed' };
      if (this.cancelOutcome === 'shipped') return { outcome: 'shipped', order };
      return { outcome: 'cancelled', order: { ...order, status: 'cancelled' }, stockReturned: true };
    },
    fulfilOrder: async (externalId) => {
      const known = [...this.shopOrders.values()].find(({ order }) => order.externalId === externalId);
      if (!known) throw new ConnectorError('NotFound', 'no such order');
      return { ...known.order, nativeStatus: 'completed' };
    },
  });

  readonly #marketplace = notScripted<MarketplaceConnector>({
    kind: 'marketplace',
    confirmShipment: (input) =>
      befall(this.confirmFates.shift(), () => {
        this.confirmed.push(input);
      }),
    capabilities: scriptedMarketplace,
    listOrders: async () => this.orderPages.shift() ?? { items: [], next: null, total: 0 },
    readOrders: async (ids) => {
      this.detailBatches.push(ids);
      return this.channelOrders.filter(({ externalId }) => ids.includes(externalId));
    },
  });

  readonly #carrier: Partial<CarrierConnector> = {
    kind: 'carrier',
    carrierName: 'Scripted',
    capabilities: scriptedCarrier,
    rates: async (request) => this.rates?.(request) ?? { details: [], messages: [] },
    check: () => this.checked,
    book: async (sent) => {
      await this.duringBooking();
      return befall(this.bookingFates.shift(), async () => {
        if (this.bookings.has(sent.reference)) throw new Error(`the carrier was given ${sent.reference} twice`);
        const number = `99${this.bookings.size}`;
        const booking: Booking = {
          shipmentIdentifier: `shipment-${number}`,
          trackingNumber: number,
          trackingUrl: null,
          pieces: sent.pieces.map(({ pieceId }, index) => ({ pieceId, trackingNumber: `JD${number}${index}` })),
          documents: [{ kind: 'label', format: 'PDF', bytes: await this.label() }],
          charges: this.charges,
        };
        this.bookings.set(sent.reference, { sent, booking });
        return { details: booking, messages: [] };
      });
    },
    // Carriers do not hand the label out twice.
    findBooking: async (reference) => {
      const known = this.bookings.get(reference);
      return known ? { ...known.booking, documents: [] } : null;
    },
    track: async (numbers) => {
      this.tracked.push(numbers);
      return this.scans;
    },
  };
  /** What single carrier accounts say or do otherwise, by connection. */
  readonly carriers = new Map<string, (usual: Partial<CarrierConnector>) => Partial<CarrierConnector>>();

  /** Carrier accounts that are away: nothing is sent to them. */
  readonly away = new Set<string>();

  #carrierOf(connectionId: string): CarrierConnector {
    if (this.away.has(connectionId)) throw accountAway(`${connectionId} is away`);
    const otherwise = this.carriers.get(connectionId)?.(this.#carrier) ?? {};
    return notScripted<CarrierConnector>({ ...this.#carrier, ...otherwise }, ['limits']);
  }

  readonly #mailer: Mailer = {
    send: async (message) => {
      this.mails.push(message);
      return this.mailOutcomes.shift() ?? { kind: 'accepted', accepted: message.to, rejected: [], response: '250 OK' };
    },
  };

  async label(): Promise<Buffer> {
    this.#labels += 1;
    const document = await PDFDocument.create({ updateMetadata: false });
    document.addPage([288, 432]).drawText(`LABEL ${this.#labels}`, { x: 20, y: 100, size: 14 });
    return Buffer.from(await document.save());
  }

  deps(db: Database): ActivityDeps {
    const account = <Connector>(connector: Connector) => {
      return async (id: string) => ({ id, code: id, name: id, brandId: null, connector });
    };
    return {
      db,
      wall: () => new Date(this.#wallMs),
      checkpoint: async () => undefined,
      clock: { now: async () => this.now },
      log: pino({ level: 'silent' }),
      sealer: testSealer,
      open: notScripted<ConnectorOpener>({
        store: account(this.#store),
        marketplace: account(this.#marketplace),
        carrier: async (id) => ({ id, code: id, name: id, brandId: null, connector: this.#carrierOf(id) }),
        // No budget: every call may go out at once.
        slot: async () => undefined,
      }),
      mailer: this.#mailer,
      client: new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }) }),
      allowPrivateTargets: false,
      installation: 'test',
      linkUrl: 'https://lane.test',
      pausedSchedules: true,
      waits: { settleMs: 1_000, leaseMs: 60_000 },
    };
  }
}
