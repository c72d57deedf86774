import { useMemo } from 'react';

/** Elements that a mail may not bring along: code, other documents, forms, and what would load or redirect. */
const refused = 'script, iframe, frame, object, embed, form, link, meta, base, svg, audio, video';

interface PreparedMail {
  html: string;
  sheets: string[];
}

/**
 * A mail as it may be shown: no code, no handlers, nothing fetched from elsewhere. Style attributes are moved aside
 * because the page's Content-Security-Policy forbids inline styles; `applyStyles` puts them back through the CSSOM.
 */
export function prepareMail(source: string): PreparedMail {
  const doc = new DOMParser().parseFromString(source.replaceAll(/\sstyle\s*=/gi, ' data-style='), 'text/html');
  const sheets = [...doc.querySelectorAll('style')].map((element) => element.textContent ?? '');
  for (const element of doc.querySelectorAll(`${refused}, style`)) element.remove();
  for (const element of doc.body.querySelectorAll('*')) {
    for (const { name, value } of [...element.attributes]) {
      const loads = ['src', 'srcset', 'background', 'poster'].includes(name) && !value.startsWith('data:image/');
      const runs = name.startsWith('on') || (name === 'href' && !/^(https?:|mailto:|#)/i.test(value.trim()));
      if (loads || runs) element.removeAttribute(name);
    }
    if (element instanceof HTMLAnchorElement) element.target = '_blank';
  }
  return { html: `<!doctype html><html><body>${doc.body.innerHTML}</body></html>`, sheets };
}

function applyStyles(frame: HTMLIFrameElement, sheets: string[]): void {
  const doc = frame.contentDocument;
  const view = doc?.defaultView;
  if (!doc || !view) return;
  for (const element of doc.querySelectorAll<HTMLElement>('[data-style]')) {
    element.style.cssText = element.dataset.style ?? '';
  }
  doc.adoptedStyleSheets = sheets.map((text) => {
    const sheet = new view.CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
}

/** A mail's HTML in a frame without scripts; it keeps our origin only so that its styles can be applied from outside. */
export function MailFrame({ html, title }: { html: string; title: string }) {
  const mail = useMemo(() => prepareMail(html), [html]);
  return (
    <iframe
      className="mail-frame"
      title={title}
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      srcDoc={mail.html}
      onLoad={(event) => applyStyles(event.currentTarget, mail.sheets)}
    />
  );
}
