import type { Confirmation } from '../confirmations.ts';
import type { Tx } from '../database.ts';
import { iso, isoOf } from './paging.ts';

/** Questions to brands: open ones first by deadline, then the latest. */
export async function listConfirmations(
  trx: Tx,
  filter: { brand?: string | undefined; order?: string | undefined; open?: boolean | undefined; limit: number },
) {
  const query = trx('confirmations as c')
    .join('orders as o', 'o.id', 'c.order_id')
    .join('brands as b', 'b.id', 'c.brand_id')
    .orderByRaw('c.outcome is not null, case when c.outcome is null then c.due_at end, c.asked_at desc, c.id')
    .limit(filter.limit);
  if (filter.brand !== undefined) query.where('c.brand_id', filter.brand);
  if (filter.order !== undefined) query.where('c.order_id', filter.order);
  if (filter.open === true) query.whereNull('c.outcome');
  if (filter.open === false) query.whereNotNull('c.outcome');
  const rows: (Confirmation & { number: string; state: string; code: string; name: string })[] = await query.select(
    'c.*',
    'o.number',
    'o.state',
    'b.code',
    'b.name',
  );
  return {
    rows: rows.map((row) => ({
      id: row.id,
      brand: { id: row.brand_id, code: row.code, name: row.name },
      order: { id: row.order_id, number: row.number, state: row.state },
      round: row.round,
      because: row.because,
      askedBy: row.asked_by,
      askedAt: isoOf(row.asked_at),
      dueAt: isoOf(row.due_at),
      remindedAt: iso(row.reminded_at),
      onDecline: row.on_decline,
      onSilence: row.on_silence,
      outcome: row.outcome,
      decidedBy: row.decided_by,
      decidedAt: iso(row.decided_at),
      reason: row.reason,
      mailId: row.mail_id,
    })),
  };
}
