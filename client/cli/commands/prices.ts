import { readFileSync } from 'node:fs';
import type { Static } from '@sinclair/typebox';
import type { RateImported, RateList, RateSaved, WhyPrice } from '../../api/schemas/prices.ts';
import type { Context, Outcome } from '../command.ts';
import { CliFault } from '../exit-codes.ts';
import { loggedIn } from '../session.ts';
import { plain, table, time } from '../text.ts';

/** Why a SKU costs what it costs on a marketplace, in sentences. */
export async function whyPrice(context: Context, sku: string, connection: string): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const why = await client.get<WhyPrice>(`/api/why/price?${new URLSearchParams({ sku, connection })}`);
  const open = why.proposals.filter(({ state }) => state === 'PROPOSED');
  const decisions = open.map(
    ({ kind, proposedBy, amountMinor, reason, id }) =>
      `Waits for a decision (${id}): ${amountMinor} minor units ${why.currency}, ${kind === 'hand' ? `typed by ${proposedBy}` : 'the rule price'}: ${reason}`,
  );
  const text = [
    `${why.sellerSku} on ${why.connection.name}: listing ${why.listingState}, price at version ${why.version}`,
    '',
    ...why.sentences.map((sentence, index) => `${String(index + 1).padStart(2)}. ${plain(sentence)}`),
    ...decisions.map(plain),
    '',
    table(
      ['VERSION', 'AT', 'CAUSE', 'BY', 'SOURCE'],
      why.history
        .slice(0, 10)
        .map(({ version, at, cause, actor, source }) => [version, time(at), cause, actor, source]),
    ),
  ].join('\n');
  return { json: why, text };
}

/** Where the file lies: a path, `-` for standard input; without it the API fetches it from the configured address. */
async function fileText(context: Context, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  if (file === '-') return context.io.readAll();
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const fault = new CliFault('usage', `${file} cannot be read.`, { remedy: 'Name a file, or - for standard input.' });
    fault.cause = cause;
    throw fault;
  }
}

export async function importRates(context: Context, file: string | undefined): Promise<Outcome> {
  const text = await fileText(context, file);
  const client = await loggedIn(context.options);
  const report = await client.post<Static<typeof RateImported>>(
    '/api/exchange-rates/import',
    text === undefined ? {} : { text },
  );
  const { newestDay, days, read, new: fresh, unchanged } = report;
  const then = fresh > 0 ? 'Prices that depend on them are reckoned anew.' : 'Nothing changed.';
  return {
    json: report,
    text: `${read} rates of ${days} ${days === 1 ? 'day' : 'days'} read, ${fresh} new, ${unchanged} unchanged; the newest day is ${newestDay}. ${then}`,
  };
}

export interface RateOptions {
  readonly date?: string;
  readonly source: string;
  readonly reason: string;
  readonly sure: boolean;
}

export async function setRate(
  context: Context,
  [from, to, rate]: readonly [from: string, to: string, rate: string],
  options: RateOptions,
): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const body = { from: from.toUpperCase(), to: to.toUpperCase(), rate, ...options };
  const saved = await client.post<Static<typeof RateSaved>>('/api/exchange-rates', body);
  return {
    json: saved,
    text: `1 ${body.from} = ${rate} ${body.to} of ${saved.date} is kept. Prices that depend on it are reckoned anew.`,
  };
}

export async function listRates(context: Context, options: { from?: string; to?: string }): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const query = new URLSearchParams(
    Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [[name, value.toUpperCase()]])),
  );
  const list = await client.get<Static<typeof RateList>>(`/api/exchange-rates?${query}`);
  const rows = list.rows.map(({ from, to, rate, date, ageDays, source, reason, enteredBy }) => [
    from,
    to,
    rate,
    date,
    `${ageDays} d`,
    enteredBy,
    reason === null ? source : `${source}: ${reason}`,
  ]);
  return { json: list, text: table(['FROM', 'TO', 'RATE', 'DATE', 'AGE', 'BY', 'SOURCE'], rows) };
}
