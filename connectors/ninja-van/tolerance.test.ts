import { afterAll, describe, expect, it } from 'vitest';
import { requestOf, startBench } from './bench.fixture.ts';
import { isNotFound, isNumberTaken, messagesOf, saysTaken } from './errors.ts';
import { scanTime, toEvent } from './tracking.ts';

const answer = (status: number, body: unknown) => ({
  status,
  headers: {},
  text: typeof body === 'string' ? body : JSON.stringify(body),
});
const error = (message: string, field?: string) => ({
  error: { code: 1, message, ...(field === undefined ? {} : { details: [{ reason: 'Invalid', field, message }] }) },
});

describe('a number that was used before', async () => {
  const bench = await startBench();
  afterAll(() => bench.close());

  it.each([
    ['in words', 400, error('Duplicate order')],
    ['by a status', 409, error('This tracking number is already in use')],
  ])('is read back however it is told: %s', async (how, status, body) => {
    const first = (await bench.connector.book(requestOf(`taken-${how}`))).details;
    await bench.control('POST', '/faults', {
      match: { path: '/4\\.2/orders$' },
      fault: { kind: 'status', status, body: JSON.stringify(body), contentType: 'application/json' },
    });
    const again = await bench.connector.book(requestOf(`taken-${how}`));
    expect(again.details?.trackingNumber).toBe(first?.trackingNumber);
    expect(again.messages.map(({ code }) => code)).toContain('already_booked');
  });

  it('is not seen in refusals of other things', () => {
    for (const message of ['The shipper does not exist', 'Invalid address', 'The id is not valid']) {
      expect(isNumberTaken(messagesOf(answer(400, error(message))))).toBe(false);
    }
    const [taken] = messagesOf(answer(400, error('Has been used', 'requested_tracking_number')));
    expect(taken !== undefined && saysTaken(taken)).toBe(true);
    const [other] = messagesOf(answer(400, error('already used', 'to.email')));
    expect(other !== undefined && saysTaken(other)).toBe(false);
  });
});

describe('other forms', () => {
  it('"no such thing" is JSON of any shape or nothing, never a page', () => {
    expect([{ message: 'not found' }, '', error('gone')].map((body) => isNotFound(answer(404, body)))).toEqual([
      true,
      true,
      true,
    ]);
    expect(isNotFound(answer(404, '<html>404</html>'))).toBe(false);
    expect(isNotFound(answer(400, {}))).toBe(false);
  });

  it('scans with times as numbers, flags as text and a kind in place of a status', () => {
    expect(scanTime(1_790_000_000, 'SG')).toEqual(new Date(1_790_000_000_000));
    expect(scanTime('1790000000123', 'SG')).toEqual(new Date(1_790_000_000_123));
    const returned = { status: 'Successful Delivery', is_parcel_on_rts_leg: 'true', timestamp: null };
    expect(toEvent(returned, 'N-1', 'SG')).toMatchObject({ tag: 'RETURNED', at: null });
    expect(toEvent({ event: 'Parcel Weight' }, 'N-1', 'SG')).toMatchObject({
      nativeCode: 'Parcel Weight',
      tag: 'FACT',
    });
    const measured = { status: 'Parcel Size', parcel_measurements_information: { weight: '1.5' } };
    expect(toEvent(measured, 'N-1', 'SG').measured?.weightGrams).toBe(1_500);
  });
});
