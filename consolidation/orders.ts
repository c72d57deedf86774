import type { RateCard } from '../freight/card.ts';
import type { FreightConsignment, FreightPiece, FreightPrice, FreightRefusal } from '../freight/quote.ts';
import type { Method } from './solve.ts';

type Place = FreightConsignment['to'];

/** An order that is to be shipped, as far as freight is concerned. */
export interface PlanOrder {
  readonly id: string;
  readonly brandId: string;
  readonly from: Place;
  readonly to: Place;
  /** Equal for orders that go to one recipient at one address; no name, a digest will do. */
  readonly consignee: string;
  readonly incoterm: 'DDP' | 'DAP';
  /** Who is importer of record; orders of different ones never share a declaration. */
  readonly customsParty: string;
  readonly residential: boolean;
  readonly insured: boolean;
  /** Value of the goods in minor units of the card's currency; null where it is not known in it. */
  readonly valueMinor: number | null;
  /** Lines of the customs invoice. */
  readonly lines: number;
  readonly pieces: readonly FreightPiece[];
  /** What people fixed: alone, or together with the orders of the same group. A constraint, not a hint. */
  readonly pin: Pin | null;
}

export type Pin = { readonly kind: 'alone' } | { readonly kind: 'together'; readonly group: string };

export interface PlanRules {
  /** The carrier takes several pieces to one consignee as one shipment. */
  readonly multiPiece: boolean;
  /** The carrier takes pieces to several consignees of one country through customs as one shipment. */
  readonly breakBulk: boolean;
  readonly maxPieces: number;
  /** Greatest value of all goods that one recipient gets on one day, minor units; null = not limited. */
  readonly recipientDayMinor: number | null;
  /** What recipients were sent on that day already, minor units by consignee. */
  readonly sentToday: Readonly<Record<string, number>>;
}

export interface PlanInput {
  readonly card: RateCard;
  readonly orders: readonly PlanOrder[];
  readonly shipOn: string;
  readonly rules: PlanRules;
}

export type ConsignmentKind = 'single' | 'multiPiece' | 'breakBulk';

export interface PlannedConsignment {
  /** Sorted. */
  readonly orderIds: readonly string[];
  readonly kind: ConsignmentKind;
  readonly costMinor: number;
  /** What its orders would cost one by one. */
  readonly aloneMinor: number;
  readonly quote: FreightPrice;
  /** The cluster in which it was planned. */
  readonly cluster: string;
}

/** Orders that could share consignments with each other and with no others. */
export interface PlannedCluster {
  readonly key: string;
  readonly seed: string;
  readonly orderIds: readonly string[];
  readonly method: Method;
  readonly costMinor: number;
  readonly aloneMinor: number;
  /** No plan of the cluster costs less. */
  readonly lowerBoundMinor: number;
}

export interface RefusedOrder {
  readonly orderId: string;
  readonly refusals: readonly (Omit<FreightRefusal, 'code'> & {
    readonly code: FreightRefusal['code'] | 'recipient-day' | 'pin';
  })[];
}

export interface FreightPlan {
  readonly consignments: readonly PlannedConsignment[];
  readonly clusters: readonly PlannedCluster[];
  /** Orders that cannot be shipped by this card as they are, with the reasons. */
  readonly refused: readonly RefusedOrder[];
  readonly currency: string;
  readonly costMinor: number;
  readonly aloneMinor: number;
  readonly lowerBoundMinor: number;
}

/** Orders as one consignment: what is priced, whatever becomes of it. */
export function consignmentOf(orders: readonly PlanOrder[], shipOn: string): FreightConsignment {
  const [first] = orders;
  if (!first) throw new Error('a consignment needs an order');
  const values = orders.map(({ valueMinor }) => valueMinor);
  return {
    from: first.from,
    to: first.to,
    shipOn,
    incoterm: first.incoterm,
    kind: kindOf(orders),
    residential: orders.some(({ residential }) => residential),
    insured: orders.some(({ insured }) => insured),
    valueMinor: values.reduce<number | null>((sum, value) => (sum === null || value === null ? null : sum + value), 0),
    lines: orders.reduce((sum, { lines }) => sum + lines, 0),
    pieces: orders.flatMap(({ pieces }) => pieces),
  };
}

/** One order is single; several are multi-piece for one consignee, and break-bulk for several. */
export function kindOf(orders: readonly PlanOrder[]): ConsignmentKind {
  if (orders.length === 1) return 'single';
  return orders.every(({ consignee }) => consignee === orders[0]?.consignee) ? 'multiPiece' : 'breakBulk';
}
