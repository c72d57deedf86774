import assert from 'node:assert/strict';
import { ConnectorError } from '../../errors.ts';
import { failsAs } from '../failures.ts';
import { lackOf, type MarketCase, type MarketFacts, marketCase, there } from './case-tools.ts';
import { codesOf, only } from './far-side.ts';

const flag =
  (name: 'acceptsOrders' | 'arrangesPickup' | 'sellerCancel', what: string) =>
  ({ connector }: MarketFacts) =>
    connector.capabilities[name] === true ? null : what;
const printing = ({ connector, bed }: MarketFacts) =>
  connector.capabilities.platformLabel ? lackOf(bed.print) : 'the platform’s own labels are not used';

/** What we tell the platform about an order: taken, shipped, cancelled; and the label that it makes. */
export const shippingCases: readonly MarketCase[] = [
  marketCase(
    ['order', 'shipped-twice', 'confirmShipment', 'told twice that it left, it is shipped once, under our number'],
    async (market) => {
      const { externalId } = await market.order();
      const trackingNumber = await market.made(externalId);
      for (let time = 0; time < 2; time += 1) {
        await market.connector.confirmShipment({ externalId, carrier: 'DHL Express', trackingNumber });
      }
      const [order] = await market.connector.readOrders([externalId]);
      assert.ok(['READY_TO_SHIP', 'SHIPPED'].includes(order?.tag ?? ''), `the order is ${order?.tag}`);
      const book = await market.bed.orders.book(market.bench, externalId);
      if (market.connector.capabilities.ownCarrier) assert.equal(book.trackingNumber, trackingNumber);
    },
    ({ bed }) => lackOf(bed.calls.confirm),
  ),
  marketCase(
    ['order', 'shipped-unheard', 'confirmShipment', 'a lost answer says so, and told again it is shipped once'],
    async (market) => {
      const { externalId } = await market.order();
      const trackingNumber = await market.made(externalId);
      const input = { externalId, carrier: 'DHL Express', trackingNumber };
      const lost = () => market.connector.confirmShipment(input);
      await failsAs(
        market.dials.under({ kind: 'lose-answer' }, there(market.bed.calls.confirm), lost),
        'OutcomeUnknown',
        'Unavailable',
      );
      await market.connector.confirmShipment(input);
      const [order] = await market.connector.readOrders([externalId]);
      assert.ok(['READY_TO_SHIP', 'SHIPPED'].includes(order?.tag ?? ''), `the order is ${order?.tag}`);
    },
    ({ bed }) => lackOf(bed.calls.confirm),
  ),
  marketCase(
    [
      'order',
      'shipped-otherwise',
      'confirmShipment',
      'another number after the first is refused, not swapped silently',
    ],
    async (market) => {
      const { externalId } = await market.order();
      const trackingNumber = await market.made(externalId);
      await market.connector.confirmShipment({ externalId, carrier: 'DHL Express', trackingNumber });
      const other = { externalId, carrier: 'DHL Express', trackingNumber: market.name('OTHER') };
      await failsAs(market.connector.confirmShipment(other), 'Rejected');
      assert.equal((await market.bed.orders.book(market.bench, externalId)).trackingNumber, trackingNumber);
    },
    ({ connector, bed }) =>
      lackOf(bed.calls.confirm) ??
      (connector.capabilities.ownCarrier ? null : 'the tracking number is the platform’s own: none can be named'),
  ),
  marketCase(
    ['order', 'not-there', 'confirmShipment', 'an order that there is not cannot be shipped'],
    async (market) => {
      const input = { externalId: '9999999999999', carrier: 'DHL Express', trackingNumber: 'AWB-1' };
      await failsAs(market.connector.confirmShipment(input), 'Rejected', 'NotFound');
    },
    ({ bed }) => lackOf(bed.calls.confirm),
  ),
  marketCase(
    ['order', 'accepted-twice', 'acceptOrder', 'taken twice is taken once'],
    async (market) => {
      const { externalId } = await market.order();
      for (let time = 0; time < 2; time += 1) await market.connector.acceptOrder?.(externalId);
      const [order] = await market.connector.readOrders([externalId]);
      assert.ok(['OPEN', 'READY_TO_SHIP'].includes(order?.tag ?? ''), `the order is ${order?.tag}`);
    },
    flag('acceptsOrders', 'orders need not be taken by a call, or nobody could confirm the call'),
  ),
  marketCase(
    ['order', 'pickup-twice', 'arrangePickup', 'the courier who is called twice comes once'],
    async (market) => {
      const { externalId } = await market.order();
      if (market.connector.capabilities.acceptsOrders === true) await market.connector.acceptOrder?.(externalId);
      const readyAt = new Date(Date.now() + 3_600_000);
      for (let time = 0; time < 2; time += 1) await market.connector.arrangePickup?.({ externalId, readyAt });
      const [order] = await market.connector.readOrders([externalId]);
      assert.ok(['OPEN', 'READY_TO_SHIP'].includes(order?.tag ?? ''), `the order is ${order?.tag}`);
    },
    flag('arrangesPickup', 'no courier is called by us, or nobody could confirm the call'),
  ),
  marketCase(
    ['order', 'cancelled-twice', 'cancelOrder', 'cancelled once and once more; shipped ones are refused with a reason'],
    async (market) => {
      const { externalId } = await market.order();
      for (let time = 0; time < 2; time += 1) {
        const outcome = await market.connector.cancelOrder?.({ externalId, reason: 'out_of_stock' });
        assert.equal(outcome?.outcome, 'cancelled', JSON.stringify(outcome));
      }
      assert.equal((await market.connector.readOrders([externalId]))[0]?.tag, 'CANCELLED');
      const shipped = await market.order();
      const { states, force } = market.bed.orders;
      await force(market.bench, shipped.externalId, states.find(({ tag }) => tag === 'SHIPPED')?.native ?? '');
      const refused = await market.connector.cancelOrder?.({ ...shipped, reason: 'out_of_stock' });
      assert.ok(refused?.outcome === 'refused' && refused.reason !== '', JSON.stringify(refused));
    },
    flag('sellerCancel', 'sellers cannot cancel by a call, or nobody could confirm the call: a task for a person'),
  ),
  marketCase(
    ['order', 'cancel-requested', 'readOrders', 'a buyer’s wish to cancel is read, and its withdrawal'],
    async (market) => {
      const { externalId } = await market.order();
      const { states, force } = market.bed.orders;
      for (const wanted of ['CANCEL_REQUESTED', 'OPEN', 'CANCEL_REQUESTED', 'CANCELLED']) {
        const native = states.find(({ tag }) => tag === wanted)?.native ?? '';
        await force(market.bench, externalId, native);
        assert.equal((await market.connector.readOrders([externalId]))[0]?.tag, wanted);
      }
    },
    ({ bed }) =>
      bed.orders.states.some(({ tag }) => tag === 'CANCEL_REQUESTED')
        ? null
        : 'the platform has no state for a buyer’s wish to cancel',
  ),
  ...printCases(),
];

function printCases(): readonly MarketCase[] {
  return [
    marketCase(
      [
        'label',
        'printed',
        'printLabel',
        'the platform’s label is a PDF whose code is its tracking number; again it is the same',
      ],
      async (market) => {
        const { externalId } = await market.order();
        const number = await market.made(externalId);
        if (market.connector.capabilities.labelTiming === 'after') {
          await market.connector.confirmShipment({ externalId, carrier: 'platform', trackingNumber: number });
        }
        const label = await market.connector.printLabel?.(externalId);
        assert.ok(label?.document, 'there is no label');
        const codes = await codesOf(label.document);
        assert.ok(codes.includes(label.trackingNumber), `${label.trackingNumber} is not among ${codes.join(', ')}`);
        const again = await market.connector.printLabel?.(externalId);
        assert.equal(again?.trackingNumber, label.trackingNumber, 'the second time');
      },
      printing,
    ),
    marketCase(
      ['label', 'printed-late', 'printLabel', 'a label that is not ready is none yet, and is there later'],
      async (market) => {
        const late = there(there(market.bed.print).late);
        const { externalId } = await market.order();
        await market.made(externalId);
        await late(market.bench, true);
        try {
          assert.equal((await market.connector.printLabel?.(externalId))?.document, null, 'not ready yet');
        } finally {
          await late(market.bench, false);
        }
        assert.ok((await market.connector.printLabel?.(externalId))?.document, 'ready now');
      },
      (facts) => printing(facts) ?? lackOf(there(facts.bed.print).late),
    ),
    marketCase(
      ['label', 'printed-nothing', 'printLabel', 'there is no label for an order that there is not'],
      async (market) => {
        const outcome = await market.connector.printLabel?.('9999999999999').catch((error: unknown) => error);
        assert.ok(outcome instanceof ConnectorError, 'an answer came');
        only(
          [outcome.kind].filter((kind) => kind === 'Rejected' || kind === 'NotFound'),
          outcome.message,
        );
      },
      printing,
    ),
  ];
}
