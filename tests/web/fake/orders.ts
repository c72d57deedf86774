import type { OrderConsignment, OrderDetail, OrderLine } from '../../../client/web/api/types/orders.ts';
import { ago, idOf } from './ids.ts';
import { allowedOf } from './machines.ts';
import { brands, jdId, labelId, ref, zilingo } from './refs.ts';
import { timelineOf } from './timelines.ts';
import type { Facts } from './world.ts';

const paths: string[][] = [
  ['NEW'],
  ['NEW', 'EDITED'],
  ['NEW', 'APPROVED', 'QUEUE', 'SYNCED'],
  ['NEW', 'EDITED', 'APPROVED', 'QUEUE', 'SYNCED', 'SUCCESSFULLY_PROCESSED'],
  ['NEW', 'AWAITING_CONFIRMATION'],
  ['NEW', 'APPROVED', 'QUEUE'],
  ['NEW', 'APPROVED', 'QUEUE', 'SYNCED', 'CANCEL_REQUESTED'],
  ['NEW', 'APPROVED', 'QUEUE', 'SYNCED', 'CANCEL_PENDING', 'CANCEL_CONFLICT'],
  ['NEW', 'CANCELLED'],
  ['NEW', 'APPROVED', 'QUEUE', 'CANCEL_PENDING'],
  ['NEW', 'APPROVED'],
  ['NEW'],
];
const titles = [
  'Batik shirt “Parang”, long sleeve, indigo',
  'Silk scarf “Kawung”',
  'Sarong “Mega Mendung”',
  'Merino jumper, undyed',
];
const natives: Record<string, string> = {
  NEW: '1',
  EDITED: '1',
  SYNCED: '2',
  SUCCESSFULLY_PROCESSED: '6',
  CANCELLED: '5',
};

function linesOf(n: number, currency: string): OrderLine[] {
  return Array.from({ length: (n % 3) + 1 }, (_, index) => ({
    id: idOf(`order/${n}/line/${index}`),
    sku: `KB-${1000 + ((n * 3 + index) % 40)}`,
    skuId: n === 11 && index === 0 ? null : idOf(`sku/${(n + index) % 40}`),
    title: titles[(n + index) % titles.length] ?? 'Shirt',
    ordered: index + 1,
    cancelled: 0,
    shipped: 0,
    returned: 0,
    reserved: n === 11 ? 0 : index + 1,
    unitPriceMinor: currency === 'IDR' ? 349_000 + index * 50_000 : 12_990,
    discountMinor: 0,
    taxMinor: 0,
    currency,
  }));
}

function consignmentsOf(n: number, state: string): OrderConsignment[] {
  if (!['SYNCED', 'SUCCESSFULLY_PROCESSED', 'CANCEL_REQUESTED', 'CANCEL_CONFLICT'].includes(state)) return [];
  const done = state === 'SUCCESSFULLY_PROCESSED';
  const events = [
    {
      at: ago(900 + n),
      seenAt: ago(890 + n),
      code: 'PU',
      tag: 'HANDED_OVER',
      place: 'Jakarta, ID',
      description: 'Shipment picked up',
    },
    {
      at: ago(700 + n),
      seenAt: ago(690 + n),
      code: 'DF',
      tag: 'IN_TRANSIT',
      place: 'Jakarta Gateway, ID',
      description: 'Departed facility',
    },
    {
      at: ago(90 + n),
      seenAt: ago(80 + n),
      code: 'OK',
      tag: 'DELIVERED',
      place: 'Bandung, ID',
      description: 'Delivered, signed for by HADI',
    },
  ];
  return [
    {
      id: idOf(`consignment/${n}`),
      number: `TC-${String(n).padStart(5, '0')}`,
      state: done ? 'HANDED_OVER' : 'NOTIFIED',
      slotDate: ago(1_000).slice(0, 10),
      slotTime: '11:00',
      trackingNumber: `12345${67890 + n}`,
      labelDocumentId: labelId,
      leftAt: null,
      parcels: [
        {
          id: idOf(`parcel/${n}`),
          state: done ? 'DELIVERED' : 'BOOKED',
          version: 3,
          nativeStatus: done ? 'OK' : null,
          trackingNumber: `12345${67890 + n}`,
          weightGrams: 640,
          events: done ? events : [],
        },
      ],
    },
  ];
}

function effectsOf(n: number, path: string[]): OrderDetail['effects'] {
  if (!path.includes('QUEUE')) return [];
  const ambiguous = path.at(-1) === 'CANCEL_PENDING';
  const push = {
    id: idOf(`effect/${n}/push`),
    key: `order/${idOf(`order/${n}`)}/push`,
    kind: 'shop-order-create',
    state: ambiguous ? 'AMBIGUOUS' : path.includes('SYNCED') ? 'DONE' : 'ATTEMPTED',
    attempts: ambiguous ? 2 : 1,
    reason: ambiguous ? 'The answer was lost: read ECONNRESET. It is being looked up by our reference.' : null,
    updatedAt: ago(n + 4),
  };
  const booking = {
    ...push,
    id: idOf(`effect/${n}/book`),
    key: `consignment/${idOf(`consignment/${n}`)}/book/1`,
    kind: 'booking',
  };
  return path.includes('SYNCED') ? [push, { ...booking, state: 'DONE' }] : [push];
}

function makeOrder(n: number, facts: Facts): OrderDetail {
  const path = paths[n % paths.length] ?? ['NEW'];
  const state = path.at(-1) ?? 'NEW';
  const brand = n % 4 === 3 ? brands[1] : brands[0];
  const lines = linesOf(n, brand.currency);
  const id = idOf(`order/${n}`);
  const goodsOut = state === 'CANCEL_CONFLICT';
  const own = {
    stockReserved: n % 12 !== 11,
    inShop: path.includes('SYNCED'),
    handedOver: goodsOut,
    goodsOutside: goodsOut,
  };
  facts.set(id, own);
  const units = lines.reduce((sum, line) => sum + line.ordered, 0);
  const number = `TL-${String(1_000 + n).padStart(6, '0')}`;
  const consignments = consignmentsOf(n, state);
  return {
    id,
    number,
    channelOrderNumber: `8${String(100_234_500 + n * 17)}`,
    nativeState: natives[state] ?? '2',
    brand: ref(brand),
    connection: n % 5 === 4 ? zilingo : jdId,
    state,
    version: path.length,
    orderedAt: ago(n * 37 + 5),
    shipBy: n % 7 === 6 ? null : ago(n * 40 - 60 * 14),
    total: {
      amountMinor: lines.reduce((sum, line) => sum + line.ordered * line.unitPriceMinor, 0),
      currency: brand.currency,
    },
    lines,
    units,
    shopOrderNumber: own.inShop ? String(4_200 + n) : null,
    trackingNumber: consignments[0]?.trackingNumber ?? null,
    allowed: allowedOf('order', state, own),
    problems: n % 12 === 11 || goodsOut ? 1 : 0,
    sellerOffline:
      state === 'QUEUE' ? { id: idOf('incident'), number: 'INC-000001', state: 'OPEN', since: ago(6) } : null,
    shipping: { amountMinor: brand.currency === 'IDR' ? 18_000 : 900, currency: brand.currency },
    note: n === 1 ? 'Gift: no invoice in the parcel, please.' : null,
    resumeState: state === 'CANCEL_REQUESTED' ? 'SYNCED' : null,
    approvedBy: path.includes('APPROVED') ? 'rara@tradelane.example' : null,
    approvedAt: path.includes('APPROVED') ? ago(n * 37 - 10) : null,
    shopOrderId: own.inShop ? String(4_200 + n) : null,
    shopStatus: own.inShop ? 'processing' : null,
    cancelAskedBy: state.startsWith('CANCEL_') ? 'marketplace' : null,
    cancelDueAt: state === 'CANCEL_PENDING' ? ago(-25) : null,
    consignee: {
      countryCode: 'ID',
      complete: n !== 11,
      missingFields: n === 11 ? ['postcode'] : [],
      erasedAt: null,
      address: {
        name: 'Hadi Santoso',
        company: null,
        lines: ['Jl. Cihampelas No. 160', 'RT 04 / RW 02'],
        city: 'Bandung',
        region: 'Jawa Barat',
        postcode: n === 11 ? null : '40131',
        countryCode: 'ID',
        phone: '+62 812 0000 1111',
        email: 'hadi@example.com',
      },
    },
    consignments,
    effects: effectsOf(n, path),
    mails:
      consignments.length > 0
        ? [{ id: idOf('mail/0'), subject: 'Labels for 12 parcels, 11:00', kind: 'labels', sentAt: ago(300) }]
        : [],
    returns: goodsOut
      ? [
          {
            id: idOf(`return/${n}`),
            state: 'EXPECTED',
            version: 1,
            reason: 'cancelled-after-shipping',
            trackingNumber: null,
            scannedInAt: null,
          },
        ]
      : [],
    sightings: [
      { seenAt: ago(n * 37 + 4), source: 'webhook', nativeState: '1', modifiedAt: ago(n * 37 + 5), verdict: 'first' },
      { seenAt: ago(n * 37 + 2), source: 'poll', nativeState: '1', modifiedAt: ago(n * 37 + 5), verdict: 'duplicate' },
    ],
    timeline: timelineOf(n, path),
    path,
    openProblems: [],
    temporalUrl: `http://127.0.0.1:8233/namespaces/default/workflows/local%2Forder%2F${id}`,
  };
}

/** Enough orders for two pages of a list. */
export const makeOrders = (facts: Facts): OrderDetail[] => Array.from({ length: 72 }, (_, n) => makeOrder(n, facts));
