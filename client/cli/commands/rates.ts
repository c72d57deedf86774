import { readFile } from 'node:fs/promises';
import type { Static } from '@sinclair/typebox';
import type { RateCardImported, RateCards, RateCardTemplate } from '../../api/schemas/freight.ts';
import { type Context, type Outcome, readRows } from '../command.ts';
import { CliFault } from '../exit-codes.ts';
import { loggedIn } from '../session.ts';
import { table } from '../text.ts';
import { idOfCode } from './orders.ts';

export async function importRates(
  context: Context,
  file: string,
  options: { connection?: string; brand?: string; dryRun: boolean },
): Promise<Outcome> {
  const csv = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new CliFault('usage', `${file} cannot be read (${cause.code ?? cause.message}).`, {
      remedy: 'Name a CSV file; `tradelane rates template` prints one.',
    });
  });
  const client = await loggedIn(context.options);
  const answer = await client.post<Static<typeof RateCardImported>>('/api/rate-cards', {
    csv,
    connectionId: await carrierOf(context, options.connection),
    dryRun: options.dryRun,
    ...(options.brand === undefined ? {} : { brandId: await idOfCode(context, 'brands', options.brand) }),
  });
  if (!answer.ok) {
    const faults = answer.faults.map(({ line, column, value, reason, remedy }) => [
      line,
      column,
      value,
      reason,
      remedy,
    ]);
    return {
      json: answer,
      exit: 'refused',
      text: `${file} is refused; nothing was written.\n\n${table(['LINE', 'COLUMN', 'VALUE', 'WHY', 'REMEDY'], faults)}`,
    };
  }
  const what = `${answer.code}, version ${answer.revision} (${answer.rows} lines)`;
  const done = answer.unchanged ? 'was there already' : options.dryRun ? 'would be imported' : 'imported';
  return { json: answer, text: [`${what} ${done}.`, ...answer.warnings].join('\n') };
}

/** The account that was named, or the only one. */
async function carrierOf(context: Context, code: string | undefined): Promise<string> {
  if (code !== undefined) return idOfCode(context, 'connections', code);
  const { rows } = await readRows<{ id: string; code: string }>(context, '/api/connections', { kind: 'carrier' }, 50);
  const [only] = rows;
  if (only && rows.length === 1) return only.id;
  throw new CliFault('usage', rows.length === 0 ? 'No carrier is connected.' : 'Several carriers are connected.', {
    remedy:
      rows.length === 0 ? 'Connect one first.' : `Choose with --connection: ${rows.map((row) => row.code).join(', ')}.`,
  });
}

export async function listRates({ options }: Context): Promise<Outcome> {
  const client = await loggedIn(options);
  const answer = await client.get<Static<typeof RateCards>>('/api/rate-cards');
  const rows = answer.rows.map((row) => [
    row.code,
    row.revision,
    row.connection,
    row.brand ?? 'all',
    row.currency,
    row.validFrom,
    row.validTo,
    row.lanes.join(' '),
    row.source,
  ]);
  const heads = ['CODE', 'VERSION', 'ACCOUNT', 'BRAND', 'CURRENCY', 'FROM', 'TO', 'LANES', 'SOURCE'];
  return { json: answer, text: table(heads, rows) };
}

export async function rateTemplate({ options }: Context): Promise<Outcome> {
  const client = await loggedIn(options);
  const answer = await client.get<Static<typeof RateCardTemplate>>('/api/rate-cards/template');
  return { json: answer, text: answer.csv.trimEnd() };
}
