import assert from 'node:assert/strict';
import type { StoreConnector } from '../../contract/store.ts';
import { failsAs } from '../failures.ts';
import { createOnce, parcels, priceTo, refundOf, stockTo } from './repeated.ts';
import {
  bookOf,
  matchOf,
  need,
  only,
  orderedBy,
  type StoreCase,
  storeCase,
  teeOf,
  underFault,
  variantOf,
} from './tools.ts';

const lost = { kind: 'lose-answer' };

/** The other side did it, and nobody heard. */
export const lostAnswerCases: readonly StoreCase[] = [
  storeCase(
    'lost answer',
    'order',
    'createOrder',
    'an order is OutcomeUnknown, found, and there once',
    async (context) => {
      const reference = context.reference('lost');
      const order = context.orderOf(reference, [{ variant: variantOf(await teeOf(context)), quantity: 2 }]);
      await failsAs(
        underFault(context, lost, 'createOrder', (connector) => connector.createOrder(order)),
        'OutcomeUnknown',
      );
      const id = await createOnce(context, context.connect(), reference);
      assert.equal((await bookOf(context, reference)).externalId, id, 'by the shop’s books');
    },
  ),
  storeCase('lost answer', 'stock', 'writeStock', 'stock: said so, and right when repeated', async (context) => {
    need(context.connector, 'writeStock');
    await stockTo(context, context.connector, 'LOST-STOCK', 7);
    await underFault(context, lost, 'writeStock', (connector) => heard(stockTo(context, connector, 'LOST-STOCK', 6)));
    const { variant, outcomes } = await stockTo(context, context.connector, 'LOST-STOCK', 6);
    assert.ok(only(outcomes, 'outcomes').ok, 'the repetition failed');
    assert.equal((await context.bed.readStock(variant)).counted, 6, 'by the shop’s books');
  }),
  storeCase('lost answer', 'prices', 'writePrices', 'prices: said so, and right when repeated', async (context) => {
    need(context.connector, 'writePrices');
    await priceTo(context, context.connector, 'LOST-PRICE', 4000);
    await underFault(context, lost, 'writePrices', (connector) =>
      heard(priceTo(context, connector, 'LOST-PRICE', 4100)),
    );
    const { variant, outcomes } = await priceTo(context, context.connector, 'LOST-PRICE', 4100);
    assert.ok(only(outcomes, 'outcomes').ok, 'the repetition failed');
    assert.deepEqual((await context.bed.readPrice(variant)).regular, context.money(4100), 'by the shop’s books');
  }),
  storeCase('lost answer', 'refund', 'refundOrder', 'a refund is there once after its repetition', async (context) => {
    need(context.connector, 'refundOrder');
    const { made, reference } = await orderedBy(context, 'lost-refund');
    const refund = (connector: StoreConnector) => refundOf(context, made.externalId, `${reference}-r`, connector);
    await failsAs(underFault(context, lost, 'refundOrder', refund), 'OutcomeUnknown');
    await refund(context.connect());
    assert.equal((await bookOf(context, reference)).refunds.length, 1, 'refunds by the shop’s books');
  }),
  storeCase('lost answer', 'note', 'addOrderNote', 'a note is there once after its repetition', async (context) => {
    need(context.connector, 'addOrderNote');
    const { made, reference } = await orderedBy(context, 'lost-note');
    const note = { reference: `${reference}-n`, text: 'Heard by nobody' };
    const add = (connector: StoreConnector) => need(connector, 'addOrderNote')(made.externalId, note);
    await failsAs(underFault(context, lost, 'addOrderNote', add), 'OutcomeUnknown', 'Unavailable');
    await add(context.connect());
    const notes = (await bookOf(context, reference)).notes.filter((text) => text.includes(note.text));
    only(notes, 'such notes');
  }),
  storeCase(
    'lost answer',
    'fulfil',
    'fulfilOrder',
    'a fulfilment is there once after its repetition',
    async (context) => {
      const { made, reference } = await orderedBy(context, 'lost-fulfil');
      const fulfil = (connector: StoreConnector) => connector.fulfilOrder(made.externalId, parcels);
      await failsAs(underFault(context, lost, 'fulfilOrder', fulfil), 'OutcomeUnknown', 'Unavailable');
      assert.equal((await fulfil(context.connect())).status, 'shipped');
      assert.deepEqual((await bookOf(context, reference)).trackingNumbers, ['CONF-0001-X'], 'by the shop’s books');
    },
  ),
  storeCase('lost answer', 'cancel', 'cancelOrder', 'a cancellation holds after its repetition', async (context) => {
    const { made, reference, variant } = await orderedBy(context, 'lost-cancel', 3);
    const { salable } = await context.bed.readStock(variant);
    matchOf(context, 'cancelOrder');
    const cancel = (connector: StoreConnector) => connector.cancelOrder(made.externalId, 'conformance');
    await failsAs(underFault(context, lost, 'cancelOrder', cancel), 'OutcomeUnknown', 'Unavailable');
    assert.equal((await cancel(context.connect())).outcome, 'cancelled');
    assert.equal((await bookOf(context, reference)).status, 'cancelled', 'by the shop’s books');
    if (!context.connector.capabilities.cancelReturnsStock) return;
    assert.equal((await context.bed.readStock(variant)).salable, salable + 3, 'pieces came back other than once');
  }),
];

/** A write under a fault says so: by an error, or by its row. */
async function heard(
  write: Promise<{ readonly outcomes: readonly { readonly ok: boolean; readonly reason?: string }[] }>,
) {
  const outcome = await write.then(
    ({ outcomes }) => outcomes,
    (error: unknown) => error,
  );
  if (!Array.isArray(outcome)) {
    assert.ok(outcome instanceof Error && outcome.name === 'ConnectorError', `thrown: ${outcome}`);
    return;
  }
  // Reading back what was written is as good as hearing the answer.
  assert.equal(outcome.length, 1, 'outcomes');
}
