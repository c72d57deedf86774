import type { ComparedCarriers, Couriers, CustomsPapers } from '../../../client/api/schemas/carriers.ts';
import type { ListingRules } from '../../../client/web/api/types/listing-rules.ts';
import { ago, idOf } from './ids.ts';
import { brands, dhl, jdId } from './refs.ts';
import type { Answer, Asked } from './routes.ts';
import type { World } from './world.ts';

type Account = ComparedCarriers['accounts'][number];
type Courier = Couriers['rows'][number];
type Release = NonNullable<CustomsPapers['release']>;
type Rules = Pick<ListingRules, 'rules' | 'changed' | 'directFromAbroad'>;

/** What only a person can decide: another carrier, a lost call, papers that lack something, rules of an account. */
export interface Settling {
  couriers: Courier[];
  /** The account of a consignment where it is not the first. */
  carriers: Map<string, string>;
  releases: Map<string, Release>;
  rules: Rules;
}

const posId = idOf('connection/pos');
const accounts: Account[] = [
  {
    ...{ connectionId: dhl.id, code: 'dhl', verdict: 'chosen', price: { amountMinor: 12_850_000, currency: 'IDR' } },
    ...{ rule: null, why: 'the cheapest by its rate card dhl-express-id, version 3' },
  },
  {
    ...{ connectionId: posId, code: 'pos-indonesia', verdict: 'possible', price: null, rule: null },
    why: 'no rate card holds on the ship date',
  },
  {
    ...{ connectionId: idOf('connection/dhl-2'), code: 'dhl-economy', verdict: 'ruled-out' },
    ...{ price: { amountMinor: 9_900_000, currency: 'IDR' }, rule: 'never', why: 'never within a country (too slow)' },
  },
  {
    ...{ connectionId: idOf('connection/au'), code: 'auspost', verdict: 'refused', price: null, rule: null },
    why: 'nothing is picked up in ID, only in AU; no weight over 22 000 g is taken',
  },
];

const courier: Courier = {
  ...{ id: idOf('courier/2'), brand: 'kirana', connection: 'dhl', slotDate: '2026-11-20', slotTime: '11:00' },
  ...{ readyAt: ago(300), closesAt: ago(60), number: 'PRG201126009', state: 'called', why: null, unknownCall: null },
};

export const makeSettling = (): Settling => ({
  couriers: [
    {
      ...{ ...courier, id: idOf('courier/1'), slotTime: '16:00', number: null, state: 'unknown' },
      why: 'The answer was lost: read ECONNRESET.',
      unknownCall: { id: idOf('effect/courier'), version: 2 },
    },
    courier,
    { ...courier, id: idOf('courier/3'), slotDate: '2026-11-19', state: 'refused', why: 'No pickup on a holiday.' },
  ],
  carriers: new Map(),
  releases: new Map(),
  rules: {
    directFromAbroad: 'unknown',
    changed: null,
    rules: [
      {
        ...{ id: 'jd-id.title-length', field: 'title', asks: 'at most 100 characters', severity: 'error' },
        ...{ usual: 'error', source: 'no source: an assumption', confirmed: false },
      },
      {
        ...{ id: 'jd-id.images-size', field: 'images', severity: 'warning', usual: 'error', confirmed: true },
        asks: 'at least 800 × 800 px, at most 1048576 bytes, JPEG or PNG',
        source: 'Seller handbook, chapter 4: pictures of products and of their variants',
      },
    ],
  },
});

const ok = (body: unknown): Answer => ({ status: 200, body });
const conflict: Answer = {
  status: 409,
  body: { error: { code: 'VersionConflict', message: 'It was changed meanwhile.', remedy: 'Read it again.' } },
};

function carriersAnswer({ consignments, settling }: World, { method, path, body }: Asked): Answer | null {
  const [, , , id = '', verb = ''] = path.split('/');
  const consignment = consignments.find((row) => row.id === id);
  if (!consignment || !verb.startsWith('carrier')) return null;
  const from = settling.carriers.get(id) ?? dhl.id;
  const { number, state, version } = consignment;
  if (method === 'GET') return ok({ consignment: number, state, version, connectionId: from, accounts });
  const given = body as { connectionId: string; version: number };
  if (given.version !== version) return conflict;
  const codeOf = (wanted: string) => accounts.find(({ connectionId }) => connectionId === wanted)?.code;
  settling.carriers.set(id, given.connectionId);
  consignment.version += 1;
  const codes = { from: codeOf(from), to: codeOf(given.connectionId) };
  return ok({ ok: true, dryRun: false, state, version: consignment.version, ...codes, accounts });
}

function customsAnswer({ orders, settling }: World, { path, body }: Asked): Answer {
  const [, , , id = '', verb = '', more] = path.split('/');
  const isLacking = orders.find((order) => order.id === id)?.state === 'APPROVED';
  const missing = isLacking
    ? [
        { field: 'lines.KB-1030.hsCode', message: 'KB-1030 has no HS code of six digits or more.' },
        { field: 'lines.KB-1030.netWeightGrams', message: 'KB-1030 has no net weight.' },
      ]
    : [];
  if (verb === 'customs') return ok({ missing, release: settling.releases.get(id) ?? null });
  if (more === 'withdraw') settling.releases.delete(id);
  else {
    const { why } = body as { why: string };
    settling.releases.set(id, { why, missing, by: 'rara@tradelane.example', at: ago(0) });
  }
  return ok({ ok: true });
}

function effectAnswer({ listings, settling }: World, { path, body }: Asked): Answer | null {
  const id = path.split('/')[3];
  const { type, version, foundAs } = body as { type: string; version: number; foundAs?: string };
  const lost = settling.couriers.find(({ unknownCall }) => unknownCall?.id === id);
  const listing = listings.find(({ unknownCall }) => unknownCall?.id === id);
  const call = lost?.unknownCall ?? listing?.unknownCall;
  if (!call) return null;
  if (call.version !== version) return conflict;
  if (lost) {
    Object.assign(lost, { unknownCall: null, why: null, number: foundAs ?? null });
    lost.state = type === 'FOUND' ? 'called' : 'asked for';
  }
  if (listing) listing.unknownCall = null;
  return ok({ ok: true, state: type === 'FOUND' ? 'DONE' : 'PLANNED', version: version + 1 });
}

function rulesAnswer({ settling: { rules } }: World, { body }: Asked): Answer {
  const given = body as {
    severities: Record<string, 'error' | 'warning' | 'off'>;
    directFromAbroad?: Rules['directFromAbroad'];
    why: string;
    dryRun?: boolean;
  };
  const preview = { looked: 200, of: 340, blockedNow: 12, blockedThen: 4 };
  if (given.dryRun) return ok({ ok: true, waiting: 0, preview });
  for (const rule of rules.rules) rule.severity = given.severities[rule.id] ?? rule.severity;
  rules.directFromAbroad = given.directFromAbroad ?? rules.directFromAbroad;
  rules.changed = { by: 'rara@tradelane.example', at: ago(0), why: given.why };
  return ok({ ok: true, waiting: 34 });
}

/** Answers the calls about what only a person can decide; null for all others. */
export function settlingAnswer(world: World, asked: Asked): Answer | null {
  const { method, path } = asked;
  if (path === '/api/carriers/couriers') return ok({ rows: world.settling.couriers });
  if (path.startsWith('/api/consignments/')) return carriersAnswer(world, asked);
  if (/^\/api\/orders\/[^/]+\/customs(-release)?/.test(path)) return customsAnswer(world, asked);
  if (path.startsWith('/api/effects/')) return effectAnswer(world, asked);
  if (path === '/api/listing-rules/settings') return rulesAnswer(world, asked);
  if (method !== 'GET' || path !== '/api/listing-rules') return null;
  const minimum = [{ id: 'id.minimum-value', from: '2023-09-26', source: 'Permendag 31/2023 art. 19' }];
  return ok({ country: 'ID', ...world.settling.rules, minimum, patterns: [], learned: [] });
}

/** The upload of a listing whose answer was lost. */
export const lostUploadOf = (n: number, code: string) =>
  n === 2 && code === jdId.code ? { id: idOf('effect/upload'), version: 1 } : null;

/** A consignment that a carrier can still be chosen for. */
export function openConsignment(booked: World['consignments'][number] | undefined): World['consignments'] {
  if (!booked) return [];
  const [parcel] = booked.parcels;
  return [
    {
      ...booked,
      ...{ id: idOf('consignment/open'), number: 'TC-00900', state: 'OPEN', closedAt: null, closeDueAt: ago(-90) },
      ...{ trackingNumber: null, trackingUrl: null, labelDocumentId: null, costMinor: null, costCurrency: null },
      parcels: parcel ? [{ ...parcel, trackingNumber: null, state: 'PLANNED' }] : [],
      brand: { id: brands[0].id, code: brands[0].code, name: brands[0].name },
      timeline: booked.timeline.slice(0, 1),
    },
  ];
}
