import { countryOf, editable, type Field, lineOf, linesOf, readOnly } from './fields.ts';

const maxLines = 4;
const maxLength = 200;

/** Street lines, one below the other, as they stand on the label. */
function streetOf(given: unknown) {
  if (typeof given !== 'string') return { ok: false, why: 'Street is a text.' } as const;
  const lines = given
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length > maxLines) return { ok: false, why: `Street has at most ${maxLines} lines.` } as const;
  const long = lines.find((line) => line.length > maxLength);
  if (long !== undefined) return { ok: false, why: `A line has at most ${maxLength} characters.` } as const;
  return { ok: true, value: lines.join('\n') } as const;
}

const part = (key: string, title: string, nullable: boolean): Field =>
  editable({ key: `shipTo.${key}`, title, type: 'text', maxLength, nullable }, lineOf(title, maxLength));

/** The consignee, field by field; kept sealed, compared field by field. For our own staff only. */
export const addressFields: readonly Field[] = [
  part('name', 'Consignee', false),
  part('company', 'Company', true),
  editable({ key: 'shipTo.lines', title: 'Street', type: 'longText', maxLength: 803, nullable: false }, streetOf),
  part('city', 'City', false),
  part('region', 'Region', true),
  part('postcode', 'Postcode', true),
  editable(
    { key: 'shipTo.countryCode', title: 'Country', type: 'code', maxLength: 2, nullable: false },
    countryOf('Country'),
  ),
  part('phone', 'Phone', true),
  part('email', 'E-mail', true),
];

/** Cells of an order. Quantities, amounts and the deadline are the marketplace's: a reading would overwrite them. */
export const orderFields: readonly Field[] = [
  readOnly({ key: 'number', title: 'Number', type: 'text' }),
  readOnly({ key: 'state', title: 'State', type: 'state' }),
  readOnly({ key: 'brand', title: 'Brand', type: 'ref' }),
  readOnly({ key: 'connection', title: 'Marketplace', type: 'ref' }),
  readOnly({ key: 'channelOrderNumber', title: 'Number there', type: 'text' }),
  readOnly({ key: 'orderedAt', title: 'Ordered', type: 'instant', sortable: true }),
  readOnly({
    key: 'shipBy',
    title: 'Ship by',
    type: 'instant',
    sortable: true,
    means: 'The marketplace’s deadline; it is read from there.',
  }),
  editable(
    { key: 'note', title: 'Note', type: 'longText', maxLength: 2000, means: 'For colleagues; nobody else sees it.' },
    linesOf('Note', 2000),
  ),
  readOnly({
    key: 'items',
    title: 'Items',
    type: 'text',
    means: 'Quantities are the marketplace’s: have lines cancelled there, they follow here.',
  }),
  readOnly({ key: 'units', title: 'Units', type: 'integer', unit: 'units' }),
  readOnly({ key: 'total', title: 'Total', type: 'money' }),
  readOnly({ key: 'missing', title: 'Missing', type: 'text', means: 'What the address lacks for shipping.' }),
  readOnly({ key: 'shopOrderNumber', title: 'Shop order', type: 'text' }),
  readOnly({ key: 'lastEditedAt', title: 'Edited', type: 'instant' }),
];
