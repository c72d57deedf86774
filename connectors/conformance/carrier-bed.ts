import type { CarrierConnector, PickupRequest, ShipmentRequest, TrackingTag } from '../contract/carrier.ts';
import type { WebhookDelivery } from '../contract/common.ts';
import type { TransportTimeouts } from '../transport/index.ts';
import type { Act, Skip } from './case.ts';
import type { Example } from './offline.ts';
import type { CallMatch } from './store-subject.ts';

/** Scans that the carrier pushes. */
export interface PushBed<Bench> {
  readonly secret: string;
  /** Of the same shape, of another account or country. */
  readonly otherSecret: string;
  /** A delivery about a shipment, as the carrier signs it with `secret`. */
  delivery(bench: Bench, trackingNumber: string): Promise<WebhookDelivery>;
}

/** Couriers that are called. */
export interface PickupBed<Bench> {
  readonly match: CallMatch;
  request(reference: string): PickupRequest;
  /** How many are on their way, by the simulator's books. */
  open(bench: Bench): Promise<number>;
}

/**
 * The far side of a carrier: its scanners, its books and its faults, over the simulator's controls. The family `label`
 * is made of it.
 */
export interface CarrierBed<Bench> {
  readonly example: Example;
  /** Left out: the subject's own. */
  start?(options: { readonly timeouts?: Partial<TransportTimeouts> }): Promise<Bench>;
  connector(bench: Bench): CarrierConnector;
  /** One piece, accepted as it is; `more` goes before what is made up. */
  request(reference: string, more?: Partial<ShipmentRequest>): ShipmentRequest;
  /** What the carrier (or the connector's own check) refuses by rule, of a request that is good but for this. */
  readonly refused: Partial<ShipmentRequest>;
  /** The calls by which each has its effect, for fault rules. */
  readonly calls: { readonly book: CallMatch; readonly void: CallMatch | Skip };
  /** Labels under a reference that are paid for if nothing more is done: their tracking numbers, by the books. */
  paid(bench: Bench, reference: string): Promise<readonly string[]>;
  /** What the label's code must hold; left out: the tracking number of the shipment or of one of its pieces. */
  isCode?(code: string, numbers: readonly string[]): boolean;
  /** Every scan that the tag table knows, from `tags.ts`. */
  readonly scans: readonly { readonly native: string; readonly tag: TrackingTag }[];
  /** A scan that no table knows. */
  readonly strangeScan: string;
  /** The carrier scans; `at` left out: now. */
  scan(bench: Bench, trackingNumber: string, scan: { readonly native: string; readonly at?: Date }): Promise<void>;
  /** Native codes of a parcel that was collected, was delivered, went back. */
  readonly course: { readonly pickedUp: string; readonly delivered: string; readonly returned: string };
  /** From now on events are answered doubled and in any order. */
  readonly disorder: Act<Bench, [on: boolean]> | Skip;
  /** From now on the times of events bear no zone. */
  readonly zoneless: Act<Bench, [on: boolean]> | Skip;
  /** From now on a label is not ready yet. */
  readonly lateLabel: Act<Bench, [on: boolean]> | Skip;
  readonly pickup: PickupBed<Bench> | Skip;
  readonly push: PushBed<Bench> | Skip;
}
