import { severityOf } from '../../listings/rules/check.ts';
import { minimumValues } from '../../listings/rules/minimum-value.ts';
import { checkText } from '../../listings/rules/render.ts';
import type { Tx } from '../database.ts';
import { type LearnedRow, ruledAccounts } from '../listing-rules.ts';
import { isoOf } from './paging.ts';

/** The rules of an account: what its marketplace asks, what rejections taught, and which field a reason is about. */
export async function listingRulesOf(trx: Tx, connectionId: string) {
  const account = (await ruledAccounts(trx, [connectionId])).get(connectionId);
  if (!account) return null;
  const { settings, marketplace, country } = account;
  const rules = (marketplace?.rules ?? []).map((rule) => ({
    id: rule.id,
    field: rule.field,
    asks: checkText(rule.check),
    severity: severityOf(rule, { settings }),
    usual: rule.severity,
    source: rule.source,
    confirmed: rule.confirmed,
  }));
  const minimum = minimumValues
    .filter((rule) => rule.country === country)
    .map(({ id, from, source }) => ({ id, from, source }));
  const learned: (LearnedRow & { title: string; learned_from: string })[] = await trx('listing_learned_rules as r')
    .join('listings as l', 'l.id', 'r.learned_from')
    .where({ 'r.connection_id': connectionId })
    .whereNull('r.removed_at')
    .orderBy('r.learned_at', 'desc')
    .limit(500)
    .select('r.*', 'l.title');
  const patterns: { id: string; pattern: string; field: string; set_by: string; set_at: Date }[] = await trx(
    'listing_reason_patterns',
  )
    .where({ connection_id: connectionId })
    .whereNull('removed_at')
    .orderBy('set_at', 'desc')
    .limit(500);
  return {
    country,
    directFromAbroad: settings.directFromAbroad ?? 'unknown',
    changed: settings.changed ?? null,
    rules,
    minimum,
    learned: learned.map((row) => ({
      id: row.id,
      field: row.field,
      asks: checkText(row.check),
      categoryId: row.category_id,
      listing: { id: row.learned_from, title: row.title },
      onlyThisListing: row.listing_id !== null,
      reason: row.reason,
      learnedAt: isoOf(row.learned_at),
      times: row.times,
    })),
    patterns: patterns.map((row) => ({
      id: row.id,
      pattern: row.pattern,
      field: row.field,
      setBy: row.set_by,
      setAt: isoOf(row.set_at),
    })),
  };
}

/** Reasons of rejected listings that belong to no field yet; what stands at most listings first. */
export async function unmappedReasons(trx: Tx, connectionId: string | undefined) {
  const query = trx('listings as l')
    .joinRaw(`cross join lateral jsonb_array_elements(l.rejection_reasons) as r(reason)`)
    .whereRaw(`r.reason ->> 'field' is null`)
    .groupByRaw(`l.connection_id, r.reason ->> 'raw'`)
    .orderByRaw(`count(*) desc, r.reason ->> 'raw'`)
    .limit(200);
  if (connectionId !== undefined) query.where('l.connection_id', connectionId);
  const rows: { connection_id: string; raw: string; n: number; samples: { id: string; title: string }[] }[] =
    await query.select(
      'l.connection_id',
      trx.raw(`r.reason ->> 'raw' as raw`),
      trx.raw('count(*)::int as n'),
      trx.raw(`(array_agg(jsonb_build_object('id', l.id, 'title', l.title) order by l.id))[1:3] as samples`),
    );
  return rows.map(({ connection_id, raw, n, samples }) => ({ connectionId: connection_id, raw, listings: n, samples }));
}
