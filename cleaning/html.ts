import { compile } from 'html-to-text';
import sanitizeHtml from 'sanitize-html';
import { cleanLines, cleanText, wellFormed } from './text.ts';

/** Each pass undoes one layer of escaping; more layers than this nobody writes by accident. */
const maxPasses = 12;
/** A picture of at most this many pixels on a side is there to count readers. */
const trackingPixels = 3;

const allowedTags = [
  ...['p', 'br', 'ul', 'ol', 'li', 'b', 'strong', 'i', 'em', 'u', 'sub', 'sup', 'h2', 'h3', 'h4', 'blockquote', 'hr'],
  ...['table', 'thead', 'tbody', 'tr', 'th', 'td', 'img'],
];

const isTiny = (size: string | undefined): boolean => size !== undefined && Number.parseFloat(size) < trackingPixels;
const isHidden = (style: string | undefined): boolean =>
  style !== undefined &&
  /display\s*:\s*none|visibility\s*:\s*hidden|(width|height)\s*:\s*[0-2](px)?\s*(;|$)/i.test(style);

/** A tag that nobody allows is taken out. */
const picture: sanitizeHtml.Transformer = (tagName, attribs) => {
  const counts = !attribs.src || isTiny(attribs.width) || isTiny(attribs.height) || isHidden(attribs.style);
  return { tagName: counts ? 'tracking-pixel' : tagName, attribs };
};

function stable(text: string, pass: (text: string) => string): string {
  let present = text;
  for (let count = 0; count < maxPasses; count += 1) {
    const next = pass(present);
    if (next === present) return present;
    present = next;
  }
  return present;
}

function safePass(html: string): string {
  // Nothing in it is markup or escaped.
  if (!/[<>&]/.test(html)) return cleanLines(html);
  const clean = sanitizeHtml(html, {
    allowedTags,
    allowedAttributes: { img: ['src', 'alt'], td: ['colspan', 'rowspan'], th: ['colspan', 'rowspan'] },
    allowedSchemes: ['https', 'http'],
    allowProtocolRelative: false,
    // A first heading is the marketplace page's own.
    transformTags: { h1: 'h2', h5: 'h4', h6: 'h4', div: 'p', img: picture },
    exclusiveFilter: ({ tag, text, mediaChildren }) =>
      ['p', 'li', 'b', 'strong', 'i', 'em', 'u', 'h2', 'h3', 'h4'].includes(tag) &&
      text.trim() === '' &&
      mediaChildren.length === 0,
    nestingLimit: 40,
  });
  return cleanLines(clean.replaceAll('&nbsp;', ' '));
}

/**
 * HTML that is safe to send and to show: no scripts, styles, frames, forms, links or tracking pixels; their texts stay
 * where they are texts. Plain text comes back as it is. Applied again, it changes nothing.
 */
export const safeHtml = (html: string): string => stable(wellFormed(html), safePass);

const toText = compile({
  wordwrap: false,
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'skip' },
    { selector: 'script', format: 'skip' },
    { selector: 'style', format: 'skip' },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'li', 'ul', 'ol'].map((selector) => ({ selector, format: 'block' })),
    { selector: 'hr', format: 'skip' },
  ],
  limits: { maxInputLength: 1_000_000, ellipsis: '' },
});

const textPass = (html: string): string => (/[<&]/.test(html) ? cleanText(toText(html)) : cleanText(html));

/** One line of plain text without tags and entities, however often they were escaped. */
export const htmlToLine = (html: string): string => stable(wellFormed(html), textPass);
