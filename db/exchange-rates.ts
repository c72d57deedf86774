import { admitEcbFile, type EcbDay, ecbSource, RateFileRefused, readEcbFile } from '../pricing/ecb.ts';
import { type KnownRate, pivot } from '../pricing/exchange.ts';
import { compare, fraction, mustReadDecimal, one, over, readDecimal } from '../pricing/fraction.ts';
import type { Tx } from './database.ts';
import type { Command } from './steps.ts';

/** Days of one pair that are looked at: more than the longest run of holidays without rates of one day. */
const daysLookedAt = 12;

/** The newest rates between any two of the currencies and EUR on or before `at`, latest entry first. */
export async function ratesAmong(trx: Tx, currencies: readonly string[], at: Date): Promise<KnownRate[]> {
  const all = [...new Set([...currencies, pivot])];
  const { rows } = await trx.raw(
    `select from_currency as "from", to_currency as "to", rate::text as value, on_date as date, source, reason, entered_by
     from (select *, dense_rank() over (partition by from_currency, to_currency order by on_date desc) as nth
       from exchange_rates where from_currency = any(?) and to_currency = any(?) and on_date <= ?) newest
     where nth <= ? order by on_date desc, id desc`,
    [all, all, at.toISOString().slice(0, 10), daysLookedAt],
  );
  return rows.map((row: KnownRate & { reason: string | null; entered_by: string | null }) => ({
    from: row.from,
    to: row.to,
    value: row.value,
    date: row.date,
    source: row.reason === null ? row.source : `${row.source}, typed in by ${row.entered_by}: ${row.reason}`,
  }));
}

/** What a person may not do with a rate, in words. */
export class RateRefused extends Error {
  override readonly name = 'RateRefused';
  readonly place: string;
  readonly remedy: string;

  constructor(place: string, why: string, remedy: string) {
    super(why);
    this.place = place;
    this.remedy = remedy;
  }
}

export interface TypedRate {
  readonly from: string;
  readonly to: string;
  /** Units of `to` for one `from`, a plain decimal. */
  readonly value: string;
  /** YYYY-MM-DD */
  readonly date: string;
  readonly source: string;
  readonly reason: string;
  /** It differs from the rate before by a factor of two or more, and that is right. */
  readonly sure: boolean;
}

/**
 * Keeps a rate that a person typed in. Nothing is overwritten: the latest entry of a day counts.
 * @throws RateRefused
 */
export async function typeRate(trx: Tx, rate: TypedRate, command: Command): Promise<void> {
  const { from, to, value, date, source, reason } = rate;
  const today = command.at.toISOString().slice(0, 10);
  const factor = readDecimal(value);
  if (!factor || factor.n === 0n) {
    throw new RateRefused('rate', `"${value}" is not a number above zero.`, 'Write it as 16250.5, without separators.');
  }
  if (from === to) throw new RateRefused('to', 'Both currencies are the same.', 'Name two different ones.');
  const day = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== date) {
    throw new RateRefused('date', `"${date}" is not a day.`, 'Write it as 2026-07-01.');
  }
  if (date > today)
    throw new RateRefused('date', `${date} lies after today, ${today}.`, 'Type it in when its day has come.');
  const before = await trx('exchange_rates')
    .where({ from_currency: from, to_currency: to })
    .orderBy([
      { column: 'on_date', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .first(trx.raw('rate::text as value'), 'on_date');
  if (before && !rate.sure) {
    const change = over(factor, mustReadDecimal(before.value));
    const two = fraction(2);
    if (compare(change, two) >= 0 || compare(over(one, change), two) >= 0) {
      const why = `On ${before.on_date} it was ${before.value}: ${value} differs by a factor of two or more.`;
      throw new RateRefused('rate', why, 'Check the decimal point; if it is right, say that you are sure.');
    }
  }
  await trx('exchange_rates').insert({
    from_currency: from,
    to_currency: to,
    on_date: date,
    rate: value,
    source,
    reason,
    entered_by: command.actor,
    entered_at: command.at,
  });
}

export interface RateImport {
  readonly newestDay: string;
  readonly days: number;
  readonly read: number;
  readonly new: number;
  readonly unchanged: number;
}

/**
 * Takes a file of the European Central Bank over, all of it or nothing.
 * @throws RateFileRefused with place and remedy
 */
export async function importEcbFile(trx: Tx, text: string, command: Command): Promise<RateImport> {
  const days = readEcbFile(text);
  await trx.raw(`select pg_advisory_xact_lock(hashtextextended('exchange-rates/ecb', 0))`);
  const known = await newestEcbRates(trx);
  admitEcbFile(days, known, command.at.toISOString().slice(0, 10));
  const rates = days.flatMap(({ date, rates: ofDay }) => ofDay.map((rate) => ({ ...rate, date })));
  await refuseContradictions(trx, days);
  const { rows } = await trx.raw(
    `insert into exchange_rates (from_currency, to_currency, on_date, rate, source, entered_by, entered_at)
     select ?, currency, date, value, ?, ?, ?
     from unnest(?::text[], ?::date[], ?::numeric[]) as file(currency, date, value)
     on conflict (source, from_currency, to_currency, on_date) where reason is null do nothing returning 1`,
    [
      pivot,
      ecbSource,
      command.actor,
      command.at,
      rates.map(({ currency }) => currency),
      rates.map(({ date }) => date),
      rates.map(({ value }) => value),
    ],
  );
  return {
    newestDay: days[0]?.date ?? '',
    days: days.length,
    read: rates.length,
    new: rows.length,
    unchanged: rates.length - rows.length,
  };
}

async function newestEcbRates(trx: Tx): Promise<KnownRate[]> {
  const { rows } = await trx.raw(
    `select from_currency as "from", to_currency as "to", rate::text as value, on_date as date, source from exchange_rates
     where source = ? and reason is null and on_date = (select max(on_date) from exchange_rates where source = ? and reason is null)`,
    [ecbSource, ecbSource],
  );
  return rows;
}

/** A day that is known already must say the same again. */
async function refuseContradictions(trx: Tx, days: readonly EcbDay[]): Promise<void> {
  const rates = days.flatMap(({ date, rates: ofDay }) => ofDay.map((rate) => ({ ...rate, date })));
  const { rows } = await trx.raw(
    `select file.currency, file.date::text as date, file.value::text as there, known.rate::text as here
     from unnest(?::text[], ?::date[], ?::numeric[]) as file(currency, date, value)
     join exchange_rates known on known.source = ? and known.reason is null and known.from_currency = ?
       and known.to_currency = file.currency and known.on_date = file.date and known.rate <> file.value
     order by file.date desc limit 1`,
    [
      rates.map(({ currency }) => currency),
      rates.map(({ date }) => date),
      rates.map(({ value }) => value),
      ecbSource,
      pivot,
    ],
  );
  const [first] = rows;
  if (!first) return;
  throw new RateFileRefused(
    `the day ${first.date}, ${first.currency}`,
    `The file says ${first.there}, what was imported before says ${first.here}.`,
    'If the bank corrected it, type the rate in with a reason.',
  );
}

export interface RateRow {
  readonly id: number;
  readonly from: string;
  readonly to: string;
  readonly value: string;
  readonly date: string;
  readonly source: string;
  readonly reason: string | null;
  readonly enteredBy: string | null;
  readonly enteredAt: Date | null;
}

/** The newest rate of every pair, or all of one pair, newest first. */
export async function listRates(
  trx: Tx,
  filter: { from?: string | undefined; to?: string | undefined; limit: number },
): Promise<RateRow[]> {
  const one = filter.from !== undefined && filter.to !== undefined;
  const query = trx('exchange_rates')
    .select(
      one ? trx.raw('id') : trx.raw('distinct on (from_currency, to_currency) id'),
      'from_currency as from',
      'to_currency as to',
      trx.raw('rate::text as value'),
      'on_date as date',
      'source',
      'reason',
      'entered_by as enteredBy',
      'entered_at as enteredAt',
    )
    .limit(filter.limit);
  if (filter.from !== undefined) query.where({ from_currency: filter.from });
  if (filter.to !== undefined) query.where({ to_currency: filter.to });
  if (!one) query.orderBy(['from_currency', 'to_currency']);
  return query.orderBy([
    { column: 'on_date', order: 'desc' },
    { column: 'id', order: 'desc' },
  ]);
}
