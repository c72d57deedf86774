import type { Answer, Booking, CarrierConnector, Pickup, ShipmentRequest } from '../../contract/carrier.ts';
import type { ListingDraft, ListingRef, MarketplaceConnector, ReviewVerdict } from '../../contract/marketplace.ts';
import { ConnectorError } from '../../errors.ts';
import type { Leftover } from '../cleaning.ts';
import type { GivenAccess, GivenServer } from './server.ts';

interface Wire {
  readonly connector: { readonly kind: string };
  marketplace(): GivenAccess<MarketplaceConnector>;
  carrier(): GivenAccess<CarrierConnector>;
}

/** What a run made on a server, noticed from what the connector was told and answered. */
export class MadeThere {
  readonly #listings = new Map<string, ListingRef>();
  readonly #bookings = new Map<string, { readonly reference: string; readonly booking: Booking }>();
  readonly #pickups = new Set<string>();
  readonly #pending: Promise<unknown>[] = [];

  /** Our listing with that SKU, as it is named now. */
  listingOf(sellerSku: string): ListingRef | null {
    return [...this.#listings.values()].find(({ skus }) => skus.some((sku) => sku.sellerSku === sellerSku)) ?? null;
  }

  /** Whether a booking under this reference was answered. */
  isBooked(reference: string): boolean {
    return [...this.#bookings.values()].some((one) => one.reference === reference);
  }

  notice(method: string, input: readonly unknown[], answer: Promise<unknown>): void {
    const [first] = input;
    const noted = answer.then(
      (value) => this.#note(method, first, value),
      (error: unknown) => this.#noteFailure(method, first, error),
    );
    this.#pending.push(noted);
  }

  /** Removes everything, as far as it goes; tells what stays, and why. */
  async remove(given: GivenServer, wire: Wire): Promise<readonly Leftover[]> {
    await Promise.all(this.#pending);
    const left: Leftover[] = [];
    const attempt = async (what: string, act: () => Promise<unknown>): Promise<void> => {
      try {
        await act();
      } catch (error) {
        left.push({ what, why: error instanceof Error ? error.message : String(error) });
      }
    };
    for (const ref of this.#listings.values()) {
      const sku = ref.skus[0]?.sellerSku ?? '';
      await attempt(`listing ${ref.externalId} (${sku})`, async () =>
        given.marketplace?.remove(wire.marketplace(), ref),
      );
    }
    for (const pickupIdentifier of this.#pickups) {
      const reason = 'conformance test';
      await attempt(`pick-up ${pickupIdentifier}`, async () =>
        wire.carrier().connector.cancelPickup?.({ pickupIdentifier, reason }),
      );
    }
    for (const { booking } of this.#bookings.values()) {
      await attempt(`booking ${booking.trackingNumber}`, () => unbook(given, wire.carrier().connector, booking));
    }
    return left;
  }

  #note(method: string, first: unknown, value: unknown): void {
    if (method === 'createListing') this.#keep(value as ListingRef);
    if (method === 'readReview') {
      const verdict = value as ReviewVerdict;
      if (verdict.status === 'passed' && verdict.ref !== undefined) this.#keep(verdict.ref);
    }
    if (method === 'book') {
      const { details } = value as Answer<Booking>;
      const { reference } = first as ShipmentRequest;
      if (details !== null) this.#bookings.set(details.trackingNumber, { reference, booking: details });
    }
    if (method === 'bookPickup') {
      const { details } = value as Answer<Pickup>;
      if (details !== null) this.#pickups.add(details.pickupIdentifier);
    }
    if (method === 'cancelPickup') this.#pickups.delete((first as Pickup).pickupIdentifier);
    if (method === 'voidBooking') {
      const { trackingNumber } = first as Booking;
      if ((value as { readonly voided: boolean }).voided) this.#bookings.delete(trackingNumber);
    }
  }

  /** What may have been made although its answer is no good. */
  #noteFailure(method: string, first: unknown, error: unknown): void {
    const externalId = error instanceof ConnectorError ? error.details.existingId : undefined;
    if (method !== 'createListing' || externalId === undefined) return;
    const { skus } = first as ListingDraft;
    this.#keep({ externalId, skus: skus.map(({ sellerSku }) => ({ sellerSku, externalSkuId: '' })) });
  }

  #keep(ref: ListingRef): void {
    this.#listings.set(ref.externalId, ref);
  }
}

async function unbook(given: GivenServer, connector: CarrierConnector, booking: Booking): Promise<void> {
  if (connector.capabilities.void !== 'call') throw new Error(given.carrier?.stays ?? 'it cannot be taken back');
  const outcome = await connector.voidBooking?.(booking);
  if (outcome?.voided !== true) throw new Error(outcome?.reason ?? 'it was not taken back');
}
