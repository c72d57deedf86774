import type { Column } from '../schemas/tables.ts';
import { editable, type Field, integerOf, lineOf, type Parsed, readOnly } from './fields.ts';

const most = 1_000_000;
const units = (title: string, min: number) => integerOf(title, { min, max: most, unit: 'units' });

const policy = (given: unknown): Parsed =>
  given === 'shared' || given === 'quota'
    ? { ok: true, value: given }
    : { ok: false, why: 'The policy is shared or quota; emptied, the switch point decides.' };

const instant = (given: unknown): Parsed => {
  const text = typeof given === 'string' ? given.trim() : '';
  const at = /^\d{4}-\d{2}-\d{2}(T[0-9:.]{5,12}Z)?$/.test(text) ? new Date(text) : new Date(Number.NaN);
  return Number.isNaN(at.getTime())
    ? { ok: false, why: 'Write it as 2026-08-01T00:00:00Z or 2026-08-01.' }
    : { ok: true, value: at.toISOString() };
};

export const stockFields: readonly Field[] = [
  readOnly({ key: 'sku', title: 'SKU', type: 'code', sortable: true }),
  readOnly({ key: 'listing', title: 'Listing', type: 'text' }),
  readOnly({ key: 'brand', title: 'Brand', type: 'ref' }),
  readOnly({ key: 'connection', title: 'Marketplace', type: 'ref' }),
  readOnly({ key: 'state', title: 'State', type: 'state' }),
  readOnly({ key: 'onHand', title: 'On hand', type: 'integer', unit: 'units', means: 'What the shop has.' }),
  readOnly({
    key: 'degraded',
    title: 'Degraded',
    type: 'text',
    means: 'Its shop does not answer: the level is the last known one, and less is offered the longer that lasts.',
  }),
  readOnly({ key: 'reserved', title: 'Reserved', type: 'integer', unit: 'units', means: 'Held by open orders.' }),
  editable(
    {
      key: 'safetyStock',
      title: 'Safety stock',
      type: 'integer',
      unit: 'units',
      means: 'Of the SKU, on every marketplace; emptied, the brand’s holds.',
    },
    units('The safety stock', 0),
  ),
  readOnly({ key: 'available', title: 'Available', type: 'integer', unit: 'units' }),
  editable(
    {
      key: 'policy',
      title: 'Policy',
      type: 'choice',
      choices: [
        { value: 'shared', label: 'shared' },
        { value: 'quota', label: 'quota' },
      ],
      means:
        'Of the SKU, on every marketplace: all show one number, or each has its own units; emptied, the switch point decides.',
    },
    policy,
  ),
  readOnly({ key: 'holds', title: 'Holds now', type: 'text', means: 'The policy in force, and why.' }),
  editable(
    {
      key: 'switchPoint',
      title: 'Switch point',
      type: 'integer',
      unit: 'units',
      means: 'Fewer available units than this are shared out by quota; emptied, the brand’s holds.',
    },
    units('The switch point', 0),
  ),
  editable(
    {
      key: 'weight',
      title: 'Weight',
      type: 'integer',
      nullable: false,
      means: 'Its part of the quota beside the others’.',
    },
    integerOf('The weight', { min: 0, max: 1000, unit: 'parts' }),
  ),
  editable(
    {
      key: 'adjust',
      title: 'Adjust by',
      type: 'integer',
      unit: 'units',
      means: 'Units more or less than the rule gives.',
    },
    units('The adjustment', -most),
  ),
  editable(
    { key: 'cap', title: 'At most', type: 'integer', unit: 'units', means: 'Never more than so many.' },
    units('The cap', 0),
  ),
  editable(
    { key: 'reason', title: 'Reason', type: 'text', maxLength: 300, means: 'Why it is adjusted or capped.' },
    lineOf('Reason', 300),
  ),
  editable({ key: 'until', title: 'Until', type: 'instant', means: 'From then on the rule holds again.' }, instant),
  readOnly({ key: 'desired', title: 'Desired', type: 'integer', unit: 'units' }),
  readOnly({ key: 'acknowledged', title: 'Acknowledged', type: 'integer', unit: 'units' }),
  readOnly({ key: 'seen', title: 'Seen there', type: 'integer', unit: 'units' }),
  readOnly({ key: 'inFlight', title: 'Under way', type: 'integer', unit: 'units' }),
];

export const stockFieldOf = new Map(stockFields.map((field) => [field.column.key, field]));

export const stockColumns = (isStaff: boolean): Column[] =>
  stockFields.map(({ column }) => (isStaff ? column : { ...column, editable: false }));
