import type { PriceRule as RuleOnWire } from '../../../client/web/api/types/prices.ts';
import type { PriceInput } from '../../../pricing/input.ts';
import { marketplacePrice } from '../../../pricing/marketplace-price.ts';
import { defaultRule, type PriceRule } from '../../../pricing/types.ts';
import { idOf } from './ids.ts';
import { jdId } from './refs.ts';
import type { Answer, Asked } from './routes.ts';
import type { World } from './world.ts';

const at = '2026-07-14T02:00:00.000Z';
const person = 'ada@example.com';
const rates = [
  {
    id: 1,
    from: 'AUD',
    to: 'IDR',
    rate: '10432.5',
    date: '2026-07-14',
    ageDays: 0,
    source: 'our bank',
    reason: 'agreed',
    enteredBy: person,
    enteredAt: at,
  },
  {
    id: 2,
    from: 'EUR',
    to: 'IDR',
    rate: '17893.4',
    date: '2026-07-04',
    ageDays: 10,
    source: 'European Central Bank',
    reason: null,
    enteredBy: person,
    enteredAt: at,
  },
];
const rule: PriceRule = {
  ...defaultRule,
  fees: [
    { code: 'freight', kind: 'fixed', amount: '20000' },
    { code: 'commission', kind: 'percentOfPrice', percent: '7.5' },
  ],
  costPercent: '60',
  floorPercent: '15',
  rounding: { multipleMinor: 1000, endingMinor: 900, direction: 'up' },
};

/** The real pricing: what the pages show is what the product would say. */
function priced(tried: PriceRule) {
  const input: PriceInput = {
    brand: {
      currency: 'AUD',
      regularMinor: 3_995,
      saleMinor: null,
      saleFrom: null,
      saleUntil: null,
      costMinor: null,
      source: 'Kauri Wool (WooCommerce), read 2026-07-14T01:00:00.000Z',
    },
    targetCurrency: 'IDR',
    at: new Date(at),
    rates: [
      {
        from: 'AUD',
        to: 'IDR',
        value: '10432.5',
        date: '2026-07-14',
        source: `our bank, typed in by ${person}: agreed`,
      },
    ],
    rule: tried,
    ruleSource: `price rule of the account, version 2 by ${person}, ${at}: spring`,
  };
  return marketplacePrice(input);
}

const ok = (body: unknown): Answer => ({ status: 200, body }) as Answer;

function why(sku: string) {
  const { price, rulePriceMinor, marginPercent, trace } = priced(rule);
  const minor = price?.amountMinor ?? null;
  return {
    sku,
    sellerSku: sku,
    listingId: idOf('listing/1'),
    listingSkuId: idOf('listing-sku/1'),
    listingState: 'UPDATE',
    connection: jdId,
    currency: 'IDR',
    version: 8,
    desired: { amountMinor: minor, at: null },
    acknowledged: { amountMinor: minor, at },
    seen: { amountMinor: minor, at },
    rulePriceMinor,
    marginPercent,
    blocked: null,
    waits: null,
    changesAt: null,
    trace,
    sentences: trace.map(({ text }) => text),
    proposals: [
      {
        id: idOf('price/1'),
        state: 'PROPOSED',
        version: 1,
        kind: 'hand',
        listingId: idOf('listing/1'),
        listingSkuId: idOf('listing-sku/1'),
        sellerSku: sku,
        amountMinor: 449_900,
        currency: 'IDR',
        seenMinor: minor,
        seenRuleMinor: rulePriceMinor,
        reason: 'spring campaign',
        proposedBy: 'olga@example.com',
        proposedAt: at,
        expiresAt: '2026-08-01T00:00:00.000Z',
        floorHolds: true,
        floorFormula: null,
        floorPassedBy: null,
        floorPassedReason: null,
        decidedBy: null,
        decidedAt: null,
        decisionReason: null,
        allowed: [
          { type: 'APPROVE', label: 'Approve the price', means: 'It is sent to the marketplace.', ok: true, why: null },
          { type: 'REJECT', label: 'Reject the price', means: 'The price in force stays.', ok: true, why: null },
        ],
      },
    ],
    history: [
      {
        version: 8,
        cause: 'proposed',
        source: 'olga@example.com',
        actor: 'olga@example.com',
        why: 'spring campaign',
        changed: {},
        at,
      },
      {
        version: 7,
        cause: 'brand-price',
        source: 'Kauri Wool (WooCommerce)',
        actor: 'tradelane',
        why: null,
        changed: {},
        at,
      },
    ],
  };
}

/** Answers what is asked about prices; null for everything else. */
export function priceAnswer(_world: World, { method, path, query, body }: Asked): Answer | null {
  if (path === '/api/why/price') return ok(why(query.sku ?? ''));
  if (path === '/api/exchange-rates' && method === 'GET') return ok({ rows: rates });
  if (path === '/api/exchange-rates/import') {
    return ok({ newestDay: '2026-07-14', days: 1, read: 30, new: 30, unchanged: 0, repricing: idOf('repricing/1') });
  }
  if (path === '/api/exchange-rates') return ok({ ok: true, date: '2026-07-14', repricing: idOf('repricing/1') });
  if (path === '/api/price-preview') {
    const { rule: tried, sku } = body as { rule: RuleOnWire; sku: string };
    const { price, rulePriceMinor, marginPercent, blocked, waits, trace } = priced(tried as PriceRule);
    const shown = { priceMinor: price?.amountMinor ?? null, blocked: blocked?.reason ?? null };
    return ok({ sku, ...shown, rulePriceMinor, currency: 'IDR', marginPercent, waits, trace });
  }
  if (!path.startsWith('/api/price-rules/')) return null;
  if (method !== 'GET') return ok({ ok: true, version: 3, repricing: idOf('repricing/2') });
  const row = {
    id: idOf('price-rule/2'),
    brandId: null,
    version: 2,
    data: rule,
    reason: 'spring',
    createdBy: person,
    createdAt: at,
  };
  return ok({ connection: jdId, currency: 'IDR', standard: defaultRule, rules: [row], history: [row] });
}
