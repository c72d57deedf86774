import type {
  Answer,
  Booking,
  CarrierCapabilities,
  CarrierConnector,
  Quote,
  ShipmentRequest,
  TrackingEvent,
} from '../contract/carrier.ts';
import type { ConnectionFinding, ConnectionReport, ConnectorContext } from '../contract/common.ts';
import { ConnectorError } from '../errors.ts';
import type { IncomingAnswer } from '../transport/client.ts';
import { toBooking, toQuote } from './answers.ts';
import { type DhlExpressCall, DhlExpressClient, isRefusal, isSuccess } from './client.ts';
import { messagesOf, problemOf, statusError } from './errors.ts';
import { withoutRefusedKeys } from './extraneous.ts';
import { limitsOf, MAX_PIECES } from './limits.ts';
import { toBookingRequest, toRateRequest } from './mapping.ts';
import { dryRun, reserveNumber } from './numbers.ts';
import { bookPickup, cancelPickup } from './pickups.ts';
import {
  bookedSchema,
  type DhlExpressCredentials,
  type DhlExpressSettings,
  ratesSchema,
  type TrackedShipment,
  trackingSchema,
} from './schema.ts';
import { utcDay } from './times.ts';
import { carriesReference, isPieceNumber, toEvents, toFoundBooking } from './tracking.ts';

/** What the tracking call takes at once. */
const TRACKING_BATCH_SIZE = 200;

type Context = ConnectorContext<DhlExpressCredentials, DhlExpressSettings>;

function capabilitiesOf(settings: DhlExpressSettings): CarrierCapabilities {
  return {
    rates: true,
    multiPiece: true,
    // An unused waybill is never billed; there is no call that takes it back.
    void: 'none',
    pickup: true,
    manifest: false,
    paperlessCustoms: settings.paperlessTrade ?? false,
    labelFormats: ['PDF', 'ZPL'],
    maxPieces: MAX_PIECES,
    trackingPush: false,
    // Needs a contract and its order of calls is UNCONFIRMED.
    breakBulk: false,
    bookingLookup: true,
    labelRefetch: false,
    reservesNumbers: settings.reserveNumbers ?? false,
  };
}

/** A DHL Express account through the MyDHL API 3.1.1. */
export function createDhlExpressConnector(ctx: Context): CarrierConnector {
  const account = new DhlExpressAccount(ctx);
  const { client } = account;
  const { settings } = ctx;
  return {
    kind: 'carrier',
    carrierName: 'DHL Express',
    capabilities: capabilitiesOf(settings),
    limits: limitsOf(settings),
    testConnection: () => account.testConnection(),
    rates: (request) => account.rates(request),
    check: (request) => toBookingRequest(request, settings).messages,
    dryRun: (request) => dryRun(client, request, settings),
    ...(settings.reserveNumbers === true ? { reserveNumber: () => reserveNumber(client, settings) } : {}),
    book: (request) => account.book(request),
    findBooking: (reference, notBefore) => account.findBooking(reference, notBefore),
    bookPickup: (request) => bookPickup(client, request, settings),
    cancelPickup: (pickup) => cancelPickup(client, pickup, settings),
    track: (trackingNumbers) => account.track(trackingNumbers),
  };
}

class DhlExpressAccount {
  readonly #ctx: Context;
  readonly client: DhlExpressClient;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.client = new DhlExpressClient(ctx);
  }

  /** Prices in the billing currency of every product on the lane. */
  async rates(request: ShipmentRequest): Promise<Answer<readonly Quote[]>> {
    const { body, messages } = toRateRequest(request, this.#ctx.settings);
    if (messages.some((message) => message.level === 'error')) return { details: null, messages };
    const call: DhlExpressCall = {
      method: 'POST',
      path: '/rates',
      body,
      operation: 'rates.quote',
      effect: false,
      about: request.reference,
    };
    const answer = await this.client.send(call);
    // 404 with a problem = no product on this lane.
    if (isRefusal(answer) || (answer.status === 404 && problemOf(answer.text) !== null)) {
      return { details: null, messages: [...messages, ...messagesOf(answer)] };
    }
    if (!isSuccess(answer)) throw statusError(answer, call.operation, call.effect);
    const { products } = this.client.read(call, answer, ratesSchema);
    return { details: products.flatMap((product) => toQuote(product, request) ?? []), messages };
  }

  /** Books once per call: see `findBooking` for what to do after an `OutcomeUnknown`. */
  async book(request: ShipmentRequest): Promise<Answer<Booking>> {
    const { body, messages } = toBookingRequest(request, this.#ctx.settings);
    if (messages.some((message) => message.level === 'error')) return { details: null, messages };
    const call: DhlExpressCall = {
      method: 'POST',
      path: '/shipments',
      body,
      operation: 'shipments.book',
      effect: true,
      about: request.reference,
    };
    const answer = await this.#sendTaken(call, body);
    if (isRefusal(answer)) return { details: null, messages: [...messages, ...messagesOf(answer)] };
    if (!isSuccess(answer)) throw statusError(answer, call.operation, call.effect);
    const booked = this.client.read(call, answer, bookedSchema);
    return toBooking(booked, String(booked.shipmentTrackingNumber), request, messages);
  }

  /**
   * The booking that carries our reference. Null is no proof straight after a lost answer: how long a booking takes to
   * appear is UNCONFIRMED. Two bookings under one reference are `Duplicate`, because somebody pays twice.
   */
  async findBooking(reference: string, notBefore: Date): Promise<Booking | null> {
    const until = await this.#ctx.clock.now();
    const call: DhlExpressCall = {
      method: 'GET',
      path: '/tracking',
      query: [
        ['shipmentReference', reference],
        ['shipmentReferenceType', 'CU'],
        ['shipperAccountNumber', this.#ctx.settings.accountNumber],
        // In which zone DHL counts days is UNCONFIRMED: one more on each side.
        ['dateRangeFrom', utcDay(notBefore, -1)],
        ['dateRangeTo', utcDay(until, 1)],
        ['trackingView', 'all-checkpoints'],
        ['levelOfDetail', 'all'],
      ],
      operation: 'shipments.find',
      effect: false,
      about: reference,
    };
    const shipments = await this.#tracked(call);
    const ours = shipments.filter((shipment) => carriesReference(shipment, reference));
    const numbers = [...new Set(ours.map((shipment) => String(shipment.shipmentTrackingNumber)))];
    const [first] = ours;
    if (first === undefined) return null;
    if (numbers.length === 1) return toFoundBooking(first);
    throw new ConnectorError('Duplicate', `DHL Express has ${numbers.length} bookings for ${reference}`, {
      existingId: String(first.shipmentTrackingNumber),
      remedy: `Use one of the waybills ${numbers.join(', ')} and throw the other labels away: unused ones are not billed.`,
    });
  }

  /** Events of waybills and parcels, at most 200 numbers a call. */
  async track(trackingNumbers: readonly string[]): Promise<readonly TrackingEvent[]> {
    const wanted = [...new Set(trackingNumbers)];
    const events: TrackingEvent[] = [];
    const kinds = [
      { query: 'pieceTrackingNumber', level: 'all', numbers: wanted.filter(isPieceNumber) },
      { query: 'shipmentTrackingNumber', level: 'all', numbers: wanted.filter((one) => !isPieceNumber(one)) },
    ];
    for (const { query, level, numbers } of kinds) {
      for (let start = 0; start < numbers.length; start += TRACKING_BATCH_SIZE) {
        const batch = numbers.slice(start, start + TRACKING_BATCH_SIZE);
        const call: DhlExpressCall = {
          method: 'GET',
          path: '/tracking',
          query: [
            ...batch.map((number) => [query, number] as const),
            ['trackingView', 'all-checkpoints'],
            ['levelOfDetail', level],
            ['requestGMTOffsetPerEvent', 'true'],
          ],
          operation: 'tracking.read',
          effect: false,
          about: batch.join(','),
        };
        events.push(...toEvents(await this.#tracked(call), new Set(batch)));
      }
    }
    this.#warnOfUntranslated(events);
    return events;
  }

  /** Looks for a booking that cannot exist: shows whether credentials and account are accepted. */
  async testConnection(): Promise<ConnectionReport> {
    const { settings } = this.#ctx;
    const findings: ConnectionFinding[] = [];
    try {
      await this.findBooking('tradelane-connection-test', await this.#ctx.clock.now());
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.kind === 'RateLimited') throw error;
      const remedy = error.details.remedy ?? 'Check the API address in the settings and whether DHL is reachable.';
      findings.push({ severity: 'error', what: error.message, remedy });
    }
    return {
      ok: findings.length === 0,
      account: settings.accountNumber,
      facts: { api: settings.baseUrl, version: settings.apiVersion ?? '3.1.0', product: settings.productCode ?? 'P' },
      findings,
    };
  }

  /** Sends a body, once more without the minor keys that are refused. A refused call did nothing. */
  async #sendTaken(call: DhlExpressCall, body: Record<string, unknown>): Promise<IncomingAnswer> {
    const answer = await this.client.send(call);
    const rest = isRefusal(answer) ? withoutRefusedKeys(body, messagesOf(answer)) : null;
    if (rest === null) return answer;
    this.#ctx.log.warn({ operation: call.operation }, 'MyDHL API does not know a minor key: sent without it');
    return this.client.send({ ...call, body: rest });
  }

  /** Tracked shipments; "no data found" (404) is normal for the first hours. */
  async #tracked(call: DhlExpressCall): Promise<readonly TrackedShipment[]> {
    const answer = await this.client.send(call);
    if (answer.status === 404 && problemOf(answer.text) !== null) return [];
    if (!isSuccess(answer)) throw statusError(answer, call.operation, call.effect);
    return this.client.read(call, answer, trackingSchema).shipments;
  }

  #warnOfUntranslated(events: readonly TrackingEvent[]): void {
    const codes = new Set(events.filter((event) => event.tag === null).map((event) => event.nativeCode));
    if (codes.size > 0) this.#ctx.log.warn({ codes: [...codes] }, 'DHL Express checkpoints without a translation');
  }
}
