import { describe, expect, it } from 'vitest';
import { type CarrierCandidate, type CarrierRule, chooseAccount, type LaneFacts } from './carrier-choice.ts';
import { type PresentCarrier, rechoose } from './carrier-rechoice.ts';

const lane: LaneFacts = {
  ...{ brandId: 'b', fromCountryCode: 'AU', toCountryCode: 'ID', incoterm: 'DDP', weightGrams: 500 },
};
const candidate = (code: string, more: Partial<CarrierCandidate> = {}): CarrierCandidate => ({
  ...{ connectionId: code, code, faults: [], price: null, comparedMinor: null, priceWhy: null, cardForbids: false },
  ...more,
});
const priced = (code: string, minor: number) =>
  candidate(code, { price: { amountMinor: minor, currency: 'AUD' }, comparedMinor: minor });
const full = { field: 'pieces', message: 'too heavy', remedy: 'Repack it.' };
const rule = (connectionId: string, kind: CarrierRule['rule'], rank = 10): CarrierRule => ({
  ...{ connectionId, rule: kind, rank, brandId: null, fromCountryCode: null, toCountryCode: null, domestic: null },
  ...{ incoterm: null, overGrams: null, upToGrams: null, note: '' },
});
const usable: PresentCarrier = { connectionId: 'one', standing: 'usable', isDue: false };

describe('an open consignment', () => {
  it.each<[string, CarrierCandidate[], CarrierRule[], PresentCarrier, object]>([
    [
      'keeps its account although another is cheaper',
      [priced('one', 900), priced('two', 100)],
      [],
      usable,
      { do: 'stay' },
    ],
    [
      'moves to the account that ops prefer',
      [candidate('one'), candidate('two')],
      [rule('two', 'prefer')],
      usable,
      { do: 'move', connectionId: 'two', reason: expect.stringContaining('ops prefer another account') },
    ],
    [
      'stays where ops prefer it as much',
      [priced('one', 900), priced('two', 100)],
      [rule('one', 'prefer'), rule('two', 'prefer')],
      usable,
      { do: 'stay' },
    ],
    [
      'moves off an account that ops ruled out',
      [candidate('one'), candidate('two')],
      [rule('one', 'never')],
      usable,
      { do: 'move', connectionId: 'two' },
    ],
    [
      'moves off an account that does not take it any more',
      [candidate('one', { faults: [full] }), candidate('two')],
      [],
      usable,
      { do: 'move', reason: expect.stringContaining('too heavy (pieces)') },
    ],
    [
      'is held where no account takes it',
      [candidate('one', { faults: [full] })],
      [],
      usable,
      { do: 'hold', remedy: 'Repack it.' },
    ],
    [
      'waits for an account that is away, until it is due',
      [candidate('one', { faults: [full] }), candidate('two')],
      [],
      { ...usable, standing: 'away' },
      { do: 'stay' },
    ],
    [
      'moves off an account that is away when it is due',
      [candidate('one', { faults: [full] }), candidate('two')],
      [],
      { connectionId: 'one', standing: 'away', isDue: true },
      { do: 'move', connectionId: 'two' },
    ],
    ['moves off an account that is gone', [candidate('two')], [], { ...usable, standing: 'gone' }, { do: 'move' }],
    [
      'waits for an account that is gone where nobody else takes it',
      [candidate('two', { faults: [full] })],
      [],
      { ...usable, standing: 'gone' },
      { do: 'stay' },
    ],
  ])('%s', (_name, candidates, rules, present, expected) => {
    expect(rechoose(chooseAccount(candidates, rules, lane), rules, lane, present)).toMatchObject(expected);
  });
});
