/** What stands on the page that a person sees after the shop's own one. */
export interface ConsentPage {
  readonly tone: 'good' | 'attention' | 'bad';
  readonly title: string;
  /** Paragraphs. */
  readonly text: readonly string[];
  readonly findings?: readonly { readonly severity: string; readonly what: string; readonly remedy: string }[];
  readonly link: { readonly href: string; readonly label: string };
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (mark) => escapes[mark] ?? '');

/** A whole page, without scripts: whoever sees it may not be logged in, and may be the shop's owner. */
export function renderConsentPage({ tone, title, text, findings = [], link }: ConsentPage): string {
  const rows = findings.map(
    ({ severity, what, remedy }) =>
      `<li><strong>${escaped(severity)}</strong> ${escaped(what)} <span>${escaped(remedy)}</span></li>`,
  );
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(title)} · Tradelane</title><link rel="stylesheet" href="/connect/page.css"></head>`,
    `<body><main data-tone="${tone}"><p class="brand">Tradelane</p><h1>${escaped(title)}</h1>`,
    ...text.map((paragraph) => `<p>${escaped(paragraph)}</p>`),
    rows.length > 0 ? `<ul>${rows.join('')}</ul>` : '',
    `<p><a href="${escaped(link.href)}">${escaped(link.label)}</a></p></main></body></html>`,
  ].join('\n');
}

export const consentStyle = `
:root { color-scheme: light dark; --ink: #1c2430; --paper: #f5f6f8; --sheet: #fff; --muted: #566072; --mark: #2f7d4f; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ebf0; --paper: #14181f; --sheet: #1d232c; --muted: #a4adbb; }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 40rem; margin: 12vh auto 2rem; padding: 2rem; background: var(--sheet); border-radius: 0.5rem;
  border-top: 0.35rem solid var(--mark); overflow-wrap: anywhere; }
main[data-tone='attention'] { --mark: #b7791f; }
main[data-tone='bad'] { --mark: #b3372f; }
.brand { margin: 0; color: var(--muted); }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; }
ul { padding-left: 1.2rem; }
li span { color: var(--muted); }
a { color: inherit; font-weight: 600; }
`;
