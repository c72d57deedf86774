import { escapeHtml } from './safe-text.ts';

/** HTML for mail programs: tables and inline styles only. Every function escapes the texts given to it. */

const FONT = 'font-family:Arial,Helvetica,sans-serif;font-size:14px;color:#1d2433';
const CELL = 'border:1px solid #c9d1de;padding:6px 8px;text-align:left;vertical-align:top';

/** A whole HTML part; `parts` are pieces made by the functions of this file. */
export function htmlPage(title: string, parts: readonly string[]): string {
  return [
    '<!DOCTYPE html>',
    `<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>`,
    `<body style="margin:16px;${FONT}">`,
    ...parts,
    '</body></html>\n',
  ].join('\n');
}

/** A heading. */
export function section(text: string): string {
  return `<h2 style="font-size:16px;margin:16px 0 8px">${escapeHtml(text)}</h2>`;
}

export function paragraph(text: string): string {
  return `<p style="margin:8px 0">${escapeHtml(text)}</p>`;
}

/** A red box with a heading and a list. */
export function warning(heading: string, items: readonly string[]): string {
  const list = items.map((item) => `<li>${escapeHtml(item)}</li>`).join('');
  return (
    '<div style="border:2px solid #b3261e;background:#fdecea;padding:8px 12px;margin:8px 0">' +
    `<strong style="color:#b3261e">${escapeHtml(heading)}</strong>${list === '' ? '' : `<ul>${list}</ul>`}</div>`
  );
}

/** A table; a cell that is a list shows one text per line. Columns without any name get no head row. */
export function table(
  columns: readonly string[],
  rows: ReadonlyArray<ReadonlyArray<string | readonly string[]>>,
): string {
  const named = columns.some((column) => column !== '');
  const head = columns.map((column) => `<th scope="col" style="${CELL};background:#eef2f8">${escapeHtml(column)}</th>`);
  const body = rows.map(
    (row) => `<tr>${row.map((cell) => `<td style="${CELL}">${cellHtml(cell)}</td>`).join('')}</tr>`,
  );
  return [
    `<table style="border-collapse:collapse;${FONT}">`,
    ...(named ? [`<thead><tr>${head.join('')}</tr></thead>`] : []),
    `<tbody>${body.join('\n')}</tbody></table>`,
  ].join('\n');
}

const looks = {
  main: 'display:inline-block;background:#1d4ed8;color:#ffffff;padding:10px 18px;text-decoration:none;font-weight:bold',
  plain: 'display:inline-block;border:1px solid #8a94a6;color:#1d2433;padding:9px 17px;text-decoration:none',
  link: '',
} as const;

/** A link, or one that looks like a button; anything but http and https is shown as text. */
export function button(text: string, url: string, look: keyof typeof looks = 'link'): string {
  if (!/^https?:\/\//i.test(url)) return paragraph(`${text}: ${url}`);
  const style = looks[look] === '' ? '' : ` style="${looks[look]}"`;
  return `<p style="margin:8px 0"><a href="${escapeHtml(url)}"${style}>${escapeHtml(text)}</a></p>`;
}

const cellHtml = (cell: string | readonly string[]): string =>
  typeof cell === 'string' ? escapeHtml(cell) : cell.map(escapeHtml).join('<br>');
