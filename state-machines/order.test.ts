import { describe, expect, it } from 'vitest';
import { callsInFlight, cancellationCells, cancellers } from './cancellation.ts';
import { combinations, contextAxes } from './contexts.ts';
import { allowedEvents, type Decision, decide, isFinal, statesOf } from './kit.ts';
import { type OrderContext, type OrderEventType, order } from './order.ts';

const states = statesOf(order);
const events = Object.keys(order.events) as OrderEventType[];
const contexts = combinations(contextAxes.order);
const plain: OrderContext = {
  linesKnown: true,
  stockReserved: true,
  addressComplete: true,
  pushInFlight: false,
  inShop: false,
  handedOver: false,
  goodsOutside: false,
  ownEdit: false,
  declineToOps: false,
  resumeState: null,
};

function step(state: string, event: OrderEventType, context: OrderContext): Decision<OrderContext> {
  const role = order.events[event].by[0];
  if (!role) throw new Error(`${event} has no sender`);
  return decide(order, state, context, { type: event }, role);
}

const beforeShop = ['NEW', 'EDITED', 'AWAITING_CONFIRMATION', 'APPROVED', 'QUEUE', 'CANCEL_REQUESTED'];

/** What must hold for one decision; returns the rule that is broken, or null. */
function brokenRule(state: string, event: OrderEventType, context: OrderContext, decision: Decision<OrderContext>) {
  if (!decision.ok) return decision.why.trim().endsWith('.') ? null : 'a refusal is a sentence';
  const { to } = decision;
  if (!states.includes(to)) return 'the next state exists';
  if (!decision.followUps.includes('wakeOrder')) return 'every step wakes the process';
  if (to === 'APPROVED' && event !== 'CANCEL_WITHDRAWN' && !context.stockReserved) return 'approved only with stock';
  if (to === 'CANCELLED' && context.goodsOutside) return 'never CANCELLED while goods are outside';
  if (to === 'CANCELLED' && context.pushInFlight) return 'never CANCELLED while a push has no outcome';
  if (state === 'QUEUE' && event === 'EDIT' && (context.pushInFlight || context.inShop))
    return 'no edit of what is sent';
  const { resumeState: _before, ...facts } = context;
  const { resumeState: _after, ...kept } = decision.context;
  if (JSON.stringify(facts) !== JSON.stringify(kept)) return 'the machine changes no fact';
  return null;
}

describe('the order machine, every state × event × context', () => {
  it('has no undefined cell and breaks no rule', () => {
    const broken = new Map<string, number>();
    let walked = 0;
    for (const state of states) {
      for (const event of events) {
        for (const context of contexts) {
          walked += 1;
          const rule = brokenRule(state, event, context, step(state, event, context));
          if (rule) broken.set(`${state} × ${event}: ${rule}`, (broken.get(`${state} × ${event}: ${rule}`) ?? 0) + 1);
        }
      }
    }
    expect(Object.fromEntries(broken)).toEqual({});
    expect(walked).toBe(states.length * events.length * 2 ** 9 * 7);
  }, 300_000);

  it('ends in CANCELLED wherever nothing is outside, and nowhere else at once', () => {
    for (const state of beforeShop) {
      for (const context of contexts) {
        const { pushInFlight, inShop, handedOver, goodsOutside } = context;
        const expected =
          handedOver || goodsOutside ? 'CANCEL_CONFLICT' : pushInFlight || inShop ? 'CANCEL_PENDING' : 'CANCELLED';
        const decision = step(state, 'CANCELLED_THERE', context);
        expect(decision.ok && decision.to, `${state} ${JSON.stringify(context)}`).toBe(expected);
      }
    }
  });

  it('never approves or confirms without stock, known lines and an address, nor by who edited it where four eyes are wanted', () => {
    for (const context of contexts) {
      const complete = context.linesKnown && context.stockReserved && context.addressComplete && !context.ownEdit;
      for (const [state, event] of [
        ['NEW', 'APPROVE'],
        ['EDITED', 'APPROVE'],
        ['AWAITING_CONFIRMATION', 'CONFIRM'],
      ] as const) {
        expect(step(state, event, context).ok, `${state} ${event}`).toBe(complete);
      }
    }
  });
});

describe('a cancel request', () => {
  it.each(['NEW', 'EDITED', 'AWAITING_CONFIRMATION', 'APPROVED', 'QUEUE', 'SYNCED'])(
    'that is withdrawn goes back to %s',
    (state) => {
      const asked = step(state, 'CANCEL_REQUESTED_THERE', plain);
      expect(asked).toMatchObject({ ok: true, to: 'CANCEL_REQUESTED', context: { resumeState: state } });
      if (!asked.ok) return;
      expect(step('CANCEL_REQUESTED', 'CANCEL_WITHDRAWN', asked.context)).toMatchObject({
        ok: true,
        to: state,
        context: { resumeState: null },
      });
    },
  );

  it('goes back to where the answer of a push under way has put it', () => {
    const asked = step('QUEUE', 'REQUEST_CANCEL', { ...plain, pushInFlight: true });
    if (!asked.ok) throw new Error(asked.why);
    const pushed = step('CANCEL_REQUESTED', 'PUSHED', asked.context);
    if (!pushed.ok) throw new Error(pushed.why);
    expect(step('CANCEL_REQUESTED', 'CANCEL_WITHDRAWN', pushed.context)).toMatchObject({ to: 'SYNCED' });
    const refused = step('CANCEL_REQUESTED', 'PUSH_REFUSED', asked.context);
    if (!refused.ok) throw new Error(refused.why);
    expect(step('CANCEL_REQUESTED', 'CANCEL_WITHDRAWN', refused.context)).toMatchObject({ to: 'EDITED' });
  });
});

describe('the table of cancellations', () => {
  const cells = cancellationCells();

  it('has a next state or a sentence in every cell', () => {
    expect(cells).toHaveLength(states.length * cancellers.length * callsInFlight.length);
    for (const { state, who, call, decision } of cells) {
      const text = decision.ok ? decision.to : decision.why;
      expect(decision.ok ? states.includes(text) : text.endsWith('.'), `${state}, ${who}, ${call}: ${text}`).toBe(true);
    }
  });

  it('never answers CANCELLED when something is outside', () => {
    const ended = cells.filter(({ decision }) => decision.ok && decision.to === 'CANCELLED');
    expect(new Set(ended.filter(({ event }) => event === 'CANCELLED_THERE').map(({ call }) => call))).toEqual(
      new Set(['nothing sent']),
    );
    expect(ended.some(({ call }) => call === 'handed over' || call.startsWith('push'))).toBe(false);
  });

  it('lets nobody but the marketplace end an order that is alive', () => {
    const alive = cells.filter(({ state }) => !state.startsWith('CANCEL') && state !== 'SUCCESSFULLY_PROCESSED');
    const ended = alive.filter(({ decision }) => decision.ok && decision.to === 'CANCELLED');
    expect(new Set(ended.map(({ event }) => event))).toEqual(new Set(['CANCELLED_THERE']));
  });
});

interface World {
  state: string;
  context: OrderContext;
}

/** What the world outside may do to an order in this place; the machine is not asked. */
function outsideMoves({ state, context: c }: World): World[] {
  const to = (facts: Partial<OrderContext>): World => ({ state, context: { ...c, ...facts } });
  const worked = !['NEW', 'EDITED', 'AWAITING_CONFIRMATION', 'APPROVED', 'CANCELLED'].includes(state);
  return [
    ...(state === 'QUEUE' && !c.pushInFlight && !c.inShop ? [to({ pushInFlight: true })] : []),
    ...(worked && !c.handedOver ? [to({ handedOver: true, goodsOutside: true })] : []),
    ...(c.goodsOutside ? [to({ goodsOutside: false })] : []),
    ...(c.pushInFlight ? [to({ pushInFlight: false, inShop: true }), to({ pushInFlight: false })] : []),
  ];
}

/** What the machine allows; the answer to a push can only be told once it is known. */
function machineMoves({ state, context }: World): World[] {
  return events.flatMap((event) => {
    if (event === 'PUSHED' && (context.pushInFlight || !context.inShop)) return [];
    if (event === 'PUSH_REFUSED' && (context.pushInFlight || context.inShop)) return [];
    const decision = step(state, event, context);
    return decision.ok ? [{ state: decision.to, context: decision.context }] : [];
  });
}

const key = (world: World): string => JSON.stringify(world);

describe('every course that an order can take', () => {
  const start: World = { state: 'NEW', context: plain };
  const next = new Map<string, string[]>();
  const worlds = new Map<string, World>([[key(start), start]]);
  for (const [place, world] of worlds) {
    const moves = [...machineMoves(world), ...outsideMoves(world)];
    for (const move of moves) if (!worlds.has(key(move))) worlds.set(key(move), move);
    next.set(place, moves.map(key));
  }

  it('visits every state and never a CANCELLED order with something left outside', () => {
    expect(new Set([...worlds.values()].map(({ state }) => state))).toEqual(new Set(states));
    const wrong = [...worlds.values()].filter(
      ({ state, context: c }) => state === 'CANCELLED' && (c.goodsOutside || c.pushInFlight),
    );
    expect(wrong).toEqual([]);
  });

  it('can always still be brought to an end', () => {
    const good = new Set([...worlds].filter(([, { state }]) => order.closed.includes(state)).map(([place]) => place));
    for (let before = -1; before !== good.size; ) {
      before = good.size;
      for (const [place, moves] of next) if (moves.some((move) => good.has(move))) good.add(place);
    }
    expect([...worlds.keys()].filter((place) => !good.has(place))).toEqual([]);
  });

  it('offers a person something to do in every state that can wait for one', () => {
    for (const { state, context } of worlds.values()) {
      if (isFinal(order, state) || order.closed.includes(state)) continue;
      if (!['NEW', 'EDITED', 'AWAITING_CONFIRMATION', 'CANCEL_CONFLICT'].includes(state)) continue;
      expect(
        allowedEvents(order, state, context, 'ops').some(({ ok }) => ok),
        key({ state, context }),
      ).toBe(true);
    }
  });
});
