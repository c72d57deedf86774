import { fieldOfColumn } from '../cleaning/owned-fields.ts';
import type { RowFinding } from '../connectors/contract/store.ts';

type Owned = Readonly<Record<string, unknown>>;

type Owner = { readonly by?: string; readonly at?: string };

const ownersOf = (row: Owned): Record<string, Owner> => (row.field_owners ?? {}) as Record<string, Owner>;

/** The columns of a row that a person set; a source never overwrites them. */
export const ownedColumns = (row: Owned): Set<string> => new Set(Object.keys(ownersOf(row)));

/** JSON with sorted keys and without what is empty, so that values of JSON columns compare equal to fresh ones. */
export const plain = (value: unknown): string =>
  JSON.stringify(value ?? null, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? value : plain(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
};

/** How every finding about a kept value begins. */
export const keptReason = 'The source says otherwise';

/** What the source says otherwise than the person who set it: said, and kept. */
export function kept(row: Owned, wanted: Readonly<Record<string, unknown>>, prefix = ''): RowFinding[] {
  return Object.entries(ownersOf(row)).flatMap(([column, { by }]) => {
    if (!(column in wanted) || plain(row[column]) === plain(wanted[column])) return [];
    return [
      {
        field: `${prefix}${fieldOfColumn(column)}`,
        value: shown(wanted[column]),
        reason: `${keptReason}: “${shown(wanted[column])}”. “${shown(row[column])}” is kept, which ${by ?? 'a person'} set.`,
        remedy:
          'Nothing needs to be done. Give the field back to its source on the product’s page to take the source’s value.',
        blocking: false,
      },
    ];
  });
}
