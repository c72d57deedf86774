import type { ConnectionDetail, ConnectorRow, ProblemRow } from '../../../client/web/api/types/operations.ts';
import type { OrderDetail } from '../../../client/web/api/types/orders.ts';
import { ways as woocommerceWays } from '../../../connectors/woocommerce/access.ts';
import { defaultOutagePolicy } from '../../../db/outage-policy.ts';
import { ago, idOf } from './ids.ts';
import { allowedOf } from './machines.ts';
import { brands, dhl, jdId, shop, zilingo } from './refs.ts';

interface Draft {
  ref: { id: string; code: string; name: string };
  kind: string;
  connector: string;
  state: string;
  failure?: string;
}

const drafts: Draft[] = [
  { ref: shop, kind: 'store', connector: 'woocommerce', state: 'CONNECTED' },
  {
    ref: jdId,
    kind: 'marketplace',
    connector: 'jd-id',
    state: 'DEGRADED',
    failure: 'The gateway answered HTML instead of JSON (502 Bad Gateway).',
  },
  { ref: zilingo, kind: 'marketplace', connector: 'zilingo', state: 'PAUSED' },
  { ref: dhl, kind: 'carrier', connector: 'dhl-express', state: 'CONNECTED' },
];

export function makeConnections(): ConnectionDetail[] {
  return drafts.map(({ ref, kind, connector, state, failure }, n) => ({
    ...ref,
    kind,
    connector,
    state,
    version: 3,
    lastSuccessAt: ago(n + 0.4),
    lastFailureAt: failure ? ago(6) : null,
    lastFailure: failure ? { kind: 'Unavailable', message: failure } : null,
    brandId: kind === 'store' ? brands[0].id : null,
    credentialsStored: true,
    credentialsProved: true,
    problems: failure ? 1 : 0,
    incident: failure ? { id: idOf('incident'), number: 'INC-000001', state: 'OPEN', since: ago(6) } : null,
    allowed: allowedOf('connection', state),
    settings: {},
    listingDefaults: {},
    intervals: {},
    outage: defaultOutagePolicy,
    keyId: 'local-1',
    budget: {
      callsPerSecond: 5,
      burst: 10,
      tokens: failure ? 1.4 : 9.6,
      silentUntil: failure ? ago(-1) : null,
      taken: 1_840,
      throttled: failure ? 12 : 0,
      limits: {
        account: { calls: 5, per: 'second' as const, burst: 10 },
        groups: { stock: { operations: ['stock.*'], calls: 60, per: 'minute' as const, burst: 2, concurrent: 1 } },
      },
    },
    cursors: [
      { stream: 'orders', cursor: { modifiedAfter: ago(2), page: 1 }, updatedAt: ago(1) },
      { stream: 'products', cursor: { modifiedAfter: ago(14) }, updatedAt: ago(14) },
    ],
    runs: [
      {
        id: idOf(`run/${n}/0`),
        stream: 'orders',
        startedAt: ago(1),
        finishedAt: ago(0.95),
        counts: { orders: 3, new: 1, duplicates: 2 },
        error: null,
      },
      {
        id: idOf(`run/${n}/1`),
        stream: 'products',
        startedAt: ago(14),
        finishedAt: ago(13.5),
        counts: { products: 34, changed: 2, unchanged: 32 },
        error: null,
      },
      ...(failure
        ? [
            {
              id: idOf(`run/${n}/2`),
              stream: 'orders',
              startedAt: ago(6),
              finishedAt: ago(5.9),
              counts: {},
              error: failure,
            },
          ]
        : []),
    ],
    lastTest: {
      at: ago(60 * 24),
      report: {
        ok: true,
        account: `${ref.name} account 88`,
        facts: { version: '11.0.1', currency: 'IDR' },
        findings: [
          {
            severity: 'warning',
            what: 'The shop adds 11 % tax to marketplace orders.',
            remedy: 'Set a tax class without rates in the settings.',
          },
        ],
      },
    },
    webhookRefusals: 0,
    webhookUrl: kind === 'carrier' ? null : `http://127.0.0.1:4400/hooks/${ref.code}`,
    openProblems: failure
      ? [
          {
            id: idOf('problem/0'),
            title: `${ref.name} does not answer as it should`,
            remedy: 'Wait, or ask its support.',
            state: 'OPEN',
          },
        ]
      : [],
    timeline: [
      {
        at: ago(60 * 24 * 10),
        kind: 'transition',
        title: 'Connection: Test and connect',
        detail: null,
        actor: 'admin@tradelane.example',
        machine: 'connection',
        from: 'NEW',
        to: 'CONNECTED',
      },
    ],
    temporalUrl: null,
  }));
}

export function makeProblems(orders: OrderDetail[]): ProblemRow[] {
  const problem = (name: string, fields: Partial<ProblemRow>): ProblemRow => ({
    id: idOf(`problem/${name}`),
    kind: 'connection-unwell',
    severity: 'warning',
    title: '',
    detail: '',
    remedy: '',
    state: 'OPEN',
    version: 1,
    occurrences: 1,
    firstSeenAt: ago(90),
    lastSeenAt: ago(5),
    snoozedUntil: null,
    resolvedAt: null,
    brandId: null,
    connectionId: null,
    entityKind: null,
    entityId: null,
    link: null,
    allowed: allowedOf('problem', 'OPEN'),
    ...fields,
  });
  const stuck = orders.filter(({ problems }) => problems > 0);
  return [
    problem('0', {
      title: 'JD.id does not answer as it should',
      detail: 'The gateway answered HTML instead of JSON (502 Bad Gateway). Calls go on, slower.',
      remedy: 'Nothing yet: it is tried again by itself. If it lasts for an hour, ask JD.id’s seller support.',
      occurrences: 12,
      connectionId: jdId.id,
      link: `/connections/${jdId.id}`,
    }),
    ...stuck.slice(0, 3).map((order) =>
      problem(order.number, {
        kind: order.state === 'CANCEL_CONFLICT' ? 'cancel-conflict' : 'out-of-stock',
        severity: order.state === 'CANCEL_CONFLICT' ? 'error' : 'warning',
        title:
          order.state === 'CANCEL_CONFLICT'
            ? `${order.number} was cancelled after it was shipped`
            : `${order.number} wants more than there is`,
        detail: 'JD.id says cancelled; DHL Express has scanned the parcel.',
        remedy: 'Ask the carrier to return it and scan it in, or close it as processed and refund nothing.',
        link: `/orders/${order.id}`,
      }),
    ),
    problem('snoozed', {
      title: 'An unmapped reason of rejection',
      state: 'SNOOZED',
      snoozedUntil: ago(-300),
      allowed: allowedOf('problem', 'SNOOZED'),
      kind: 'unmapped-reason',
      severity: 'info',
    }),
  ];
}

export const connectorRows: ConnectorRow[] = [
  {
    name: 'woocommerce',
    title: 'WooCommerce',
    kind: 'store',
    settings: {
      type: 'object',
      required: ['url'],
      properties: {
        url: { type: 'string', title: 'Shop address', description: 'As WordPress spells the site address.' },
        authentication: { title: 'Authentication', anyOf: [{ const: 'auto' }, { const: 'query' }, { const: 'oauth' }] },
        pageSize: { type: 'integer', title: 'Rows per page' },
        statuses: { type: 'object', title: 'Order statuses of plugins' },
      },
    },
    credentials: {
      type: 'object',
      required: ['consumerKey', 'consumerSecret'],
      properties: {
        consumerKey: { type: 'string', title: 'Consumer key' },
        consumerSecret: { type: 'string', title: 'Consumer secret' },
      },
    },
    ways: [...woocommerceWays].map((way) => ({
      ...way,
      steps: [...way.steps],
      credentials: [...way.credentials],
      optionalCredentials: [],
      settings: { ...way.settings },
    })),
    redirectUrl: null,
  },
];
