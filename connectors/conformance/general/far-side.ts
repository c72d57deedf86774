import assert from 'node:assert/strict';
import type { CarrierConnector, CarrierDocument } from '../../contract/carrier.ts';
import type { ListingDraft, ListingRef, MarketplaceConnector, SeenListing } from '../../contract/marketplace.ts';
import type { CarrierBed } from '../carrier-bed.ts';
import type { FaultDials } from '../fault-dials.ts';
import type { BookedListing, MarketplaceBed } from '../marketplace-bed.ts';
import type { ConformanceBench } from '../subject.ts';

type Bench = ConformanceBench;

/** The smallest PNG there is: one pixel. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** A listing that a case made. */
export interface MadeListing {
  readonly ref: ListingRef;
  readonly draft: ListingDraft;
}

/** Units that a fresh listing offers. */
export const FIRST_STOCK = 20;

/** A marketplace as cases use it: the connector as it is now, the far side, and the usual ways. */
export class Market {
  readonly bed: MarketplaceBed<Bench>;
  readonly bench: Bench;
  readonly dials: FaultDials;
  /** Stands in everything that is made on a server that somebody else started; null: the own simulator. */
  readonly mark: string | null;
  #names = 0;
  #shared: Promise<MadeListing> | null = null;

  constructor(bed: MarketplaceBed<Bench>, bench: Bench, dials: FaultDials, mark: string | null = null) {
    this.bed = bed;
    this.bench = bench;
    this.dials = dials;
    this.mark = mark;
  }

  get connector(): MarketplaceConnector {
    return this.bed.connector(this.bench);
  }

  /** A seller SKU (or another name) that nobody had before. */
  name(what: string): string {
    this.#names += 1;
    return `${this.mark ?? 'T'}${this.mark === null ? '' : '-'}${this.#names}-${what}`;
  }

  /** A title as it is put up: with the run's mark where the goods of others are. */
  title(text: string): string {
    return this.mark === null ? text : `${text} ${this.mark}`;
  }

  draft(skus: readonly string[], more: Partial<ListingDraft> = {}): Promise<ListingDraft> {
    return this.bed.draft(this.bench, skus, more);
  }

  /** Made, with images, and under review. */
  async submitted(skus: readonly string[], more: Partial<ListingDraft> = {}): Promise<MadeListing> {
    const draft = await this.draft(skus, more);
    const ref = await this.connector.createListing(draft);
    if (this.connector.capabilities.imagesByUrl !== true) {
      await this.connector.uploadImages(ref, this.bed.images ?? [{ bytes: pixel, fileName: 'a.png' }]);
    }
    await this.connector.submitForReview(ref);
    return { ref, draft };
  }

  /** That nobody has ended its review yet; on another's server somebody may have done so at once. */
  async assertInReview({ ref }: MadeListing): Promise<void> {
    const { status } = await this.connector.readReview(ref);
    assert.ok(status === 'in_review' || (this.mark !== null && status === 'passed'), `the review is ${status}`);
  }

  /** The platform's staff agrees. Answers the listing as it is named then. */
  async approve({ ref, draft }: MadeListing): Promise<MadeListing> {
    await this.bed.endReview(this.bench, ref, null);
    return { ref: (await this.bed.settled?.(this.bench, ref)) ?? ref, draft };
  }

  /** On the shelf, with stock. */
  async live(skus: readonly string[], more: Partial<ListingDraft> = {}): Promise<MadeListing> {
    this.bed.assertReviewed?.();
    const made = await this.approve(await this.submitted(skus, more));
    await this.connector.putOnShelf(made.ref);
    await this.show(made.ref, FIRST_STOCK);
    return made;
  }

  /** One live listing of one SKU that several cases look at, and none changes but its stock. */
  shared(): Promise<MadeListing> {
    this.#shared ??= this.live([this.name('shared')]);
    return this.#shared;
  }

  /** Shows a level of every SKU; fails where a row does. */
  async show(ref: ListingRef, quantity: number): Promise<void> {
    const rows = ref.skus.map((sku) => ({ ...sku, externalId: ref.externalId, quantity }));
    assert.deepEqual(
      (await this.connector.writeStock(rows)).filter(({ ok }) => !ok),
      [],
      'rows of writeStock that were refused',
    );
  }

  async seen(ref: ListingRef, sellerSku = ref.skus[0]?.sellerSku): Promise<SeenListing> {
    const all = await this.connector.readLive([ref]);
    return only(
      all.filter((one) => one.sellerSku === sellerSku),
      `rows of readLive for ${sellerSku}`,
    );
  }

  /** The only listing with that SKU, by the far side's books. */
  async book(sellerSku: string): Promise<BookedListing> {
    return only(await this.bed.listings(this.bench, sellerSku), `listings of ${sellerSku} by the other side’s books`);
  }

  /** Buys one of the shared listing, taking care that there is enough. */
  async order(quantity = 1): Promise<{ readonly externalId: string; readonly sellerSku: string }> {
    const { ref } = await this.shared();
    const sellerSku = ref.skus[0]?.sellerSku ?? '';
    if ((await this.book(sellerSku)).quantity < quantity) await this.show(ref, quantity + FIRST_STOCK);
    return { externalId: await this.bed.orders.buy(this.bench, [{ sellerSku, quantity }]), sellerSku };
  }

  /** Taken and handed to the courier as far as the platform wants that by calls. Answers the number to ship under. */
  async made(externalId: string): Promise<string> {
    const { connector } = this;
    if (connector.capabilities.acceptsOrders === true) await connector.acceptOrder?.(externalId);
    if (connector.capabilities.arrangesPickup === true) {
      await connector.arrangePickup?.({ externalId, readyAt: new Date(Date.now() + 3_600_000) });
    }
    if (connector.capabilities.ownCarrier || connector.capabilities.labelTiming === 'after') return this.name('AWB');
    return (await connector.printLabel?.(externalId))?.trackingNumber ?? this.name('AWB');
  }
}

/** A carrier as cases use it. */
export class Haulage {
  readonly bed: CarrierBed<Bench>;
  readonly bench: Bench;
  readonly dials: FaultDials;
  /** Stands in every reference on a server that somebody else started; null: the own simulator. */
  readonly mark: string | null;
  #names = 0;

  constructor(bed: CarrierBed<Bench>, bench: Bench, dials: FaultDials, mark: string | null = null) {
    this.bed = bed;
    this.bench = bench;
    this.dials = dials;
    this.mark = mark;
  }

  get connector(): CarrierConnector {
    return this.bed.connector(this.bench);
  }

  /** A reference that nobody had before. */
  reference(what: string): string {
    this.#names += 1;
    return `${this.mark === null ? 'TLC' : `${this.mark}-`}${this.#names}${what}`;
  }

  async book(reference: string, more: Parameters<CarrierBed<Bench>['request']>[1] = {}) {
    const { details, messages } = await this.connector.book(this.bed.request(reference, more));
    assert.ok(details !== null, `refused: ${JSON.stringify(messages)}`);
    return details;
  }

  find(reference: string) {
    return this.connector.findBooking(reference, new Date(Date.now() - 3_600_000));
  }
}

/** The only one of a list. */
export function only<Value>(values: readonly Value[], what: string): Value {
  const [first] = values;
  assert.equal(values.length, 1, `${what}: ${values.length} instead of one`);
  return first as Value;
}

/** That a document is a PDF whose codes can be read; answers them, page after page. */
export async function codesOf({ format, bytes }: Pick<CarrierDocument, 'format' | 'bytes'>): Promise<string[]> {
  assert.equal(format, 'PDF', 'the document’s format');
  assert.equal(bytes.subarray(0, 5).toString('latin1'), '%PDF-', 'the first bytes of the document');
  // Rendering takes a library of its own size: only where a label is really looked at.
  const { printed } = await import('../../../labels/read-back.fixture.ts');
  const pages = await printed(bytes);
  return pages.flatMap(({ codes }) => codes.map(({ text }) => text));
}
