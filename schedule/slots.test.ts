import { describe, expect, it } from 'vitest';
import fc from '../tests/properties.ts';
import { instantOf, nextSlot, slotForNow } from './slots.ts';

const schedule = { times: ['11:00', '16:00'], workingDays: [1, 2, 3, 4, 5] };

describe('label mail slots', () => {
  it('takes the brand’s own zone', () => {
    const slot = nextSlot(schedule, 'Australia/Sydney', new Date('2026-11-20T00:30:00Z'));
    expect(slot).toEqual({ date: '2026-11-20', time: '16:00', at: new Date('2026-11-20T05:00:00Z') });
  });

  it('an order at the very cut-off waits for the next one', () => {
    expect(nextSlot(schedule, 'UTC', new Date('2026-11-19T11:00:00Z')).time).toBe('16:00');
    expect(nextSlot(schedule, 'UTC', new Date('2026-11-19T10:59:59Z')).time).toBe('11:00');
  });

  it('skips the weekend', () => {
    expect(nextSlot(schedule, 'UTC', new Date('2026-11-20T16:00:00Z')).date).toBe('2026-11-23');
  });

  it('skips holidays, also a fortnight of them', () => {
    const holidays = Array.from({ length: 16 }, (_, day) =>
      new Date(Date.parse('2026-11-18T00:00:00Z') + day * 86_400_000).toISOString().slice(0, 10),
    );
    const closed = { ...schedule, holidays };
    expect(nextSlot(closed, 'UTC', new Date('2026-11-17T16:00:00Z')).date).toBe('2026-12-04');
  });

  it('what is sent now belongs to today’s last slot, else to the next', () => {
    const of = (now: string) => slotForNow(schedule, 'UTC', new Date(now));
    expect(of('2026-11-19T10:59:59Z')).toMatchObject({ date: '2026-11-19', time: '11:00' });
    expect(of('2026-11-19T11:00:00Z')).toMatchObject({ date: '2026-11-19', time: '11:00' });
    expect(of('2026-11-19T23:00:00Z')).toMatchObject({ date: '2026-11-19', time: '16:00' });
    expect(of('2026-11-21T12:00:00Z')).toMatchObject({ date: '2026-11-23', time: '11:00' });
  });

  it('keeps the wall time over a DST change', () => {
    expect(instantOf('2026-10-02', '11:00', 'Australia/Sydney').toISOString()).toBe('2026-10-02T01:00:00.000Z');
    expect(instantOf('2026-10-05', '11:00', 'Australia/Sydney').toISOString()).toBe('2026-10-05T00:00:00.000Z');
  });

  it('is always later than asked, and the slots of a day are never skipped', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true }),
        (after) => {
          const slot = nextSlot(schedule, 'America/New_York', after);
          expect(slot.at.getTime()).toBeGreaterThan(after.getTime());
          const justBefore = nextSlot(schedule, 'America/New_York', new Date(slot.at.getTime() - 1));
          expect(justBefore).toEqual(slot);
        },
      ),
    );
  });

  it('refuses an empty schedule', () => {
    expect(() => nextSlot({ times: [], workingDays: [1] }, 'UTC', new Date(0))).toThrow('empty');
  });
});
