/** Cells that a spreadsheet would calculate; a leading apostrophe makes it take them as text. */
const formula = /^[=+\-@]/;
const number = /^[+-]?[\d.,]+$/;

const quoted = (cell: string): string => (/["\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** A block of cells as spreadsheets take it from the clipboard. Text that looks like a formula is marked as text. */
export function writeTsv(block: readonly (readonly string[])[]): string {
  const safe = (cell: string) => (formula.test(cell) && !number.test(cell) ? `'${cell}` : cell);
  return block.map((row) => row.map((cell) => quoted(safe(cell))).join('\t')).join('\n');
}

/**
 * The cells of a clipboard text of Excel, Sheets or LibreOffice: tabs between cells, line ends between rows, cells with
 * either inside quotes. The line end that Excel adds after the last row makes no further row.
 */
export function readTsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let at = 0;
  while (at < text.length) {
    const cell = readCellAt(text, at);
    rows.at(-1)?.push(cell.value.replace(/^'(?=[=+\-@])/, ''));
    at = cell.end;
    if (at >= text.length) return rows;
    if (text[at] === '\t') {
      at += 1;
      if (at === text.length) rows.at(-1)?.push('');
      continue;
    }
    at += text.startsWith('\r\n', at) ? 2 : 1;
    if (at < text.length) rows.push([]);
  }
  return rows;
}

function readCellAt(text: string, start: number): { value: string; end: number } {
  if (text[start] === '"') {
    const closed = readQuoted(text, start + 1);
    // A quote that opens a cell but is not closed right before its end is part of the text.
    if (closed && (closed.end === text.length || /[\t\r\n]/.test(text[closed.end] ?? ''))) return closed;
  }
  const rest = /[^\t\r\n]*/y;
  rest.lastIndex = start;
  const value = rest.exec(text)?.[0] ?? '';
  return { value, end: start + value.length };
}

function readQuoted(text: string, start: number): { value: string; end: number } | null {
  for (let at = start; ; at += 2) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return null;
    if (text[quote + 1] !== '"') return { value: text.slice(start, quote).replaceAll('""', '"'), end: quote + 1 };
    at = quote;
  }
}
