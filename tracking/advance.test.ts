import { describe, expect, it } from 'vitest';
import { type TrackingEvent, trackingTags } from '../connectors/contract/carrier.ts';
import { inOrder, parcelEventOf } from './advance.ts';

const event = (nativeCode: string, at: string | null): TrackingEvent => ({
  trackingNumber: 'JD01',
  nativeCode,
  tag: null,
  at: at ? new Date(at) : null,
  place: null,
  description: nativeCode,
});
const now = new Date('2026-11-20T12:00:00Z');

describe('tracking', () => {
  it('has a meaning for every tag', () => {
    expect(Object.keys(parcelEventOf).sort()).toEqual([...trackingTags].sort());
  });

  it('sorts by the scans’ own time, whatever the order of arrival', () => {
    const events = [
      event('OK', '2026-11-20T10:00:00Z'),
      event('PU', '2026-11-18T10:00:00Z'),
      event('DF', '2026-11-19T10:00:00Z'),
    ];
    expect(inOrder(events, now).map(({ nativeCode }) => nativeCode)).toEqual(['PU', 'DF', 'OK']);
  });

  it('does not believe scans from the far future, and keeps those without a zone', () => {
    const events = [event('OK', '2027-11-20T10:00:00Z'), event('AF', null), event('PU', '2026-11-18T10:00:00Z')];
    expect(inOrder(events, now).map(({ nativeCode }) => nativeCode)).toEqual(['PU', 'OK', 'AF']);
  });
});
