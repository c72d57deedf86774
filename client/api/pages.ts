import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { escapeHtml } from '../../mail/safe-text.ts';

/** Pages for people who come by a link in a mail: no script, nothing fetched, nobody logged in. */

const style = [
  'body{margin:0;background:#f3f5f9;color:#1d2433;font:16px/1.5 system-ui,Arial,sans-serif}',
  'main{max-width:36rem;margin:3rem auto;background:#fff;border:1px solid #d5dbe6;border-radius:8px;padding:1.5rem 2rem}',
  'h1{font-size:1.35rem;margin:0 0 .75rem}table{border-collapse:collapse;width:100%;margin:1rem 0}',
  'th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid #e4e8f0}',
  'th{font-weight:600;white-space:nowrap}label{display:block;margin:1rem 0 .25rem;font-weight:600}',
  'textarea{box-sizing:border-box;width:100%;min-height:5rem;font:inherit;padding:.5rem;border:1px solid #8a94a6;border-radius:4px}',
  '.buttons{display:flex;gap:.75rem;flex-wrap:wrap;margin-top:1.25rem}',
  'button{font:inherit;padding:.6rem 1.2rem;border-radius:4px;border:1px solid #8a94a6;background:#fff;color:#1d2433;cursor:pointer}',
  'button.main{background:#1d4ed8;border-color:#1d4ed8;color:#fff;font-weight:600}',
  '.muted{color:#566072;font-size:.9rem}',
].join('');
const styleHash = createHash('sha256').update(style).digest('base64');

const policy = [
  "default-src 'none'",
  `style-src 'sha256-${styleHash}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** Answers with a page; `parts` are HTML made by the functions of this file. */
export function sendPage(reply: FastifyReply, status: number, title: string, parts: readonly string[]): FastifyReply {
  const html = [
    '<!DOCTYPE html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta name="robots" content="noindex"><title>${escapeHtml(title)}</title><style>${style}</style></head>`,
    `<body><main><h1>${escapeHtml(title)}</h1>`,
    ...parts,
    '</main></body></html>\n',
  ].join('\n');
  return reply
    .code(status)
    .header('content-security-policy', policy)
    .header('cache-control', 'no-store')
    .header('x-robots-tag', 'noindex')
    .type('text/html; charset=utf-8')
    .send(html);
}

export const paragraph = (text: string, kind: '' | 'muted' = ''): string =>
  `<p${kind === '' ? '' : ` class="${kind}"`}>${escapeHtml(text)}</p>`;

/** Names and values. */
export const facts = (rows: ReadonlyArray<readonly [string, string]>): string =>
  `<table>${rows.map(([name, value]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`).join('')}</table>`;

/** The page for a link that was changed, cut or made elsewhere. */
export function sendNotOurs(reply: FastifyReply): FastifyReply {
  return sendPage(reply, 404, 'This link does not work', [
    paragraph('It is not complete, or it was changed on its way. Please open it from the mail once more.'),
    paragraph('If it still does not work, reply to the mail: our operations team helps.'),
  ]);
}

/** The page for a link whose time is over. */
export function sendExpired(reply: FastifyReply, what: string): FastifyReply {
  return sendPage(reply, 410, 'This link has expired', [
    paragraph(what),
    paragraph('Log in to the dashboard, or reply to the mail: our operations team helps.'),
  ]);
}
