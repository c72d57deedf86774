import assert from 'node:assert/strict';
import type { StoreConnector } from '../../contract/store.ts';
import { failsAs } from '../failures.ts';
import type { StoreContext } from '../store-session.ts';
import { bookOf, need, only, orderedBy, type StoreCase, storeCase, teeOf, variantOf } from './tools.ts';

export const parcels = [{ carrier: 'Conformance Express', trackingNumber: 'CONF-0001-X' }];

/** How the ledger calls `createOrder`: looked up before it is made. */
export async function createOnce(context: StoreContext, connector: StoreConnector, reference: string): Promise<string> {
  const known = await connector.findOrder(reference, new Date(context.serverNow().getTime() - 600_000));
  if (known !== null) return known.externalId;
  const variant = variantOf(await teeOf(context));
  return (await connector.createOrder(context.orderOf(reference, [{ variant, quantity: 2 }]))).externalId;
}

export async function stockTo(context: StoreContext, connector: StoreConnector, name: string, quantity: number) {
  const variant = variantOf(await context.once(`stock ${name}`, () => context.simple(name, { stock: 9 })));
  const row = { ...variant, key: 'one', locationId: null, quantity, expected: null };
  return { variant, outcomes: await need(connector, 'writeStock')([row], `${context.mark}-${name}-${quantity}`) };
}

export async function priceTo(context: StoreContext, connector: StoreConnector, name: string, minor: number) {
  const variant = variantOf(await context.once(`price ${name}`, () => context.simple(name)));
  return {
    variant,
    outcomes: await need(connector, 'writePrices')([{ ...variant, key: 'one', price: context.money(minor) }]),
  };
}

/** Two of three pieces' money, written down as refunded. */
export async function refundOf(
  context: StoreContext,
  externalId: string,
  reference: string,
  connector: StoreConnector,
) {
  return need(connector, 'refundOrder')(externalId, {
    reference,
    amount: context.money(3333),
    reason: 'One piece came back',
    restock: [],
  });
}

/** Each write twice: one object, and the second time is no error. */
export const repeatedCases: readonly StoreCase[] = [
  storeCase(
    'repeated write',
    'order',
    'findOrder',
    'an order looked up before it is repeated exists once',
    async (context) => {
      const reference = context.reference('once');
      const before = new Date(context.serverNow().getTime() - 600_000);
      assert.equal(await context.connector.findOrder(reference, before), null, 'found before it was made');
      const id = await createOnce(context, context.connector, reference);
      await context.eventually(async () => {
        const found = await context.connect().findOrder(reference, before);
        assert.equal(found?.externalId, id, 'the look-up does not find the order');
      });
      assert.equal(await createOnce(context, context.connect(), reference), id, 'the repetition is another order');
      assert.equal((await bookOf(context, reference)).externalId, id, 'by the shop’s books');
      assert.equal(
        await context.connector.findOrder(`${reference}-x`, before),
        null,
        'a look-up by part of a reference',
      );
    },
  ),
  storeCase(
    'repeated write',
    'read-order',
    'readOrder',
    'an order read by its id is the one that was made',
    async (context) => {
      const { made, reference } = await orderedBy(context, 'read-one');
      const read = await context.connector.readOrder(made.externalId);
      assert.deepEqual([read?.externalId, read?.reference, read?.status], [made.externalId, reference, 'open']);
      assert.deepEqual(read?.total, made.total, 'total');
      assert.equal(await context.connector.readOrder('999999999999'), null, 'an order that is not there');
    },
  ),
  storeCase('repeated write', 'cancel', 'cancelOrder', 'cancelled twice is cancelled once', async (context) => {
    const { made, variant, reference } = await orderedBy(context, 'cancel', 4);
    const { salable } = await context.bed.readStock(variant);
    const first = await context.connector.cancelOrder(made.externalId, 'conformance');
    assert.equal(first.outcome, 'cancelled', 'the first time');
    const second = await context.connector.cancelOrder(made.externalId, 'conformance');
    assert.equal(second.outcome, 'cancelled', 'the second time');
    assert.equal((await bookOf(context, reference)).status, 'cancelled', 'by the shop’s books');
    if (!context.connector.capabilities.cancelReturnsStock) return;
    await context.eventually(async () => {
      assert.equal((await context.bed.readStock(variant)).salable, salable + 4, 'pieces came back other than once');
    });
  }),
  storeCase(
    'repeated write',
    'fulfil',
    'fulfilOrder',
    'fulfilled twice is shipped once, one tracking number',
    async (context) => {
      const { made, reference } = await orderedBy(context, 'fulfil');
      const first = await context.connector.fulfilOrder(made.externalId, parcels);
      assert.equal(first.status, 'shipped', 'the first time');
      const second = await context.connector.fulfilOrder(made.externalId, parcels);
      assert.equal(second.status, 'shipped', 'the second time');
      const book = await bookOf(context, reference);
      assert.equal(book.status, 'shipped', 'by the shop’s books');
      assert.deepEqual(book.trackingNumbers, ['CONF-0001-X'], 'tracking numbers by the shop’s books');
      const cancelled = await context.connector.cancelOrder(made.externalId, 'too late');
      assert.notEqual(cancelled.outcome, 'cancelled', 'a shipped order was cancelled');
    },
  ),
  storeCase(
    'repeated write',
    'refund',
    'refundOrder',
    'refunded twice under one reference is one refund',
    async (context) => {
      need(context.connector, 'refundOrder');
      const { made, reference } = await orderedBy(context, 'refund');
      const first = await refundOf(context, made.externalId, `${reference}-r`, context.connector);
      assert.deepEqual(first.amount, context.money(3333), 'amount');
      const second = await refundOf(context, made.externalId, `${reference}-r`, context.connect());
      assert.equal(second.externalId, first.externalId, 'the repetition is another refund');
      const book = await bookOf(context, reference);
      assert.deepEqual(
        book.refunds.map(({ amountMinor }) => amountMinor),
        [context.money(3333).amountMinor],
        'refunds by the shop’s books',
      );
    },
  ),
  storeCase('repeated write', 'refund-too-much', 'refundOrder', 'more than is left is refused', async (context) => {
    const refundOrder = need(context.connector, 'refundOrder');
    const { made, reference } = await orderedBy(context, 'refund-more');
    const amount = { ...made.total, amountMinor: made.total.amountMinor + context.money(1).amountMinor };
    await failsAs(
      refundOrder(made.externalId, { reference: `${reference}-r`, amount, reason: 'too much', restock: [] }),
      'Rejected',
    );
    assert.deepEqual((await bookOf(context, reference)).refunds, [], 'refunds by the shop’s books');
  }),
  storeCase(
    'repeated write',
    'note',
    'addOrderNote',
    'a note twice under one reference is one note',
    async (context) => {
      const note = { reference: `${context.mark}-note-1`, text: 'Left the warehouse of the marketplace' };
      const addOrderNote = need(context.connector, 'addOrderNote');
      const { made, reference } = await orderedBy(context, 'note');
      await addOrderNote(made.externalId, note);
      await need(context.connect(), 'addOrderNote')(made.externalId, note);
      const notes = (await bookOf(context, reference)).notes.filter((text) => text.includes(note.text));
      only(notes, 'such notes');
    },
  ),
  storeCase('repeated write', 'stock', 'writeStock', 'a stock batch twice leaves what it says', async (context) => {
    for (let time = 0; time < 2; time += 1) {
      const { variant, outcomes } = await stockTo(context, context.connector, 'STOCK', 4);
      const outcome = only(outcomes, 'outcomes');
      assert.ok(outcome.ok, outcome.ok ? '' : outcome.reason);
      assert.equal(outcome.value.after, 4, 'after the write, by its answer');
      assert.equal((await context.bed.readStock(variant)).counted, 4, 'by the shop’s books');
    }
  }),
  storeCase('repeated write', 'prices', 'writePrices', 'a price twice is that price', async (context) => {
    for (let time = 0; time < 2; time += 1) {
      const { variant, outcomes } = await priceTo(context, context.connector, 'PRICE', 4450);
      const outcome = only(outcomes, 'outcomes');
      assert.ok(outcome.ok, outcome.ok ? '' : outcome.reason);
      assert.deepEqual(outcome.value.price, context.money(4450), 'by its answer');
      assert.deepEqual((await context.bed.readPrice(variant)).regular, context.money(4450), 'by the shop’s books');
    }
  }),
  storeCase('repeated write', 'hold', 'holdOrder', 'held twice, released twice: open again', async (context) => {
    const holdOrder = need(context.connector, 'holdOrder');
    const releaseOrder = need(context.connector, 'releaseOrder');
    const { made, reference } = await orderedBy(context, 'hold');
    // A real shop may show an order's new state a moment later.
    const twice = (act: () => Promise<{ readonly nativeStatus: string }>, what: string) =>
      context.eventually(async () => {
        const { nativeStatus } = await act();
        assert.notEqual(nativeStatus, '', 'no status');
        assert.equal((await act()).nativeStatus, nativeStatus, what);
      });
    await twice(() => holdOrder(made.externalId, 'Address is being checked'), 'held twice');
    assert.equal((await releaseOrder(made.externalId)).status, 'open', 'released');
    await twice(() => releaseOrder(made.externalId), 'released twice');
    assert.equal((await bookOf(context, reference)).status, 'open', 'by the shop’s books');
  }),
  storeCase(
    'repeated write',
    'webhooks',
    'reconcileWebhooks',
    'reconciled twice changes nothing more',
    async (context) => {
      const reconcile = need(context.connector, 'reconcileWebhooks');
      const wanted = { deliveryUrl: 'https://tradelane.example/hooks/1', secret: 'conformance-secret-1' };
      assert.ok((await reconcile(wanted)).created > 0, 'none was made');
      assert.deepEqual(await reconcile(wanted), { created: 0, revived: 0, removed: 0 }, 'the second time');
    },
  ),
  storeCase(
    'repeated write',
    'webhook-forged',
    'verifyWebhook',
    'a delivery that nobody signed is refused',
    async (context) => {
      const verify = need(context.connector, 'verifyWebhook');
      const rawBody = Buffer.from('{"id":1}');
      const signatures = ['', 'c2lnbmF0dXJl', Buffer.alloc(32).toString('base64')];
      for (const signature of signatures) {
        const headers = {
          'x-wc-webhook-signature': signature,
          'x-wc-webhook-topic': 'order.updated',
          'x-shopify-hmac-sha256': signature,
          'x-shopify-topic': 'orders/updated',
          'content-type': 'application/json',
        };
        assert.equal(verify({ headers, rawBody }, 'conformance-secret-1').kind, 'refused', `signed "${signature}"`);
      }
    },
  ),
];
