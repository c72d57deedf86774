import { type Decision, decide, type Role, statesOf } from './kit.ts';
import { type OrderContext, type OrderEventType, order } from './order.ts';

/** Who may cancel an order, and with which events, in the order in which they would try them. */
export const cancellers = [
  { who: 'The buyer asks', attempts: [{ event: 'CANCEL_REQUESTED_THERE', role: 'connector' }] },
  { who: 'The marketplace has cancelled', attempts: [{ event: 'CANCELLED_THERE', role: 'connector' }] },
  {
    who: 'Ops',
    attempts: [
      { event: 'REQUEST_CANCEL', role: 'ops' },
      { event: 'RESOLVE_AS_CANCELLED', role: 'ops' },
    ],
  },
  {
    who: 'The brand',
    attempts: [
      { event: 'REQUEST_CANCEL', role: 'brand' },
      { event: 'DECLINE', role: 'brand' },
    ],
  },
] as const satisfies { who: string; attempts: { event: OrderEventType; role: Role }[] }[];

type Facts = Pick<OrderContext, 'pushInFlight' | 'inShop' | 'handedOver' | 'goodsOutside'>;

const nothing: Facts = { pushInFlight: false, inShop: false, handedOver: false, goodsOutside: false };

/** How far the order has got outside when the cancellation comes, and what is done about it after CANCEL_PENDING. */
export const callsInFlight = [
  {
    call: 'nothing sent',
    facts: nothing,
    afterwards: 'Nothing is outside: the reservation is released and nothing is sent.',
  },
  {
    call: 'push begun',
    facts: { ...nothing, pushInFlight: true },
    afterwards: 'The answer of the call under way is awaited; if the shop took the order, it is cancelled there.',
  },
  {
    call: 'push answer lost',
    facts: { ...nothing, pushInFlight: true },
    afterwards:
      'The effect is AMBIGUOUS: looked up by our own reference. Found: cancelled there. Not found: never pushed.',
  },
  {
    call: 'in the shop',
    facts: { ...nothing, inShop: true },
    afterwards:
      'The shop is asked to cancel and read back. Refused or silent: CANCEL_CONFLICT with the facts of both sides.',
  },
  {
    call: 'handed over',
    facts: { pushInFlight: false, inShop: true, handedOver: true, goodsOutside: true },
    afterwards: 'The goods are gone: ops decide. Stock comes back only when the parcel is scanned in.',
  },
] as const satisfies { call: string; facts: Facts; afterwards: string }[];

export interface CancellationCell {
  state: string;
  who: string;
  call: string;
  /** The event that was answered: the first that is accepted, else the refusal that says most. */
  event: OrderEventType;
  decision: Decision<OrderContext>;
}

/**
 * Every order state × who cancels × how far the order has got: a next state or a refusal with its sentence. Cells that
 * cannot arise (NEW and already in the shop) are answered too: the machine does not rely on what should not be.
 */
export function cancellationCells(): CancellationCell[] {
  return statesOf(order).flatMap((state) =>
    cancellers.flatMap(({ who, attempts }) =>
      callsInFlight.map(({ call, facts }) => ({ state, who, call, ...answer(state, facts, attempts) })),
    ),
  );
}

function answer(
  state: string,
  facts: Facts,
  attempts: readonly { event: OrderEventType; role: Role }[],
): Pick<CancellationCell, 'event' | 'decision'> {
  const context: OrderContext = {
    ...facts,
    ownEdit: false,
    linesKnown: true,
    stockReserved: true,
    addressComplete: true,
    declineToOps: false,
    resumeState: state === 'CANCEL_REQUESTED' ? 'QUEUE' : null,
  };
  const answers = attempts.map(({ event, role }) => ({
    event,
    decision: decide(order, state, context, { type: event }, role),
  }));
  const told = answers.find(({ decision }) => decision.ok) ?? answers.find(({ decision }) => isGuardRefusal(decision));
  const first = told ?? answers[0];
  if (!first) throw new Error('whoever cancels has an event for it');
  return first;
}

/** A guard's sentence says more than "not possible in this state". */
function isGuardRefusal(decision: Decision<OrderContext>): boolean {
  return !decision.ok && decision.code === 'GuardRefused';
}
