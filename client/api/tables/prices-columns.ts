import { showMinor } from '../../../pricing/currency.ts';
import { typedPrice } from '../../../pricing/marketplace-price.ts';
import type { Column } from '../schemas/tables.ts';
import { editable, type Field, lineOf, type Parsed, readOnly } from './fields.ts';

/** Money as cells hold it. */
export interface MoneyCell {
  readonly amountMinor: number;
  readonly currency: string;
}

const good = (value: unknown): Parsed => ({ ok: true, value });
const bad = (why: string): Parsed => ({ ok: false, why });

/** A price as people type or paste it (95000, 12.50), or as a cell gives it; in `currency`, above zero. */
export function priceIn(given: unknown, currency: string): Parsed {
  if (typeof given === 'object' && given !== null && 'amountMinor' in given) {
    const { amountMinor, currency: named } = given as { amountMinor: unknown; currency?: unknown };
    if (named !== undefined && named !== currency)
      return bad(`The price here is in ${currency}, not in ${String(named)}.`);
    if (typeof amountMinor !== 'number' || !Number.isSafeInteger(amountMinor) || amountMinor <= 0)
      return bad('A price is above zero, in whole minor units.');
    return good({ amountMinor, currency });
  }
  const text = typeof given === 'number' ? String(given) : typeof given === 'string' ? given.trim() : '';
  const minor = typedPrice(text.replace(new RegExp(`\\s*${currency}$`), ''), currency);
  if (minor === null)
    return bad(
      `"${text.slice(0, 40)}" is not a price above zero in ${currency}: write it as ${showMinor(95_000, currency).split(' ')[0]?.replaceAll(',', '')}.`,
    );
  return good({ amountMinor: minor, currency });
}

const instant = (given: unknown): Parsed => {
  const text = typeof given === 'string' ? given.trim() : '';
  const at = /^\d{4}-\d{2}-\d{2}(T[0-9:.]{5,12}Z)?$/.test(text) ? new Date(text) : new Date(Number.NaN);
  return Number.isNaN(at.getTime()) ? bad('Write it as 2026-08-01T00:00:00Z or 2026-08-01.') : good(at.toISOString());
};

/** Cells that hold an amount are parsed with the row's currency, by the adapter. */
const inRow = (given: unknown): Parsed => good(given);

export const fields: readonly Field[] = [
  readOnly({ key: 'sku', title: 'SKU', type: 'code', sortable: true }),
  readOnly({ key: 'listing', title: 'Listing', type: 'text' }),
  readOnly({ key: 'brand', title: 'Brand', type: 'ref' }),
  readOnly({ key: 'connection', title: 'Marketplace', type: 'ref' }),
  readOnly({ key: 'state', title: 'State', type: 'state' }),
  editable(
    {
      key: 'price',
      title: 'Price',
      type: 'money',
      means:
        'What it shall sell for there: the rule price, or the one that a person set. Emptied, the rule price holds.',
    },
    inRow,
  ),
  readOnly({ key: 'rulePrice', title: 'Rule price', type: 'money', means: 'What the price rules say now.' }),
  editable(
    { key: 'reason', title: 'Reason', type: 'text', maxLength: 1000, means: 'Why a person set the price.' },
    lineOf('Reason', 1000),
  ),
  editable(
    { key: 'expiresAt', title: 'Until', type: 'instant', means: 'From then on the rule price holds again.' },
    instant,
  ),
  readOnly({ key: 'waiting', title: 'Waits for', type: 'text', means: 'What a person must decide.' }),
  readOnly({ key: 'desired', title: 'Desired', type: 'money' }),
  readOnly({ key: 'acknowledged', title: 'Acknowledged', type: 'money' }),
  readOnly({ key: 'seen', title: 'Seen there', type: 'money' }),
  readOnly({ key: 'margin', title: 'Margin', type: 'decimal', unit: '%' }),
  readOnly({ key: 'blocked', title: 'Blocked', type: 'text' }),
  readOnly({ key: 'brandPrice', title: 'Brand price', type: 'money' }),
  readOnly({ key: 'salePrice', title: 'Sale price', type: 'money' }),
  editable({ key: 'cost', title: 'Cost', type: 'money', means: 'In the brand’s currency; for the margin.' }, inRow),
  editable({ key: 'note', title: 'Note', type: 'text', maxLength: 500, means: 'For colleagues.' }, lineOf('Note', 500)),
  editable(
    {
      key: 'belowFloor',
      title: 'Below the floor because',
      type: 'text',
      maxLength: 1000,
      means: 'Lets the price pass below the margin floor; for approvers and admins.',
    },
    lineOf('The reason', 1000),
  ),
];

export const fieldOf = new Map(fields.map((field) => [field.column.key, field]));

const internal = new Set(['cost', 'margin', 'note', 'belowFloor']);

/** The columns for a person: brands only read, and not what is the marketplace team's own. */
export const columnsFor = (isStaff: boolean): Column[] =>
  fields
    .filter(({ column }) => isStaff || !internal.has(column.key))
    .map(({ column }) => (isStaff ? column : { ...column, editable: false }));
