import assert from 'node:assert/strict';
import { ConnectorError } from '../../errors.ts';
import { assertWait, failsAs, faults, THROTTLE_SECONDS, throttleForms } from '../failures.ts';
import type { StoreContext } from '../store-session.ts';
import type { StoreSubject } from '../store-subject.ts';
import { createOnce } from './repeated.ts';
import { bookOf, catalogueOf, need, only, type StoreCase, storeCase, teeOf, underFault, variantOf } from './tools.ts';

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

/** "Slow down", in every form that the platform has. */
export function throttleCases({ throttles }: StoreSubject): readonly StoreCase[] {
  const forms = throttleForms.map((form): StoreCase => {
    const support = throttles[form];
    const one = storeCase('throttling', form, 'readProducts', `is told to slow down: ${form}`, async (context) => {
      const error = await failsAs(
        underFault(
          context,
          { kind: 'throttle', retryAfter: form, seconds: THROTTLE_SECONDS },
          'readProducts',
          (connector) => firstPage(context, connector),
        ),
        'RateLimited',
      );
      assertWait(error, form);
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
