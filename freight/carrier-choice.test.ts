import { describe, expect, it } from 'vitest';
import { type CarrierCandidate, type CarrierRule, chooseAccount, type LaneFacts } from './carrier-choice.ts';

const lane: LaneFacts = {
  brandId: 'b1',
  fromCountryCode: 'SG',
  toCountryCode: 'SG',
  incoterm: 'DDP',
  weightGrams: 800,
};
const account = (code: string, price: number | null, more: Partial<CarrierCandidate> = {}): CarrierCandidate => ({
  connectionId: code,
  code,
  faults: [],
  price: price === null ? null : { amountMinor: price, currency: 'SGD' },
  comparedMinor: price,
  priceWhy: price === null ? 'no rate card' : null,
  cardForbids: false,
  ...more,
});
const rule = (connectionId: string, more: Partial<CarrierRule> = {}): CarrierRule => ({
  connectionId,
  rule: 'prefer',
  rank: 100,
  brandId: null,
  fromCountryCode: null,
  toCountryCode: null,
  domestic: null,
  incoterm: null,
  overGrams: null,
  upToGrams: null,
  note: '',
  ...more,
});
const abroad = {
  faults: [{ field: 'shipTo.countryCode', message: 'nothing is delivered in TH', remedy: 'Another one.' }],
};

describe('the account of a parcel', () => {
  it.each<[string, CarrierCandidate[], CarrierRule[], string, RegExp]>([
    ['the cheapest', [account('a', 900), account('b', 800)], [], 'b', /cheapest/],
    ['one with a price before one without', [account('a', null), account('b', 800)], [], 'b', /only account with/],
    [
      'one with a price in another currency before one without',
      [account('a', null), account('b', 800, { comparedMinor: null })],
      [],
      'b',
      /only account with/,
    ],
    [
      'what can be compared before what cannot',
      [account('a', 10, { comparedMinor: null }), account('b', 800)],
      [],
      'b',
      /missing exchange rates/,
    ],
    ['without any price the first by code', [account('b', null), account('a', null)], [], 'a', /first account/],
    ['the preferred one, though dearer', [account('a', 900), account('b', 800)], [rule('a')], 'a', /preferred/],
    [
      'the preferred one of lower rank',
      [account('a', 1), account('b', 2)],
      [rule('a', { rank: 20 }), rule('b', { rank: 10, note: 'contract' })],
      'b',
      /contract/,
    ],
    [
      'no preference of another lane',
      [account('a', 900), account('b', 800)],
      [rule('a', { domestic: false }), rule('a', { overGrams: 800 }), rule('a', { brandId: 'b2' })],
      'b',
      /cheapest/,
    ],
    [
      'not the one that is ruled out here, though preferred elsewhere',
      [account('a', 1), account('b', 2)],
      [rule('a'), rule('a', { rule: 'never', fromCountryCode: 'SG' })],
      'b',
      /only account that takes it/,
    ],
    ['only who takes it', [account('a', 1, abroad), account('b', 2)], [rule('a')], 'b', /only account that takes it/],
    [
      'what a card would hold up comes last',
      [account('a', null, { cardForbids: true }), account('b', null)],
      [],
      'b',
      /as it is/,
    ],
  ])('%s', (_, candidates, rules, expected, why) => {
    const choice = chooseAccount(candidates, rules, lane);
    expect(choice).toMatchObject({ ok: true, connectionId: expected, reason: expect.stringMatching(why) });
    expect(chooseAccount([...candidates].reverse(), [...rules].reverse(), lane)).toEqual(choice);
    expect(choice.considered.filter(({ verdict }) => verdict === 'chosen').map(({ code }) => code)).toEqual([expected]);
  });

  it('says of each account why it does not take it, and what can be done', () => {
    const choice = chooseAccount([account('b', 1, abroad), account('a', 1)], [rule('a', { rule: 'never' })], lane);
    expect(choice).toMatchObject({
      ok: false,
      why: 'no carrier takes it: a: ruled out here (never, rank 100); b: nothing is delivered in TH (shipTo.countryCode)',
      remedy: 'Another one.',
    });
    expect(chooseAccount([], [], lane)).toMatchObject({ ok: false, why: 'no carrier is connected' });
  });
});
