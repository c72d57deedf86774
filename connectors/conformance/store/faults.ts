import assert from 'node:assert/strict';
import { ConnectorError } from '../../errors.ts';
import type { Fault } from '../fault-dials.ts';
import type { StoreContext } from '../store-session.ts';
import type { StoreSubject } from '../store-subject.ts';
import { createOnce } from './repeated.ts';
import {
  bookOf,
  catalogueOf,
  failsAs,
  need,
  only,
  type StoreCase,
  storeCase,
  teeOf,
  underFault,
  variantOf,
} from './tools.ts';

/** A name, the fault, and whether it strikes before or after the call was worked on. */
export const faults: readonly { id: string; name: string; fault: Fault; processed: boolean }[] = [
  { id: '500', name: 'status 500', fault: { kind: 'status', status: 500, body: 'broken' }, processed: false },
  { id: '502', name: 'status 502', fault: { kind: 'html', status: 502 }, processed: false },
  { id: '503', name: 'status 503', fault: { kind: 'html', status: 503 }, processed: false },
  { id: 'html', name: 'HTML with 200', fault: { kind: 'html', status: 200 }, processed: false },
  { id: 'empty', name: 'an empty 200', fault: { kind: 'status', status: 200, body: '' }, processed: false },
  { id: 'drop', name: 'a dropped connection', fault: { kind: 'drop' }, processed: false },
  { id: 'cut', name: 'a cut body', fault: { kind: 'cut', bytes: 12 }, processed: true },
  { id: 'drip', name: 'an answer that drips', fault: { kind: 'slow-drip', bytesPerSecond: 5 }, processed: true },
  { id: 'silent', name: 'an answer that never begins', fault: { kind: 'hold' }, processed: true },
];

function firstPage(context: StoreContext, connector = context.connector) {
  return connector.readProducts({ cursor: null, changedSince: null, pageSize: 5 });
}

/** Whatever comes instead of an answer. */
export const faultCases: readonly StoreCase[] = [
  ...faults.map(({ id, name, fault }) =>
    storeCase(
      'broken answers',
      `read-${id}`,
      'readProducts',
      `a read under ${name} is Unavailable, then works`,
      async (context) => {
        await catalogueOf(context);
        const good = await firstPage(context);
        await failsAs(
          underFault(context, fault, 'readProducts', (connector) => firstPage(context, connector)),
          'Unavailable',
        );
        assert.deepEqual((await firstPage(context)).items, good.items, 'read again');
      },
    ),
  ),
  storeCase(
    'broken answers',
    'read-type',
    'readProducts',
    'a wrong content type is read rightly, or not at all',
    async (context) => {
      await catalogueOf(context);
      const good = await firstPage(context);
      const outcome = await underFault(context, { kind: 'wrong-type' }, 'readProducts', (connector) =>
        firstPage(context, connector).catch((error: unknown) => error),
      );
      if (outcome instanceof ConnectorError) assert.equal(outcome.kind, 'Unavailable', outcome.message);
      else if (typeof outcome === 'object' && outcome !== null && 'items' in outcome) {
        assert.deepEqual(outcome.items, good.items);
      } else throw outcome;
    },
  ),
  ...faults.map(({ id, name, fault, processed }) =>
    storeCase(
      'broken answers',
      `order-${id}`,
      'createOrder',
      `an order under ${name} is OutcomeUnknown, then there once`,
      async (context) => {
        const reference = context.reference(`fault-${id}`);
        const order = context.orderOf(reference, [{ variant: variantOf(await teeOf(context)), quantity: 2 }]);
        await failsAs(
          underFault(context, fault, 'createOrder', (connector) => connector.createOrder(order)),
          'OutcomeUnknown',
        );
        assert.equal((await context.bed.orderBooks(reference)).length, processed ? 1 : 0, 'orders by the shop’s books');
        const found = await context.connector.findOrder(reference, new Date(context.serverNow().getTime() - 600_000));
        assert.equal(found === null, !processed, 'the look-up does not tell what happened');
        const made = await createOnce(context, context.connector, reference);
        assert.equal((await bookOf(context, reference)).externalId, made, 'orders by the shop’s books');
      },
    ),
  ),
  ...(['500', 'html', 'cut'] as const).map((id) => {
    const { name, fault } = only(
      faults.filter((one) => one.id === id),
      'faults',
    );
    return storeCase(
      'broken answers',
      `stock-${id}`,
      'writeStock',
      `stock under ${name} is no success unheard`,
      async (context) => {
        need(context.connector, 'writeStock');
        const variant = variantOf(await context.once('faulty stock', () => context.simple('FAULTY', { stock: 9 })));
        const row = { ...variant, key: 'one', locationId: null, expected: null };
        const set = (quantity: number, key: string, connector = context.connector) =>
          need(connector, 'writeStock')([{ ...row, quantity }], `${context.mark}-${id}-${key}`);
        await set(9, 'before');
        const outcome = await underFault(context, fault, 'writeStock', (connector) =>
          set(3, 'fault', connector).catch((error: unknown) => error),
        );
        const { counted } = await context.bed.readStock(variant);
        if (Array.isArray(outcome) && outcome[0]?.ok === true) assert.equal(counted, 3, 'said done, and is not');
        else if (!Array.isArray(outcome)) assert.ok(outcome instanceof ConnectorError, `thrown: ${outcome}`);
        assert.ok(only(await set(3, 'fault'), 'outcomes').ok, 'the repetition failed');
        assert.equal((await context.bed.readStock(variant)).counted, 3, 'by the shop’s books');
      },
    );
  }),
];

const MORE_THAN_SAID_MS = 8_000;
const LESS_THAN_SAID_MS = 6_000;

/** "Slow down", in every form that the platform has. */
export function throttleCases({ throttles }: StoreSubject): readonly StoreCase[] {
  const forms = (['seconds', 'date', 'absent', 'in-200'] as const).map((form): StoreCase => {
    const support = throttles[form];
    const one = storeCase('throttling', form, 'readProducts', `is told to slow down: ${form}`, async (context) => {
      const error = await failsAs(
        underFault(context, { kind: 'throttle', retryAfter: form, seconds: 7 }, 'readProducts', (connector) =>
          firstPage(context, connector),
        ),
        'RateLimited',
      );
      const waitMs = error.details.retryAfterMs ?? 0;
      const isTold = form === 'seconds' || form === 'date';
      assert.ok(waitMs >= (isTold ? LESS_THAN_SAID_MS : 1), `waits ${waitMs} ms`);
      if (isTold) assert.ok(waitMs <= MORE_THAN_SAID_MS, `waits ${waitMs} ms instead of 7 s`);
      await firstPage(context);
    });
    return support === true ? one : { ...one, skip: support.skip };
  });
  return [
    ...forms,
    storeCase('throttling', 'order', 'createOrder', 'a throttled order was not made', async (context) => {
      const reference = context.reference('throttled');
      const order = context.orderOf(reference, [{ variant: variantOf(await teeOf(context)), quantity: 1 }]);
      const fault = { kind: 'throttle', retryAfter: 'seconds', seconds: 3 };
      await failsAs(
        underFault(context, fault, 'createOrder', (connector) => connector.createOrder(order)),
        'RateLimited',
      );
      assert.deepEqual(await context.bed.orderBooks(reference), [], 'orders by the shop’s books');
    }),
    storeCase('throttling', 'stock', 'writeStock', 'a throttled stock batch says so', async (context) => {
      const writeStock = need(context.connect({ impatient: true }), 'writeStock');
      const variant = variantOf(await context.simple('THROTTLED', { stock: 5 }));
      const row = { ...variant, key: 'one', locationId: null, quantity: 2, expected: null };
      const fault = { kind: 'throttle', retryAfter: 'seconds', seconds: 3 };
      const outcome = await underFault(context, fault, 'writeStock', () =>
        writeStock([row], `${context.mark}-throttled`).catch((error: unknown) => error),
      );
      if (Array.isArray(outcome))
        assert.ok(outcome[0]?.ok === false && outcome[0].retryable, 'the row is no retryable one');
      else assert.ok(outcome instanceof ConnectorError && outcome.kind === 'RateLimited', `thrown: ${outcome}`);
      assert.equal((await context.bed.readStock(variant)).counted, 5, 'by the shop’s books');
    }),
  ];
}
