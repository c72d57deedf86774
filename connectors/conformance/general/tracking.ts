import assert from 'node:assert/strict';
import type { TrackingEvent } from '../../contract/carrier.ts';
import type { WebhookVerdict } from '../../contract/common.ts';
import { type CarrierCase, type CarrierFacts, carrierCase, lackOf, there } from './case-tools.ts';
import type { Haulage } from './far-side.ts';

const HOUR_MS = 3_600_000;

/** The scans of a booking, of whatever number they stand under. */
async function scansOf(carrier: Haulage, trackingNumber: string): Promise<readonly TrackingEvent[]> {
  return (await carrier.connector.track([trackingNumber])).filter((event) => event.trackingNumber === trackingNumber);
}

const pushes = ({ connector, bed }: CarrierFacts) =>
  connector.capabilities.trackingPush ? lackOf(bed.push) : 'the carrier pushes no scans, or not to us';

/** A scan of this time as it was read; times of tracking have whole seconds at most carriers. */
function at(events: readonly TrackingEvent[], native: string, wished: Date): TrackingEvent | undefined {
  return events.find(
    (event) => event.nativeCode === native && Math.abs((event.at?.getTime() ?? 0) - wished.getTime()) < 1_000,
  );
}

/** Scans as carriers send them. */
export const trackingCases: readonly CarrierCase[] = [
  carrierCase(
    ['label', 'scans', 'track', 'every scan is translated as its table says, and its own code is kept'],
    async (carrier) => {
      const { trackingNumber } = await carrier.book(carrier.reference('scans'));
      const startMs = Date.now() - 200 * HOUR_MS;
      for (const [index, { native }] of carrier.bed.scans.entries()) {
        await carrier.bed.scan(carrier.bench, trackingNumber, { native, at: new Date(startMs + index * 60_000) });
      }
      const events = await scansOf(carrier, trackingNumber);
      for (const { native, tag } of carrier.bed.scans) {
        const event = events.find(({ nativeCode }) => nativeCode === native);
        assert.ok(event !== undefined, `the scan ${native} is not read`);
        assert.equal(event.tag, tag, `the translation of ${native}`);
      }
    },
  ),
  carrierCase(
    ['label', 'strange-scan', 'track', 'a scan that nobody translated is kept, never guessed'],
    async (carrier) => {
      const { trackingNumber } = await carrier.book(carrier.reference('strange'));
      await carrier.bed.scan(carrier.bench, trackingNumber, { native: carrier.bed.strangeScan });
      const event = (await scansOf(carrier, trackingNumber)).find(
        ({ nativeCode }) => nativeCode === carrier.bed.strangeScan,
      );
      assert.ok(event !== undefined, 'it is not read');
      assert.equal(event.tag, null, 'its translation');
    },
  ),
  carrierCase(
    ['label', 'disorder', 'track', 'scans out of order and doubled are all read, with their own times'],
    async (carrier) => {
      const disorder = there(carrier.bed.disorder);
      const { trackingNumber } = await carrier.book(carrier.reference('disorder'));
      const { pickedUp, delivered } = carrier.bed.course;
      const [early, late] = [new Date(Date.now() - 3 * HOUR_MS), new Date(Date.now() - HOUR_MS)];
      await carrier.bed.scan(carrier.bench, trackingNumber, { native: delivered, at: late });
      await carrier.bed.scan(carrier.bench, trackingNumber, { native: pickedUp, at: early });
      await disorder(carrier.bench, true);
      try {
        const events = await scansOf(carrier, trackingNumber);
        assert.ok(at(events, pickedUp, early) && at(events, delivered, late), JSON.stringify(events));
      } finally {
        await disorder(carrier.bench, false);
      }
    },
    ({ bed }) => lackOf(bed.disorder),
  ),
  carrierCase(
    ['label', 'zoneless', 'track', 'a scan without zone has no time rather than a wrong one'],
    async (carrier) => {
      const zoneless = there(carrier.bed.zoneless);
      const { trackingNumber } = await carrier.book(carrier.reference('zone'));
      const when = new Date(Date.now() - 2 * HOUR_MS);
      await carrier.bed.scan(carrier.bench, trackingNumber, { native: carrier.bed.course.pickedUp, at: when });
      await zoneless(carrier.bench, true);
      try {
        const events = await scansOf(carrier, trackingNumber);
        const event = events.find(({ nativeCode }) => nativeCode === carrier.bed.course.pickedUp);
        assert.ok(event !== undefined, 'it is not read');
        const apartMs = event.at === null ? 0 : Math.abs(event.at.getTime() - when.getTime());
        assert.ok(apartMs < 1_000, `at ${event.at?.toISOString()} instead of ${when.toISOString()}, or none`);
      } finally {
        await zoneless(carrier.bench, false);
      }
    },
    ({ bed }) => lackOf(bed.zoneless),
  ),
  carrierCase(
    ['label', 'future', 'track', 'a scan from the future is read with the time that it claims'],
    async (carrier) => {
      const { trackingNumber } = await carrier.book(carrier.reference('future'));
      const when = new Date(Math.floor(Date.now() / 1000) * 1000 + 48 * HOUR_MS);
      await carrier.bed.scan(carrier.bench, trackingNumber, { native: carrier.bed.course.delivered, at: when });
      assert.ok(at(await scansOf(carrier, trackingNumber), carrier.bed.course.delivered, when), 'not read, or moved');
    },
  ),
  carrierCase(['label', 'returned', 'track', '“returned” after “delivered” is read as both'], async (carrier) => {
    const { trackingNumber } = await carrier.book(carrier.reference('returned'));
    const { delivered, returned } = carrier.bed.course;
    await carrier.bed.scan(carrier.bench, trackingNumber, {
      native: delivered,
      at: new Date(Date.now() - 5 * HOUR_MS),
    });
    await carrier.bed.scan(carrier.bench, trackingNumber, { native: returned, at: new Date(Date.now() - HOUR_MS) });
    const tags = (await scansOf(carrier, trackingNumber)).map(({ tag }) => tag);
    assert.ok(tags.includes('DELIVERED'), `DELIVERED is not among ${tags.join(', ')}`);
    assert.ok(tags.includes('RETURNED') || tags.includes('RETURNING'), `no return among ${tags.join(', ')}`);
  }),
  carrierCase(
    ['partial batch', 'tracking', 'track', 'a number that nobody knows does not hide the others'],
    async (carrier) => {
      const { trackingNumber } = await carrier.book(carrier.reference('known'));
      await carrier.bed.scan(carrier.bench, trackingNumber, { native: carrier.bed.course.pickedUp });
      const unknown = `${trackingNumber.slice(0, -4)}9990`;
      const events = await carrier.connector.track([unknown, trackingNumber, trackingNumber]);
      assert.ok(
        events.some((event) => event.trackingNumber === trackingNumber),
        'the scans of the known number',
      );
      assert.ok(
        events.every((event) => event.trackingNumber !== unknown),
        'scans of a number that there is not',
      );
    },
  ),
  ...pushCases(),
];

function pushCases(): readonly CarrierCase[] {
  const verdicts = async (carrier: Haulage) => {
    const bed = there(carrier.bed.push);
    const { trackingNumber } = await carrier.book(carrier.reference('push'));
    await carrier.bed.scan(carrier.bench, trackingNumber, { native: carrier.bed.course.pickedUp });
    const delivery = await bed.delivery(carrier.bench, trackingNumber);
    const { verifyWebhook } = carrier.connector;
    assert.ok(verifyWebhook !== undefined, 'verifyWebhook belongs to trackingPush');
    const verify = (one: typeof delivery, secret: string): WebhookVerdict =>
      verifyWebhook.call(carrier.connector, one, secret);
    return { bed, trackingNumber, delivery, verify };
  };
  return [
    carrierCase(
      ['label', 'push', 'verifyWebhook', 'a pushed scan is a hint to read the shipment; its copy bears the same mark'],
      async (carrier) => {
        const { bed, trackingNumber, delivery, verify } = await verdicts(carrier);
        const verdict = verify(delivery, bed.secret);
        assert.ok(verdict.kind === 'hint', JSON.stringify(verdict));
        assert.equal(verdict.resource, 'shipment');
        assert.equal(verdict.externalId, trackingNumber);
        assert.deepEqual(verify(delivery, bed.secret), verdict, 'the copy');
      },
      pushes,
    ),
    carrierCase(
      ['label', 'push-forged', 'verifyWebhook', 'another secret, a changed body and no signature are refused'],
      async (carrier) => {
        const { bed, delivery, verify } = await verdicts(carrier);
        assert.equal(verify(delivery, bed.otherSecret).kind, 'refused', 'another secret');
        const changed = Buffer.concat([delivery.rawBody, Buffer.from(' ')]);
        assert.equal(verify({ ...delivery, rawBody: changed }, bed.secret).kind, 'refused', 'a changed body');
        assert.equal(verify({ ...delivery, headers: {} }, bed.secret).kind, 'refused', 'no signature');
      },
      pushes,
    ),
  ];
}
