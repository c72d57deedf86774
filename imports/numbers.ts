/** Ways of writing a number that can be read as two different numbers, or that differ from 1234.50. */
export const numberStyles = {
  'dot-thousands': {
    title: 'dots between groups of three digits, as in 1.299.000,00 or 1.299.000',
    answers: { thousands: 'the dots group thousands: 1.299.000,00 is 1299000.00' },
  },
  'three-after-dot': {
    title: 'one dot before exactly three digits, as in 1.299',
    answers: {
      thousands: 'the dot groups thousands: 1.299 is 1299',
      decimal: 'the dot begins the decimals: 1.299 is 1.299',
    },
  },
  'three-after-comma': {
    title: 'one comma before exactly three digits, as in 1,299',
    answers: {
      thousands: 'the comma groups thousands: 1,299 is 1299',
      decimal: 'the comma begins the decimals: 1,299 is 1.299',
    },
  },
} as const;
export type NumberStyle = keyof typeof numberStyles;
export type StyleAnswer = 'thousands' | 'decimal' | 'refuse';
export type StyleAnswers = Partial<Record<NumberStyle, StyleAnswer>>;

export type Parsed =
  | { readonly kind: 'ok'; readonly digits: string; readonly decimals: string; readonly isNegative: boolean }
  | { readonly kind: 'question'; readonly style: NumberStyle }
  | { readonly kind: 'refused'; readonly reason: string };

const spaces = /[\s\u00a0\u2009\u202f']/g;

/** Reads a number as brands write it. What can be read in two ways is a question until its style is answered. */
export function parseNumber(text: string, answers: StyleAnswers): Parsed {
  const plain = text.replaceAll(spaces, '');
  const isNegative = plain.startsWith('-') || /^\(.*\)$/.test(plain);
  const body = plain.replaceAll(/^[-+(]|\)$/g, '');
  const ok = (digits: string, decimals = ''): Parsed => ({ kind: 'ok', digits: digits || '0', decimals, isNegative });
  if (/^\d+$/.test(body)) return ok(body);
  const simple = /^(\d*)[.,](\d+)$/.exec(body);
  if (simple?.[2] !== undefined && !(simple[2].length === 3 && simple[1] !== '' && simple[1] !== '0')) {
    return ok(simple[1] ?? '', simple[2]);
  }
  if (simple) return ofStyle(body.includes('.') ? 'three-after-dot' : 'three-after-comma', body, answers, ok);
  if (/^\d{1,3}(,\d{3})+(\.\d+)?$/.test(body)) {
    const [whole = '', decimals = ''] = body.split('.');
    return ok(whole.replaceAll(',', ''), decimals);
  }
  if (/^\d{1,3}(\.\d{3})+(,\d+)?$/.test(body)) return ofStyle('dot-thousands', body, answers, ok);
  return { kind: 'refused', reason: 'It is not a number.' };
}

function ofStyle(
  style: NumberStyle,
  body: string,
  answers: StyleAnswers,
  ok: (digits: string, decimals?: string) => Parsed,
): Parsed {
  const answer = answers[style];
  if (answer === undefined) return { kind: 'question', style };
  if (answer === 'refuse')
    return { kind: 'refused', reason: 'Numbers written like this were refused for this import.' };
  if (style === 'dot-thousands') {
    const [whole = '', decimals = ''] = body.split(',');
    return ok(whole.replaceAll('.', ''), decimals);
  }
  const [whole = '', rest = ''] = body.split(/[.,]/);
  return answer === 'thousands' ? ok(whole + rest) : ok(whole, rest);
}

const currencySigns: Readonly<Record<string, string>> = {
  '€': 'EUR',
  '£': 'GBP',
  '฿': 'THB',
  '₫': 'VND',
  '₹': 'INR',
  Rp: 'IDR',
  RM: 'MYR',
  S$: 'SGD',
  A$: 'AUD',
  US$: 'USD',
  NZ$: 'NZD',
};

const currencyAndNumber =
  /^\s*([A-Za-z]{2,3}\$?|[A-Z]?\$|[€£฿₫₹])?\s*([-+(]?[.,]?\d[\d.,\s\u00a0\u2009\u202f']*\)?)\s*([A-Za-z]{2,3}|[€£฿₫₹$])?\s*$/;

/** Divides `A$ 12.50` into a number and the currency that stands with it; `$` alone says no currency. */
export function splitCurrency(text: string): { number: string; currency: string | null } {
  const match = currencyAndNumber.exec(text);
  if (!match) return { number: text, currency: null };
  const sign = match[1] ?? match[3];
  if (sign === undefined || sign === '$') return { number: match[2] ?? text, currency: null };
  return { number: match[2] ?? text, currency: currencySigns[sign] ?? sign.toUpperCase() };
}

/** Largest amount in minor units: far above any price, far below 2^53. */
const maxMinor = 1_000_000_000_000;

/** Minor units of a currency with so many digits after the point; null with a reason where they do not fit. */
export function toMinor(
  { digits, decimals, isNegative }: Extract<Parsed, { kind: 'ok' }>,
  places: number,
): { minor: number } | { reason: string } {
  const kept = decimals.replace(/0+$/, '');
  if (kept.length > places) return { reason: `It has more than ${places} digits after the decimal point.` };
  if (digits.length > 13) return { reason: 'It is larger than any price.' };
  const minor = Number(digits + kept.padEnd(places, '0'));
  if (minor > maxMinor) return { reason: 'It is larger than any price.' };
  return { minor: isNegative ? -minor : minor };
}
