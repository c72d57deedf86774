/** Control characters and changes of writing direction: other people's texts must not drive the terminal. */
const unsafe = /[\p{Cc}\u202a-\u202e\u2066-\u2069\u200e\u200f]/gu;

/** One line that any terminal can show. */
export function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(unsafe, '·');
}

const maxCell = 60;

function cellOf(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  const text = plain(String(value));
  return text.length > maxCell ? `${text.slice(0, maxCell - 1)}…` : text;
}

/** Columns side by side under their heads. The last column is never cut. */
export function table(heads: readonly string[], rows: readonly (readonly unknown[])[]): string {
  if (rows.length === 0) return '(none)';
  const last = heads.length - 1;
  const cells = rows.map((row) =>
    row.map((value, index) => (index === last ? plain(String(value ?? '-')) : cellOf(value))),
  );
  const widths = heads.map((head, index) => Math.max(head.length, ...cells.map((row) => row[index]?.length ?? 0)));
  const lineOf = (row: readonly string[]): string =>
    row.map((cell, index) => (index === last ? cell : cell.padEnd(widths[index] ?? 0))).join('  ');
  return [lineOf(heads), ...cells.map(lineOf)].map((text) => text.trimEnd()).join('\n');
}

/** Minor units as people write them: IDR has none, most others two. */
export function amount({ amountMinor, currency }: { amountMinor: number; currency: string }): string {
  const digits =
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  // ICU gives IDR two digits; the platforms of this trade use none.
  const used = currency === 'IDR' ? 0 : digits;
  return `${currency} ${(amountMinor / 10 ** used).toFixed(used)}`;
}

/** A time without its milliseconds, in UTC. */
export function time(iso: string | null): string {
  return iso === null ? '-' : `${iso.slice(0, 19).replace('T', ' ')}Z`;
}
