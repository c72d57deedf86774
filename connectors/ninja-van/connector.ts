import type {
  Answer,
  Booking,
  CarrierCapabilities,
  CarrierConnector,
  CarrierDocument,
  CarrierMessage,
  Quote,
  ShipmentRequest,
  TrackingEvent,
} from '../contract/carrier.ts';
import type { ConnectionFinding, ConnectionReport, ConnectorContext } from '../contract/common.ts';
import { decimalsOf, toMinor } from '../contract/minor-units.ts';
import { ConnectorError } from '../errors.ts';
import type { IncomingAnswer } from '../transport/client.ts';
import { fault, warning } from './addresses.ts';
import { NinjaVanClient } from './client.ts';
import { factsOf } from './countries.ts';
import { isNotFound, isNumberTaken, messagesOf, saysTaken, statusError } from './errors.ts';
import { trackingNumberOf } from './handle.ts';
import { limitsOf, movedDay, toOrder, toPriceRequest } from './mapping.ts';
import {
  type NinjaVanCredentials,
  type NinjaVanSettings,
  orderedSchema,
  priceSchema,
  type TrackedOrder,
  trackingSchema,
} from './schema.ts';
import { bookingOf, carriesReference, isCancelled, toEvent } from './tracking.ts';
import { verifyWebhook } from './webhooks.ts';

/** Numbers of one tracking call; how many it takes is UNCONFIRMED. */
const TRACKING_BATCH_SIZE = 50;

type Context = ConnectorContext<NinjaVanCredentials, NinjaVanSettings>;
type Numbered = Pick<Booking, 'shipmentIdentifier'>;

function capabilitiesOf(settings: NinjaVanSettings): CarrierCapabilities {
  return {
    rates: (settings.priceTiers ?? []).length > 0,
    multiPiece: false,
    void: 'call',
    // A courier comes with the order (`requestPickup`); there is no call for a visit of its own.
    pickup: false,
    manifest: false,
    paperlessCustoms: false,
    labelFormats: ['PDF'],
    maxPieces: 1,
    trackingPush: true,
    breakBulk: false,
    bookingLookup: true,
    labelRefetch: true,
  };
}

/** A Ninja Van account of one country. */
export function createNinjaVanConnector(ctx: Context): CarrierConnector {
  const account = new NinjaVanAccount(ctx);
  const { settings } = ctx;
  return {
    kind: 'carrier',
    carrierName: 'Ninja Van',
    capabilities: capabilitiesOf(settings),
    limits: limitsOf(settings),
    testConnection: () => account.testConnection(),
    rates: (request) => account.rates(request),
    check: (request) => toOrder(request, settings).messages,
    book: (request) => account.book(request),
    findBooking: (reference) => account.findBooking(reference),
    voidBooking: (booking) => account.voidBooking(booking),
    fetchLabel: (booking) => account.fetchLabel(booking),
    webhookSecret: () => ctx.credentials.clientSecret,
    verifyWebhook: (delivery, secret) => verifyWebhook(delivery, secret, settings.country),
    track: (trackingNumbers) => account.track(trackingNumbers),
  };
}

const isSuccess = ({ status }: IncomingAnswer): boolean => status >= 200 && status < 300;
/** Refused for what was asked: it goes back to people, the call is not repeated. 409: there already (UNCONFIRMED). */
const isRefusal = ({ status }: IncomingAnswer): boolean => status === 400 || status === 409 || status === 422;
const hasErrors = (messages: readonly CarrierMessage[]): boolean => messages.some(({ level }) => level === 'error');

class NinjaVanAccount {
  readonly #ctx: Context;
  readonly #client: NinjaVanClient;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#client = new NinjaVanClient(ctx);
  }

  /** The one price of the service level in the settings. */
  async rates(request: ShipmentRequest): Promise<Answer<readonly Quote[]>> {
    const { settings } = this.#ctx;
    const { body, messages } = toPriceRequest(request, settings);
    if (hasErrors(messages)) return { details: null, messages };
    const call = { method: 'POST', path: '/1.0/public/price', body, operation: 'rates.quote', effect: false } as const;
    const answer = await this.#client.send(call);
    if (isRefusal(answer)) return { details: null, messages: [...messages, ...messagesOf(answer)] };
    if (!isSuccess(answer)) throw statusError(answer, call.operation, call.effect);
    const { data } = this.#client.read(call, answer, priceSchema);
    const { currency } = factsOf(settings.country);
    const amountMinor = toMinor(Number(data.total_fee).toFixed(decimalsOf(currency)), currency);
    if (amountMinor === null)
      return { details: [], messages: [...messages, warning('no_price', null, 'No price came.')] };
    const total = { amountMinor, currency };
    const service = settings.serviceLevel ?? 'Standard';
    const charges = [{ type: 'base', code: 'BASE', name: `Ninja Van ${service}`, amount: total }] as const;
    return {
      details: [{ service, serviceName: `Ninja Van ${service}`, total, charges, estimatedDeliveryAt: null }],
      messages,
    };
  }

  /** Books once per reference: a repetition asks for the same number and is read back. */
  async book(request: ShipmentRequest): Promise<Answer<Booking>> {
    const { body, messages } = toOrder(request, this.#ctx.settings);
    if (hasErrors(messages)) return { details: null, messages };
    const call = { method: 'POST', path: '/4.2/orders', body, operation: 'orders.book', effect: true } as const;
    const answer = await this.#client.send(call);
    if (isRefusal(answer)) {
      const refusal = [...messages, ...messagesOf(answer)];
      return isNumberTaken(refusal) ? this.#alreadyThere(request, refusal) : { details: null, messages: refusal };
    }
    if (!isSuccess(answer)) throw statusError(answer, call.operation, call.effect);
    const ordered = this.#client.read(call, answer, orderedSchema);
    return this.#booked(ordered.tracking_number, request, [
      ...messages,
      ...movedDay(body.parcel_job, ordered.parcel_job),
    ]);
  }

  /**
   * The booking that has our reference's number. Cancelled ones are none, nor is an order of somebody else's reference.
   * Null is no proof straight after a lost answer: how soon an order can be tracked is UNCONFIRMED.
   */
  async findBooking(reference: string): Promise<Booking | null> {
    const order = await this.#ordered(reference);
    if (order === null || !carriesReference(order, reference) || isCancelled(order)) return null;
    return bookingOf(order.tracking_number, '1');
  }

  /** Possible before the pick-up only. Repeated after success it is told as done. */
  async voidBooking({ shipmentIdentifier }: Numbered): Promise<{ voided: boolean; reason: string | null }> {
    const path = `/2.2/orders/${encodeURIComponent(shipmentIdentifier)}`;
    // Cancelled twice is cancelled once: a lost answer is simply asked for again.
    const call = { method: 'DELETE', path, operation: 'orders.cancel', effect: false } as const;
    const answer = await this.#client.send(call);
    if (isSuccess(answer)) return { voided: true, reason: null };
    const isUnknown = isNotFound(answer);
    if (!isRefusal(answer) && !isUnknown) throw statusError(answer, call.operation, call.effect);
    const order = isUnknown ? null : await this.#tracked(shipmentIdentifier);
    if (order !== null && isCancelled(order)) return { voided: true, reason: null };
    return { voided: false, reason: messagesOf(answer)[0]?.message ?? 'Ninja Van gave no reason' };
  }

  /** The waybill; null while it is not made yet. The carrier wants it to be kept, not asked for again and again. */
  async fetchLabel(booking: Numbered): Promise<CarrierDocument | null> {
    const domestic = await this.#waybill('/2.0/reports/waybill', booking);
    if (domestic !== null || this.#ctx.settings.international !== true) return domestic;
    return this.#waybill('/2.0/reports/international-waybills', booking);
  }

  /** Scans of the given numbers. */
  async track(trackingNumbers: readonly string[]): Promise<readonly TrackingEvent[]> {
    const wanted = [...new Set(trackingNumbers)];
    const events: TrackingEvent[] = [];
    for (let start = 0; start < wanted.length; start += TRACKING_BATCH_SIZE) {
      const batch = wanted.slice(start, start + TRACKING_BATCH_SIZE);
      const orders = await this.#readScans(
        '/1.0/orders/tracking-events',
        batch.map((number) => ['tracking_number', number] as const),
      );
      for (const { tracking_number: number, events: scans } of orders) {
        if (!batch.includes(number)) continue;
        events.push(...(scans ?? []).map((scan) => toEvent(scan, number, this.#ctx.settings.country)));
      }
    }
    const strange = new Set(events.filter((event) => event.tag === null).map((event) => event.nativeCode));
    if (strange.size > 0) this.#ctx.log.warn({ codes: [...strange] }, 'Ninja Van statuses without a translation');
    return events;
  }

  /** Fetches a new token, then looks for an order that cannot exist: shows whether the account is accepted. */
  async testConnection(): Promise<ConnectionReport> {
    const { settings } = this.#ctx;
    const findings: ConnectionFinding[] = [];
    try {
      await this.#client.tokens.prove();
      await this.findBooking('tradelane-connection-test');
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.kind === 'RateLimited') throw error;
      const remedy =
        error.details.remedy ?? 'Check the API address in the settings and whether Ninja Van is reachable.';
      findings.push({ severity: 'error', what: error.message, remedy });
    }
    return {
      ok: findings.length === 0,
      account: `${settings.country} ${settings.trackingPrefix}`.trim(),
      facts: {
        api: settings.baseUrl,
        service: `${settings.serviceType ?? 'Parcel'} ${settings.serviceLevel ?? 'Standard'}`,
        international: String(settings.international ?? false),
      },
      findings,
    };
  }

  async #waybill(path: string, { shipmentIdentifier }: Numbered): Promise<CarrierDocument | null> {
    const call = {
      method: 'GET',
      path,
      query: [
        ['tid', shipmentIdentifier],
        ['hide_shipper_details', 'false'],
        ['orientation', 'portrait'],
      ],
      accept: 'application/pdf, application/json',
      operation: 'labels.fetch',
      effect: false,
    } as const;
    const answer = await this.#client.send(call);
    if (isNotFound(answer)) return null;
    if (answer.status === 403) {
      // The account itself may be well: this right is granted apart.
      const error = statusError(answer, call.operation, false);
      throw new ConnectorError('Rejected', error.message, { ...error.details, field: 'label' });
    }
    if (!isSuccess(answer)) throw statusError(answer, call.operation, call.effect);
    const bytes = answer.bytes ?? Buffer.from(answer.text, 'latin1');
    if (bytes.subarray(0, 5).toString('latin1') === '%PDF-') return { kind: 'label', format: 'PDF', bytes };
    throw new ConnectorError('Unavailable', 'Ninja Van: the waybill is no PDF', { code: 'unreadable_answer' });
  }

  /** A booking that exists, with its label where that is ready: nothing that goes wrong from here on is an error. */
  async #booked(number: string, request: ShipmentRequest, messages: CarrierMessage[]): Promise<Answer<Booking>> {
    const wanted = trackingNumberOf(request.reference, this.#ctx.settings);
    if (number.toUpperCase() !== wanted) {
      const message = `Booked as ${number}, expected was ${wanted}: correct the tracking number prefix in the settings, or a booking whose answer is lost will not be found.`;
      messages.push(warning('other_number', 'tracking_number', message));
    }
    const booking = bookingOf(number, request.pieces[0]?.pieceId ?? '1');
    const label = await this.fetchLabel(booking).catch((error: unknown) => {
      if (!(error instanceof ConnectorError)) throw error;
      messages.push(warning('label_failed', null, `Booked; its label did not come yet: ${error.message}`));
      return null;
    });
    if (label !== null) return { details: { ...booking, documents: [label] }, messages };
    messages.push({ code: 'label_later', field: null, level: 'info', message: 'Booked; the label is to be fetched.' });
    return { details: booking, messages };
  }

  /** The number was used before: by this very booking, or by something that must not be taken for it. */
  async #alreadyThere(request: ShipmentRequest, refusal: CarrierMessage[]): Promise<Answer<Booking>> {
    const order = await this.#ordered(request.reference);
    const field = 'requested_tracking_number';
    if (order === null) {
      if (!refusal.some(saysTaken)) return { details: null, messages: refusal };
      throw new ConnectorError('OutcomeUnknown', 'Ninja Van: the number is used, and its order is not shown yet');
    }
    const said = refusal.filter((one) => one.level !== 'error');
    if (!carriesReference(order, request.reference)) {
      const message = `The number ${order.tracking_number} belongs to another order: book under another reference.`;
      return { details: null, messages: [...said, fault('number_taken', field, message)] };
    }
    if (isCancelled(order)) {
      const message = `The order ${order.tracking_number} was cancelled; its number cannot be used again: book under another reference.`;
      return { details: null, messages: [...said, fault('cancelled', field, message)] };
    }
    said.push(warning('already_booked', field, 'It was booked before: that booking is used.'));
    return this.#booked(order.tracking_number, request, said);
  }

  #ordered(reference: string): Promise<TrackedOrder | null> {
    return this.#tracked(trackingNumberOf(reference, this.#ctx.settings));
  }

  async #tracked(number: string): Promise<TrackedOrder | null> {
    const orders = await this.#readScans(`/1.0/orders/tracking-events/${encodeURIComponent(number)}`, []);
    return orders.find((order) => order.tracking_number.toUpperCase() === number.toUpperCase()) ?? null;
  }

  /** "Not found" (404 with an error body) is no data yet. */
  async #readScans(path: string, query: readonly (readonly [string, string])[]): Promise<readonly TrackedOrder[]> {
    const call = { method: 'GET', path, query, operation: 'tracking.read', effect: false } as const;
    const answer = await this.#client.send(call);
    if (isNotFound(answer)) return [];
    if (!isSuccess(answer)) throw statusError(answer, call.operation, call.effect);
    return this.#client.read(call, answer, trackingSchema).data;
  }
}
