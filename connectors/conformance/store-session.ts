import { randomBytes } from 'node:crypto';
import type { Money, PostalAddress } from '../contract/common.ts';
import type { OrderForStore, StoreConnector } from '../contract/store.ts';
import { ConnectorError } from '../errors.ts';
import { NotProvoked } from './case.ts';
import { cleanUp, type Leftover, type MadeThings } from './cleaning.ts';
import { FaultDials } from './fault-dials.ts';
import { ServerTime } from './http.ts';
import type {
  StoreSubject,
  StoreTestBed,
  TestProduct,
  TestProductWish,
  TestVariant,
  TestVariantKey,
} from './store-subject.ts';
import { StoreWire } from './store-wire.ts';

/** A server that the kit did not start. */
export interface RealServer {
  readonly url: string;
  readonly credentials: unknown;
  /** Beside those of `settingsFor`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** A key that can read but not write; null where none was given. */
  readonly readOnly: unknown;
}

/** Search indexes of real shops show a change seconds after it; those that a schedule fills, within its minute. */
const SETTLE_MS = 90_000;
/** All waiting for new products of a run. */
const MOST_SETTLING_MS = 600_000;
const SETTLE_STEP_MS = 1_500;

const jakarta: PostalAddress = {
  name: 'Sari Dewi Wijaya',
  company: null,
  lines: ['Jl. Sudirman 1', 'Lantai 3'],
  city: 'Jakarta',
  region: 'DKI Jakarta',
  postcode: '10220',
  countryCode: 'ID',
  phone: '+62 21 555 000',
  email: null,
};

export interface OpenOptions {
  /** Left out: the subject's own simulator. */
  readonly server?: RealServer;
  /** Told when rotating tokens were replaced: the old ones may be dead. */
  readonly onRenewed?: (credentials: unknown) => void;
}

/** One connector, one shop, one run: what every case of a store is given. */
export interface StoreContext {
  readonly subject: StoreSubject;
  readonly isSimulated: boolean;
  /** Stands in everything that is made. */
  readonly mark: string;
  readonly connector: StoreConnector;
  readonly bed: StoreTestBed;
  readonly currency: string;
  readonly readOnly: unknown;
  /** Of the right shape, and refused by the shop. */
  wrongCredentials(): unknown;
  /** The server's clock, by the `Date` of its answers. */
  serverNow(): Date;
  /** Another connector that remembers nothing, as another worker would have. */
  connect(options?: { readonly credentials?: unknown; readonly impatient?: boolean }): StoreConnector;
  /** In the shop's currency, in the smallest amounts that the shop keeps: minor units, where it does not keep less. */
  money(steps: number): Money;
  /** Makes a product and sees to it that it is removed. */
  make(wish: TestProductWish): Promise<TestProduct>;
  /** Simple, with an own SKU. */
  simple(name: string, more?: Partial<TestVariant> & { readonly title?: string }): Promise<TestProduct>;
  /** A reference of this run; the order under it is removed at the end. */
  reference(what: string): string;
  /** An order of these; unit price 33.33 in the shop's smallest amounts unless told otherwise. */
  orderOf(
    reference: string,
    lines: readonly { readonly variant: TestVariantKey; readonly quantity: number; readonly unitMinor?: number }[],
    more?: Partial<OrderForStore>,
  ): OrderForStore;
  /** Made at its first use, shared by the cases of a run. */
  once<Value>(key: string, make: () => Promise<Value>): Promise<Value>;
  /** Repeats a look at a real server until it holds, or time is up; a simulator is looked at once. */
  eventually<Value>(look: () => Promise<Value>): Promise<Value>;
  /** Only against the own simulator. Throws NotProvoked elsewhere. */
  readonly dials: FaultDials;
  placed(externalId: string): void;
}

export interface StoreSession extends StoreContext {
  /** HTTP calls so far, the test-bed's included. */
  calls(): number;
  /** Removes everything made, as far as it can be; tells what stays. Never throws. */
  cleanUp(): Promise<readonly Leftover[]>;
  /** Cleans up on real servers and ends connections and simulator. */
  close(): Promise<readonly Leftover[]>;
}

/**
 * Opens a subject on its own simulator, or on a server that was given.
 *
 * @throws ConnectorError Rejected naming the field, when credentials or settings do not fit the connector's schemas
 */
export async function openStore(subject: StoreSubject, options: OpenOptions = {}): Promise<StoreSession> {
  const simulated = options.server === undefined ? await subject.simulate() : null;
  try {
    return await openOn(subject, options, simulated);
  } catch (error) {
    await simulated?.close();
    throw error;
  }
}

type Simulated = Awaited<ReturnType<StoreSubject['simulate']>>;

async function openOn(
  subject: StoreSubject,
  { server, onRenewed }: OpenOptions,
  simulated: Simulated | null,
): Promise<StoreSession> {
  const target = server ?? simulated;
  if (!target) throw new Error('neither a server nor a simulator');
  const address = simulated?.publicUrl ?? target.url;
  const settings = subject.settingsFor(address, target.settings ?? {}, target.credentials);
  const made: MadeThings = { references: new Set(), orders: new Set(), products: new Map() };
  const mark = `TLC-${Date.now().toString(36)}${randomBytes(2).toString('hex')}`;
  const time = new ServerTime();
  const onOrder = (externalId: string) => void made.orders.add(externalId);
  const wire = new StoreWire(subject, {
    target,
    address,
    settings,
    mark,
    time,
    onRenewed,
    onOrder,
    isSimulated: simulated !== null,
  });
  const bed = subject.testBed({ ...wire.access(), mark });
  const currency = await bed.currency();
  wire.adopt((await bed.settings?.()) ?? {});
  const connector = wire.connect({});
  const dials = new FaultDials(simulated?.url ?? null);
  const stepMinor = (await bed.moneyStepMinor?.()) ?? 1;
  const money = (steps: number): Money => ({ amountMinor: steps * stepMinor, currency });
  const settle = settling(bed);
  const make = async (wish: TestProductWish): Promise<TestProduct> => {
    const product = await bed.createProduct(wish);
    made.products.set(product.externalId, product);
    if (simulated === null) await settle(product, wish);
    return product;
  };
  const context: StoreContext = {
    subject,
    isSimulated: simulated !== null,
    mark,
    connector,
    bed,
    currency,
    readOnly: target.readOnly ?? null,
    wrongCredentials: () => subject.wrongCredentials(wire.access().credentials),
    serverNow: () => time.now(),
    connect: (more = {}) => wire.connect(more),
    money,
    make,
    simple: (name, { title = `${mark} ${name}`, ...more } = {}) =>
      make({ title, variants: [{ sku: `${mark}-${name}`, option: null, price: money(3995), stock: 50, ...more }] }),
    reference: (what) => {
      const reference = `${mark}-${what}`;
      made.references.add(reference);
      return reference;
    },
    orderOf: (reference, lines, more = {}) => ({
      ...orderHead(subject, reference, money(1050), new Date(time.now().getTime() - 60_000)),
      lines: lines.map(({ variant, quantity, unitMinor = 3333 }) => orderLine(variant, quantity, money(unitMinor))),
      ...more,
    }),
    once: memory(),
    eventually: (look) => (simulated === null ? eventually(look) : look()),
    dials,
    placed: onOrder,
  };
  const clean = () => cleanUp(bed, made);
  return {
    ...context,
    calls: () => wire.calls,
    cleanUp: clean,
    close: async () => {
      // A simulator's goods go with it.
      const left = simulated === null ? await clean() : [];
      await wire.close();
      await simulated?.close();
      return left;
    },
  };
}

/** Values by key, each made once; a failure is not remembered: the next case tries again. */
function memory(): StoreContext['once'] {
  const known = new Map<string, Promise<unknown>>();
  return async <Value>(key: string, make: () => Promise<Value>): Promise<Value> => {
    const earlier = known.get(key);
    if (earlier !== undefined) return (await earlier) as Value;
    const value = make();
    known.set(key, value);
    value.catch(() => known.delete(key));
    return value;
  };
}

function orderLine(variant: TestVariantKey, quantity: number, unitPrice: Money): OrderForStore['lines'][number] {
  const { sku, externalProductId, externalVariantId } = variant;
  return { sku, title: sku, externalProductId, externalVariantId, quantity, unitPrice };
}

function orderHead(subject: StoreSubject, reference: string, shippingCharge: Money, orderedAt: Date) {
  return {
    reference,
    channelName: 'Conformance kit',
    channelOrderNumber: `N-${reference}`.slice(0, 60),
    currency: shippingCharge.currency,
    shippingCharge,
    shipTo: subject.shipTo ?? jakarta,
    orderedAt,
    exchangeRate: null,
  };
}

/**
 * Waits until the shop shows the stock that a product was made with; in one run no longer than `MOST_SETTLING_MS`.
 *
 * @throws NotProvoked where it does not: nothing can be said of the connector then
 */
function settling(bed: StoreTestBed): (product: TestProduct, wish: TestProductWish) => Promise<void> {
  let leftMs = MOST_SETTLING_MS;
  return async (product, { variants }) => {
    const stocks = variants.map(({ stock }) => stock);
    const startMs = performance.now();
    const mostMs = Math.min(SETTLE_MS, leftMs);
    while (bed.isSettled !== undefined && !(await bed.isSettled(product, stocks))) {
      const waitedMs = performance.now() - startMs;
      if (waitedMs > mostMs) {
        leftMs -= waitedMs;
        const what = `the stock of a new product is not on sale after ${Math.round(waitedMs / 1000)} s`;
        throw new NotProvoked(`${what}: the shop's indexers or consumers are slow, or do not run`);
      }
      await new Promise((resolve) => setTimeout(resolve, SETTLE_STEP_MS));
    }
    leftMs -= performance.now() - startMs;
  };
}

async function eventually<Value>(look: () => Promise<Value>): Promise<Value> {
  const untilMs = performance.now() + SETTLE_MS;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      const isFinal = error instanceof ConnectorError || error instanceof NotProvoked;
      if (isFinal || performance.now() > untilMs) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, SETTLE_STEP_MS));
  }
}
