import { useMemo } from 'react';

/** Elements that a shop's description may not bring along: code, other documents, forms, and what would load or redirect. */
const refused = 'script, iframe, frame, object, embed, form, link, meta, base, svg, audio, video';

interface PreparedHtml {
  html: string;
  sheets: string[];
}

/**
 * Renames, inside of tags only, what the page's Content-Security-Policy would report already while it is parsed:
 * styles are set aside (a textarea keeps a sheet as plain text), handlers lose their names. This spares the console; what
 * is allowed is decided afterwards, on the parsed elements.
 */
function disarm(source: string): string {
  return source.replaceAll(/<\/?[a-z][^>]*>/gi, (tag) =>
    tag
      .replace(/^<style\b/i, '<textarea data-sheet')
      .replace(/^<\/style\b/i, '</textarea')
      .replaceAll(/(\s)style\s*=/gi, '$1data-style=')
      .replaceAll(/(\s)on\w+\s*=/gi, '$1data-handler='),
  );
}

/**
 * Foreign HTML as it may be shown: no code, no handlers, nothing fetched from elsewhere. Its styles were moved aside because
 * the page's Content-Security-Policy forbids inline styles; `applyStyles` puts them back through the CSSOM.
 */
export function prepareHtml(source: string): PreparedHtml {
  const doc = new DOMParser().parseFromString(disarm(source), 'text/html');
  const sheets = [...doc.querySelectorAll('textarea[data-sheet]')].map((element) => element.textContent ?? '');
  for (const element of doc.querySelectorAll(`${refused}, style, textarea`)) element.remove();
  for (const element of doc.body.querySelectorAll('*')) {
    for (const { name, value } of [...element.attributes]) {
      const loads = ['src', 'srcset', 'background', 'poster'].includes(name) && !value.startsWith('data:image/');
      const runs = name.startsWith('on') || (name === 'href' && !/^(https?:|mailto:|#)/i.test(value.trim()));
      if (loads || runs) element.removeAttribute(name);
    }
    if (element instanceof HTMLAnchorElement) element.target = '_blank';
  }
  const frame = document.createElement('div');
  frame.dataset.style = doc.body.dataset.style ?? '';
  frame.innerHTML = doc.body.innerHTML;
  return { html: `<!doctype html><html><body>${frame.outerHTML}</body></html>`, sheets };
}

/** What a text without styles of its own looks like. */
const plainSheet =
  'body { margin: 12px; font: 14px/1.45 system-ui, sans-serif; color: #1c2329; overflow-wrap: anywhere }';
const tallestPx = 640;

function applyStyles(frame: HTMLIFrameElement, sheets: string[]): void {
  const doc = frame.contentDocument;
  const view = doc?.defaultView;
  if (!doc || !view) return;
  for (const element of doc.querySelectorAll<HTMLElement>('[data-style]')) {
    element.style.cssText = element.dataset.style ?? '';
  }
  doc.adoptedStyleSheets = [plainSheet, ...sheets].map((text) => {
    const sheet = new view.CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
  frame.style.height = `${Math.min(tallestPx, doc.documentElement.scrollHeight + 4)}px`;
}

/** A description's HTML in a frame without scripts; it keeps our origin only so that its styles can be applied from outside. */
export function HtmlFrame({ html, title }: { html: string; title: string }) {
  const prepared = useMemo(() => prepareHtml(html), [html]);
  return (
    <iframe
      className="html-frame"
      title={title}
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      srcDoc={prepared.html}
      onLoad={(event) => applyStyles(event.currentTarget, prepared.sheets)}
    />
  );
}
