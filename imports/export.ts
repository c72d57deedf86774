import { type Options, stringify } from 'csv-stringify/sync';

/**
 * Writes CSV that is safe to open in a spreadsheet: cells that begin like a formula get an apostrophe before them. CRLF and
 * a byte order mark, because that is what spreadsheets recognise as UTF-8.
 */
export function csvOf(
  rows: readonly (readonly (string | number | null)[])[],
  options: { mark?: boolean } = {},
): string {
  const settings: Options = { escape_formulas: true, record_delimiter: 'windows', bom: options.mark ?? false };
  return stringify(
    rows.map((row) => [...row]),
    settings,
  );
}

/** Bytes as text that shows each of them: what is UTF-8 as it is, everything else as `\xNN`. */
export function visibleBytes(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  const isText = !text.includes('\ufffd') && !text.includes('\0');
  if (isText) return text.replaceAll(/[\r\n]+$/g, '');
  return [...bytes]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f && byte !== 0x5c
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).padStart(2, '0')}`,
    )
    .join('');
}
