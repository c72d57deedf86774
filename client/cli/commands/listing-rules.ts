import type { ConnectionPage } from '../../api/schemas/connections.ts';
import type { ListingRules, Reasons } from '../../api/schemas/listing-rules.ts';
import { type Context, type Outcome, readRows } from '../command.ts';
import { CliFault } from '../exit-codes.ts';
import { loggedIn } from '../session.ts';
import { table, time } from '../text.ts';
import { idOfCode } from './orders.ts';

type Connection = (typeof ConnectionPage)['static']['rows'][number];
type Account = { readonly id: string; readonly code: string };
type Rule = ListingRules['rules'][number];

/** The named marketplace account, or all of them. */
async function accountsOf(context: Context, code: string | undefined): Promise<Account[]> {
  if (code !== undefined) return [{ id: await idOfCode(context, 'connections', code), code }];
  const { rows } = await readRows<Connection>(context, '/api/connections', { kind: 'marketplace' }, 1_000);
  return rows.map(({ id, code: own }) => ({ id, code: own }));
}

async function rulesOf(context: Context, { id }: Account): Promise<ListingRules> {
  const client = await loggedIn(context.options);
  return client.get<ListingRules>(`/api/listing-rules?${new URLSearchParams({ connection: id })}`);
}

const ofAll = (context: Context, accounts: readonly Account[]) =>
  Promise.all(accounts.map(async (account) => ({ account: account.code, ...(await rulesOf(context, account)) })));

const severityText = ({ severity, usual }: Rule): string => (severity === usual ? usual : `${severity} (not ${usual})`);
const sourceText = ({ source, confirmed }: Rule): string =>
  confirmed || source.includes('UNCONFIRMED') ? source : `${source} (UNCONFIRMED)`;

function settingsText({ account, directFromAbroad, changed }: ListingRules & { account: string }): string {
  const who = changed ? `; changed ${time(changed.at)} by ${changed.by}: ${changed.why}` : '';
  return `${account}: sold directly from abroad: ${directFromAbroad}${who}`;
}

/** What marketplaces ask of listings, by account, with source and, where a rule begins at a day, that day. */
export async function listListingRules(context: Context, code: string | undefined): Promise<Outcome> {
  const all = await ofAll(context, await accountsOf(context, code));
  const rows = all.flatMap(({ account, rules, minimum }) => [
    ...rules.map((rule) => [account, rule.id, rule.field, rule.asks, severityText(rule), '', sourceText(rule)]),
    ...minimum.map(({ id, from, source }) => [account, id, 'price', 'a minimum value', '', from, source]),
  ]);
  const text = [table(['ACCOUNT', 'RULE', 'FIELD', 'ASKS FOR', 'SEVERITY', 'FROM', 'SOURCE'], rows)];
  return { json: { accounts: all }, text: [...text, '', ...all.map(settingsText)].join('\n') };
}

/** One rule of an account: of its marketplace, or learned. */
export async function showListingRule(context: Context, [code, id]: readonly [string, string]): Promise<Outcome> {
  const [account] = await accountsOf(context, code);
  const all = account ? await rulesOf(context, account) : null;
  const rule = all?.rules.find((one) => one.id === id);
  if (rule) {
    const text = [
      `${rule.id}  ${severityText(rule)}`,
      `Field     ${rule.field}`,
      `Asks for  ${rule.asks}`,
      `Source    ${sourceText(rule)}`,
    ];
    return { json: rule, text: text.join('\n') };
  }
  const minimum = all?.minimum.find((one) => one.id === id);
  if (minimum) return { json: minimum, text: `${minimum.id}  from ${minimum.from}\nSource    ${minimum.source}` };
  const learned = all?.learned.find((one) => [one.id, `learned.${one.id}`].includes(id));
  if (!learned) throw new CliFault('notFound', `${code} has no rule ${id}.`);
  const text = [
    `learned.${learned.id}  since ${time(learned.learnedAt)}, said ${learned.times} times`,
    `Field     ${learned.field}`,
    `Asks for  ${learned.asks}, ${whereOf(learned)}`,
    `Source    “${learned.reason}” of ${learned.listing.title}`,
  ];
  return { json: learned, text: text.join('\n') };
}

type Learned = ListingRules['learned'][number];
function whereOf({ onlyThisListing, listing, categoryId }: Learned): string {
  if (onlyThisListing) return `only ${listing.title}`;
  return categoryId === null ? 'every category' : `category ${categoryId}`;
}

/** What rejections taught. */
export async function listLearned(context: Context, code: string | undefined): Promise<Outcome> {
  const all = await ofAll(context, await accountsOf(context, code));
  const rows = all.flatMap(({ account, learned }) =>
    learned.map((rule) => [
      ...[account, rule.id, rule.field, rule.asks, whereOf(rule), time(rule.learnedAt), rule.times],
      rule.reason,
    ]),
  );
  const text = table(['ACCOUNT', 'ID', 'FIELD', 'ASKS FOR', 'WHERE', 'LEARNED', 'TIMES', 'REASON'], rows);
  return { json: { accounts: all.map(({ account, learned }) => ({ account, learned })) }, text };
}

const looked = (waiting: number): string => `${waiting} listings are looked at again.`;

/** Softens a rule, leaves it out, or takes that back. */
export async function setListingRule(
  context: Context,
  [code, rule, severity]: readonly [string, string, string],
  { why }: { readonly why: string },
): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const connectionId = await idOfCode(context, 'connections', code);
  const rules = await rulesOf(context, { id: connectionId, code });
  const usual = rules.rules.find(({ id }) => id === rule)?.usual;
  if (severity === 'usual' && usual === undefined) {
    throw new CliFault('notFound', `${code} has no rule ${rule} with a usual severity.`, {
      remedy: 'Minimum values follow `tradelane listing-rules abroad`.',
    });
  }
  const wanted = severity === 'usual' ? usual : severity;
  const body = { connectionId, severities: { [rule]: wanted }, why };
  const answer = await client.post<{ waiting: number }>('/api/listing-rules/settings', body);
  return { json: answer, text: `${rule} is ${severity} for ${code}. ${looked(answer.waiting)}` };
}

/** Says whether an account's goods are sold directly from abroad. */
export async function setAbroad(
  context: Context,
  [code, directFromAbroad]: readonly [string, string],
  { why }: { readonly why: string },
): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const connectionId = await idOfCode(context, 'connections', code);
  const body = { connectionId, directFromAbroad, why };
  const answer = await client.post<{ waiting: number }>('/api/listing-rules/settings', body);
  return { json: answer, text: `${code}: sold directly from abroad: ${directFromAbroad}. ${looked(answer.waiting)}` };
}

/** Takes a learned rule out of force. */
export async function forgetLearned(context: Context, id: string, { why }: { readonly why: string }): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const path = `/api/listing-rules/learned/${encodeURIComponent(id.replace(/^learned\./, ''))}/remove`;
  const answer = await client.post<{ waiting: number }>(path, { why });
  return { json: answer, text: `It does not hold any more. ${looked(answer.waiting)}` };
}

/** The queue of reasons that belong to no known field, and what was remembered. */
export async function listReasons(context: Context, code: string | undefined): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const accounts = await accountsOf(context, code);
  const [only] = code === undefined ? [] : accounts;
  const query = only ? `?${new URLSearchParams({ connection: only.id })}` : '';
  const { rows: waiting } = await client.get<Reasons>(`/api/listing-reasons${query}`);
  const all = await ofAll(context, accounts);
  const known = all.flatMap(({ account, patterns }) => patterns.map((pattern) => ({ account, ...pattern })));
  const codeOf = new Map(accounts.map((account) => [account.id, account.code]));
  const text = [
    table(
      ['ACCOUNT', 'LISTINGS', 'REASON'],
      waiting.map(({ connectionId, listings, raw }) => [codeOf.get(connectionId), listings, raw]),
    ),
    ...(known.length === 0 ? [] : ['', 'Remembered:']),
    ...(known.length === 0
      ? []
      : [
          table(
            ['ACCOUNT', 'ID', 'FIELD', 'BY', 'SINCE', 'PART OF THE REASON'],
            known.map((one) => [one.account, one.id, one.field, one.setBy, time(one.setAt), one.pattern]),
          ),
        ]),
  ];
  return { json: { waiting, remembered: known }, text: text.join('\n') };
}

/** Says which field a reason is about. */
export async function mapReason(
  context: Context,
  [code, field, pattern]: readonly [string, string, string],
): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const connectionId = await idOfCode(context, 'connections', code);
  const answer = await client.post<{ id: string; mapped: number }>('/api/listing-reasons', {
    ...{ connectionId, pattern, field },
  });
  return { json: answer, text: `Remembered as ${answer.id}. ${answer.mapped} listings have it at ${field} now.` };
}

/** Forgets which field a reason is about. */
export async function unmapReason(context: Context, id: string, { why }: { readonly why: string }): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const answer = await client.post(`/api/listing-reasons/${encodeURIComponent(id)}/remove`, { why });
  return { json: answer, text: 'It is not remembered any more; listings that were mapped by it stay so.' };
}
