import type { CarrierChosen, ComparedCarriers, Couriers } from '../../api/schemas/carriers.ts';
import type { Context, Outcome } from '../command.ts';
import { CliFault } from '../exit-codes.ts';
import { loggedIn } from '../session.ts';
import { amount, table, time } from '../text.ts';
import { findOrderRow, idOfCode } from './orders.ts';

async function idOfConsignment({ options }: Context, number: string): Promise<string> {
  const client = await loggedIn(options);
  const { rows } = await client.get<{ rows: { id: string; number: string }[] }>(
    `/api/consignments?limit=50&q=${encodeURIComponent(number)}`,
  );
  const found = rows.find((row) => row.number.toLowerCase() === number.toLowerCase());
  if (!found) throw new CliFault('notFound', `There is no consignment ${number}.`);
  return found.id;
}

const accountRows = (accounts: ComparedCarriers['accounts']): string =>
  table(
    ['ACCOUNT', 'VERDICT', 'PRICE', 'RULE', 'WHY'],
    accounts.map(({ code, verdict, price, rule, why }) => [
      code,
      verdict,
      price ? amount(price) : '–',
      rule ?? '',
      why,
    ]),
  );

/** All carrier accounts asked for a consignment as it is now. */
export async function compareCarriers(context: Context, number: string): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const answer = await client.get<ComparedCarriers>(
    `/api/consignments/${await idOfConsignment(context, number)}/carriers`,
  );
  const now = answer.accounts.find(({ connectionId }) => connectionId === answer.connectionId);
  const head = `${answer.consignment} (${answer.state}) travels with ${now?.code ?? 'an account that takes nothing now'}.`;
  return { json: answer, text: [head, '', accountRows(answer.accounts)].join('\n') };
}

/** Gives an open consignment another carrier account. */
export async function chooseCarrier(
  context: Context,
  [number, account]: readonly [string, string],
  { why, dryRun }: { why?: string; dryRun: boolean },
): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const id = await idOfConsignment(context, number);
  const connectionId = await idOfCode(context, 'connections', account);
  const answer = await client.post<CarrierChosen>(`/api/consignments/${id}/carrier`, {
    ...{ connectionId, dryRun },
    ...(why === undefined ? {} : { why }),
  });
  const head = dryRun
    ? `${number} would travel with ${answer.to} instead of ${answer.from}; nothing was changed.`
    : `${number} travels with ${answer.to} instead of ${answer.from}, and stays with it.`;
  return { json: answer, text: [head, '', accountRows(answer.accounts)].join('\n') };
}

/** Lets an order go although its customs papers lack something, or takes that back. */
export async function releaseOrder(
  context: Context,
  number: string,
  { why, withdraw }: { why?: string; withdraw: boolean },
): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const { id } = await findOrderRow(context, number);
  const path = `/api/orders/${id}/customs-release`;
  if (withdraw) {
    return { json: await client.post(`${path}/withdraw`, {}), text: `${number} waits again for what is missing.` };
  }
  if (why === undefined) throw new CliFault('usage', 'Say why, with --why.');
  const answer = await client.post(path, { why });
  return { json: answer, text: `${number} goes without what is missing now; what comes to lack later holds it up.` };
}

/** The latest couriers. */
export async function listCouriers({ options }: Context): Promise<Outcome> {
  const client = await loggedIn(options);
  const answer = await client.get<Couriers>('/api/carriers/couriers');
  const rows = answer.rows.map((one) => [
    one.brand,
    one.connection,
    `${one.slotDate} ${one.slotTime}`,
    one.state === 'unknown' ? 'nobody knows' : one.state,
    one.number ?? '',
    time(one.readyAt),
    one.why ?? '',
    one.id,
  ]);
  return { json: answer, text: table(['BRAND', 'ACCOUNT', 'SLOT', 'COURIER', 'NUMBER', 'FROM', 'WHY', 'ID'], rows) };
}

/** Says what became of the call for a courier whose answer was lost. */
export async function settleCourier(
  { options }: Context,
  id: string,
  { found, why }: { found?: string; why: string },
): Promise<Outcome> {
  const client = await loggedIn(options);
  const { rows } = await client.get<Couriers>('/api/carriers/couriers');
  const call = rows.find((row) => row.id === id)?.unknownCall;
  if (!call) throw new CliFault('notFound', `There is no courier ${id} that nobody knows of.`);
  const said = found === undefined ? { type: 'NOT_FOUND' } : { type: 'FOUND', foundAs: found };
  const answer = await client.post(`/api/effects/${call.id}/events`, { ...said, version: call.version, why });
  return { json: answer, text: found === undefined ? 'It is called again.' : `It comes under ${found}.` };
}
