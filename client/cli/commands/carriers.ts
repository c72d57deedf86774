import type { Static } from '@sinclair/typebox';
import type { Added, CarrierSettings, CustomsRules, WhyCarrier } from '../../api/schemas/carriers.ts';
import type { Context, Outcome } from '../command.ts';
import { loggedIn } from '../session.ts';
import { amount, table, time } from '../text.ts';
import { findOrderRow, idOfCode } from './orders.ts';

export interface RuleOptions {
  readonly never: boolean;
  readonly rank: number;
  readonly brand?: string;
  readonly from?: string;
  readonly to?: string;
  readonly domestic?: boolean;
  readonly abroad?: boolean;
  readonly incoterm?: string;
  readonly over?: number;
  readonly upTo?: number;
  readonly note?: string;
}

/** Prefers an account on a lane, or rules it out there. */
export async function addRule(context: Context, connection: string, options: RuleOptions): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const { brand, from, to, incoterm, over, upTo, note } = options;
  const answer = await client.post<Static<typeof Added>>('/api/carriers/rules', {
    connectionId: await idOfCode(context, 'connections', connection),
    rule: options.never ? 'never' : 'prefer',
    rank: options.rank,
    ...(brand === undefined ? {} : { brandId: await idOfCode(context, 'brands', brand) }),
    ...(from === undefined ? {} : { fromCountryCode: from.toUpperCase() }),
    ...(to === undefined ? {} : { toCountryCode: to.toUpperCase() }),
    ...(options.domestic ? { domestic: true } : options.abroad ? { domestic: false } : {}),
    ...(incoterm === undefined ? {} : { incoterm: incoterm.toUpperCase() }),
    ...(over === undefined ? {} : { overGrams: over }),
    ...(upTo === undefined ? {} : { upToGrams: upTo }),
    ...(note === undefined ? {} : { note }),
  });
  return { json: answer, text: `Rule ${answer.id}: it holds for what is planned from now on.` };
}

export async function endRule(context: Context, id: string): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const answer = await client.post(`/api/carriers/rules/${id}/end`, {});
  return { json: answer, text: 'It does not hold any more.' };
}

type Rule = CarrierSettings['rules'][number];

function laneOf(rule: Rule): string {
  const parts = [
    rule.fromCountryCode || rule.toCountryCode ? `${rule.fromCountryCode ?? '*'} → ${rule.toCountryCode ?? '*'}` : null,
    rule.domestic === null ? null : rule.domestic ? 'within a country' : 'abroad',
    rule.incoterm,
    rule.overGrams === null ? null : `over ${rule.overGrams} g`,
    rule.upToGrams === null ? null : `up to ${rule.upToGrams} g`,
  ].filter((part) => part !== null);
  return parts.join(', ') || 'everywhere';
}

export async function listRules({ options }: Context): Promise<Outcome> {
  const client = await loggedIn(options);
  const answer = await client.get<CarrierSettings>('/api/carriers/rules');
  const rules = answer.rules.map((rule) => [
    rule.rank,
    rule.rule,
    rule.connection,
    rule.brand ?? 'all',
    laneOf(rule),
    rule.note,
    rule.id,
  ]);
  const pickups = answer.pickups.map((one) => [
    one.brand,
    one.connection,
    one.enabled ? `${one.readyAfterMinutes} min after the cut-off, for ${one.windowMinutes} min` : 'none',
  ]);
  const text = [
    table(['RANK', 'RULE', 'ACCOUNT', 'BRAND', 'WHERE', 'NOTE', 'ID'], rules),
    '',
    table(['BRAND', 'ACCOUNT', 'COURIER'], pickups),
  ].join('\n');
  return { json: answer, text };
}

/** Switches couriers on or off for a brand at an account. */
export async function setPickup(
  context: Context,
  [brand, connection]: readonly [string, string],
  options: { off: boolean; readyAfter: number; window: number },
): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const answer = await client.post('/api/carriers/pickups', {
    brandId: await idOfCode(context, 'brands', brand),
    connectionId: await idOfCode(context, 'connections', connection),
    enabled: !options.off,
    readyAfterMinutes: options.readyAfter,
    windowMinutes: options.window,
  });
  const text = options.off ? 'No courier is called.' : 'A courier is called after each label mail.';
  return { json: answer, text };
}

export async function listCustoms({ options }: Context): Promise<Outcome> {
  const client = await loggedIn(options);
  const answer = await client.get<CustomsRules>('/api/carriers/customs');
  const rows = answer.rules.map((rule) => [
    rule.country,
    rule.from ?? '',
    rule.to ?? '',
    rule.note,
    rule.source,
    rule.unconfirmed === null ? '' : `UNCONFIRMED: ${rule.unconfirmed}`,
  ]);
  return { json: answer, text: table(['TO', 'FROM', 'UNTIL', 'RULE', 'SOURCE', ''], rows) };
}

/** Why an order travels with its account. */
export async function whyCarrier(context: Context, number: string): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const { id } = await findOrderRow(context, number);
  const answer = await client.get<WhyCarrier>(`/api/orders/${id}/carrier`);
  const [now] = answer.choices;
  if (!now) return { json: answer, text: `${number} was not planned yet; its problems say what is missing.` };
  const rows = now.considered.map(({ code, verdict, price, rule, why }) => [
    code,
    verdict,
    price ? amount(price) : '–',
    rule ?? '',
    why,
  ]);
  const text = [
    `${number} in ${now.consignment}, planned at ${time(now.madeAt)}: ${now.reason}`,
    '',
    table(['ACCOUNT', 'VERDICT', 'PRICE', 'RULE', 'WHY'], rows),
    ...(now.customs ? ['', `Customs (${now.customs.regime}): ${now.customs.explain.join(' ')}`] : []),
    ...(now.customs?.unconfirmed ? [`UNCONFIRMED: ${now.customs.unconfirmed}`] : []),
  ].join('\n');
  return { json: answer, text };
}
