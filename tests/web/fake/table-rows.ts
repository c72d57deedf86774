import type { TableColumn, TableName, TableRow } from '../../../client/web/api/types/tables.ts';
import type { MachineName } from '../../../state-machines/index.ts';
import { ago, idOf } from './ids.ts';
import { allowedOf } from './machines.ts';
import { brands, jdId, ref } from './refs.ts';

const column = (
  key: string,
  title: string,
  type: TableColumn['type'],
  more: Partial<TableColumn> = {},
): TableColumn => ({
  key,
  title,
  type,
  editable: true,
  nullable: true,
  sortable: false,
  ...more,
});
const fixed = (key: string, title: string, type: TableColumn['type'], more: Partial<TableColumn> = {}) =>
  column(key, title, type, { editable: false, ...more });

export const fakeColumns: Record<TableName, TableColumn[]> = {
  products: [
    column('title', 'Title', 'text', { nullable: false, sortable: true, maxLength: 120 }),
    fixed('state', 'State', 'state'),
    fixed('brand', 'Brand', 'ref'),
    column('category', 'Category', 'text', { maxLength: 300 }),
    fixed('sku', 'SKU', 'code'),
    column('weightGrams', 'Weight', 'integer', { unit: 'g', means: 'Of one piece with its own packing.' }),
    column('lengthMm', 'Length', 'integer', { unit: 'mm' }),
    column('widthMm', 'Width', 'integer', { unit: 'mm' }),
    column('hsCode', 'HS code', 'code', { maxLength: 40 }),
    column('attributes', 'Attributes', 'map'),
    column('descriptionHtml', 'Description', 'html', { maxLength: 100_000 }),
    fixed('findings', 'Findings', 'findings'),
    fixed('lastEditedAt', 'Edited', 'instant', { sortable: true }),
  ],
  listings: [
    column('title', 'Title', 'text', { nullable: false, sortable: true, maxLength: 80 }),
    fixed('state', 'State', 'state'),
    fixed('connection', 'Marketplace', 'ref'),
    column('categoryId', 'Category there', 'code'),
    column('attributes', 'Attributes', 'map'),
    fixed('findings', 'Findings', 'findings'),
  ],
  prices: [
    fixed('sku', 'SKU', 'code', { sortable: true }),
    fixed('listing', 'Listing', 'text'),
    fixed('connection', 'Marketplace', 'ref'),
    fixed('state', 'State', 'state'),
    column('price', 'Price', 'money', { means: 'What it shall sell for there. Emptied, the rule price holds.' }),
    fixed('rulePrice', 'Rule price', 'money', { means: 'What the price rules say now.' }),
    column('reason', 'Reason', 'text', { maxLength: 1000, means: 'Why a person set the price.' }),
    column('expiresAt', 'Until', 'instant', { means: 'From then on the rule price holds again.' }),
    fixed('waiting', 'Waits for', 'text'),
    fixed('acknowledged', 'Acknowledged', 'money'),
    fixed('margin', 'Margin', 'decimal', { unit: '%' }),
    fixed('brandPrice', 'Brand price', 'money'),
    column('cost', 'Cost', 'money'),
  ],
  stock: [
    fixed('title', 'Product', 'text'),
    fixed('sku', 'SKU', 'code'),
    fixed('state', 'State', 'state'),
    fixed('connection', 'Marketplace', 'ref'),
    fixed('onHand', 'On hand', 'integer'),
    fixed('reserved', 'Reserved', 'integer'),
    column('safety', 'Safety', 'integer'),
    column('policy', 'Policy', 'choice', {
      nullable: false,
      choices: [
        { value: 'shared', label: 'Shared' },
        { value: 'quota', label: 'Quota' },
      ],
    }),
    column('adjust', 'Adjust', 'integer', { means: 'Added to what is offered there; may be negative.' }),
    column('cap', 'At most', 'integer'),
    column('capUntil', 'Until', 'date'),
    fixed('offered', 'Offered', 'integer'),
  ],
  orders: [
    fixed('number', 'Order', 'code'),
    fixed('state', 'State', 'state'),
    fixed('connection', 'Marketplace', 'ref'),
    fixed('total', 'Total', 'money'),
    column('shipBy', 'Ship by', 'instant'),
    column('hold', 'Hold', 'boolean'),
    column('note', 'Note', 'longText', { maxLength: 2000 }),
    column('phone', 'Phone', 'text', { maxLength: 40 }),
    fixed('orderedAt', 'Ordered', 'instant'),
  ],
};

const goods = [
  'Batik shirt “Parang”',
  'Silk scarf “Kawung”',
  'Sarong “Mega Mendung”',
  'Merino jumper',
  'Tote bag “Truntum”',
];
const colours = ['Indigo', 'Sogan brown', 'Off-white', 'Madder red'];

type Cells = Record<string, unknown>;

function productCells(n: number): Cells {
  const missing = {
    field: 'weightGrams',
    value: null,
    reason: 'It has no weight.',
    remedy: 'Enter it.',
    blocking: true,
  };
  return {
    category: n % 3 === 0 ? 'Fashion > Men > Shirts' : 'Fashion > Accessories',
    weightGrams: n % 9 === 4 ? null : 300 + (n % 50) * 5,
    lengthMm: 300,
    widthMm: 220,
    hsCode: '6205.20',
    attributes: { Colour: colours[n % 4], Material: ['cotton'], Care: 'Cold wash' },
    descriptionHtml: '<p>Hand-drawn <b>batik tulis</b> on primissima cotton.</p>',
    findings: n % 9 === 4 ? [missing] : [],
    lastEditedAt: n % 5 === 0 ? ago(n * 13) : null,
  };
}

const rupiah = (amountMinor: number) => ({ amountMinor, currency: 'IDR' });

function priceCells(n: number): Cells {
  const byHand = n % 6 === 2;
  const rule = 149_000 + n * 10_000;
  return {
    listing: `${goods[n % goods.length]} No. ${n + 1}`,
    price: rupiah(byHand ? rule - 10_000 : rule),
    rulePrice: rupiah(rule),
    reason: byHand ? 'Harbolnas' : null,
    expiresAt: byHand ? ago(-60 * 24 * 20) : null,
    waiting: n % 12 === 2 ? 'the decision on the price that rara@tradelane.example typed' : null,
    acknowledged: rupiah(rule),
    margin: '21.5',
    brandPrice: { amountMinor: 1290 + n * 100, currency: 'AUD' },
    cost: null,
  };
}

function stockCells(n: number): Cells {
  const onHand = (n * 7) % 41;
  return {
    onHand,
    reserved: n % 3,
    safety: 1,
    policy: n % 2 === 0 ? 'shared' : 'quota',
    adjust: null,
    cap: n % 5 === 1 ? 5 : null,
    capUntil: n % 5 === 1 ? '2026-12-24' : null,
    offered: Math.max(0, onHand - (n % 3) - 1),
  };
}

function orderCells(n: number): Cells {
  return {
    number: `TL-${String(1000 + n).padStart(6, '0')}`,
    total: rupiah(349_000 * ((n % 3) + 1)),
    shipBy: ago(-60 * (n + 5)),
    hold: n % 7 === 3,
    note: n === 1 ? 'Gift: no invoice in the parcel, please.' : null,
    phone: '+62 812 0000 1111',
    orderedAt: ago(n * 37),
  };
}

const machineOf: Record<TableName, MachineName> = {
  products: 'product',
  listings: 'listing',
  prices: 'listing',
  stock: 'listing',
  orders: 'order',
};
const statesOf: Record<MachineName, string[]> = {
  product: ['NEW', 'NEW', 'APPROVED', 'EDITED'],
  listing: ['LIVE', 'LIVE', 'NEW', 'UPDATE'],
  order: ['NEW', 'EDITED', 'NEW', 'APPROVED', 'SUCCESSFULLY_PROCESSED'],
} as Record<MachineName, string[]>;

const asked = new Map<string, TableRow['allowed']>();

/** What a person could do with a row, asked of the machine once per state. */
export function fakeAllowed(table: TableName, state: string): TableRow['allowed'] {
  const key = `${machineOf[table]} ${state}`;
  const known = asked.get(key) ?? allowedOf(machineOf[table], state);
  asked.set(key, known);
  return known;
}

function makeRow(table: TableName, n: number): TableRow {
  const machine = machineOf[table];
  const states = statesOf[machine];
  const state = states[n % states.length] ?? 'NEW';
  const title = `${goods[n % goods.length]} No. ${n + 1}`;
  const brand = n % 4 === 3 ? brands[1] : brands[0];
  const common = { title, state, brand: ref(brand), connection: jdId, sku: `KB-${1000 + n}-S` };
  const own: Record<TableName, () => Cells> = {
    products: () => productCells(n),
    listings: () => ({ ...productCells(n), categoryId: n % 5 === 0 ? null : `JD-${4400 + n}` }),
    prices: () => priceCells(n),
    stock: () => stockCells(n),
    orders: () => orderCells(n),
  };
  const cells: Cells = { ...common, ...own[table]() };
  const keys = new Set(fakeColumns[table].map(({ key }) => key));
  const ended = state === 'SUCCESSFULLY_PROCESSED';
  return {
    id: idOf(`${table}-row/${n}`),
    entity: idOf(`${table}-row/${n}`),
    kind: machine,
    parent: null,
    version: 1,
    state,
    cells: Object.fromEntries(Object.entries(cells).filter(([key]) => keys.has(key))),
    locked: ended ? { '*': 'An order that is done cannot be edited.' } : {},
    allowed: fakeAllowed(table, state),
    edited: { to: null, why: null },
  };
}

/** A product with two SKUs: a row of its own and one for each. */
function withParts(row: TableRow): TableRow[] {
  const { weightGrams, lengthMm, widthMm, hsCode, sku, ...shared } = row.cells;
  const parts = ['S', 'M'].map((size, at) => ({
    ...row,
    id: `${row.id}/${at}`,
    kind: 'sku',
    parent: row.id,
    allowed: [],
    cells: { weightGrams, lengthMm, widthMm, hsCode, sku: String(sku).replace(/S$/, size) },
  }));
  return [{ ...row, cells: shared }, ...parts];
}

export const makeTableRows = (table: TableName, count: number): TableRow[] =>
  Array.from({ length: count }, (_, n) => makeRow(table, n)).flatMap((row, n) =>
    table === 'products' && n === 5 ? withParts(row) : [row],
  );
