/** A number as a person wrote it, exact: `units` is it times ten to the power of `places`. */
export type ReadNumber = { ok: true; units: number } | { ok: false; why: string };

const refuse = (why: string): ReadNumber => ({ ok: false, why });

/** Whether `1,234` or `1.234` can be meant as a group of thousands, by the separator that stands alone in it. */
export interface NumberHabit {
  /** Decimals that the value may have. */
  places: number;
  /** Separators that mean thousands where three digits follow them and nothing else tells. */
  groups: readonly string[];
}

/**
 * Reads `95000`, `95,000`, `1.299.000,00`, `−12.5`. What could be meant in two ways is refused with the question, never
 * guessed; zeros beyond the permitted decimals are fine.
 */
export function readNumber(text: string, { places, groups }: NumberHabit): ReadNumber {
  const plain = text.replaceAll(/[\s'’]/g, '').replace(/^[−–]/, '-');
  const parts = /^([+-]?)(\d[\d.,]*|[.,]\d+)$/.exec(plain);
  if (!parts) return refuse(`“${text.trim()}” is no number.`);
  const [, sign = '', digits = ''] = parts;
  const split = splitDecimals(digits, places, groups);
  if (!split.ok) return refuse(split.why);
  const fraction = split.fraction.replace(/0+$/, '');
  if (fraction.length > places) {
    return refuse(places === 0 ? 'It has no decimals.' : `It has at most ${places} decimals.`);
  }
  const units = Number(`${split.whole || '0'}${fraction.padEnd(places, '0')}`);
  if (!Number.isSafeInteger(units)) return refuse('The number is too large.');
  return { ok: true, units: sign === '-' && units !== 0 ? -units : units };
}

type Split = { ok: true; whole: string; fraction: string } | { ok: false; why: string };

function splitDecimals(digits: string, places: number, groups: readonly string[]): Split {
  const marks = [...digits].filter((sign) => sign === '.' || sign === ',');
  const last = marks.at(-1);
  if (last === undefined) return { ok: true, whole: digits, fraction: '' };
  const at = digits.lastIndexOf(last);
  const after = digits.slice(at + 1);
  const mixed = marks.some((mark) => mark !== last);
  const repeated = marks.filter((mark) => mark === last).length > 1;
  if (mixed && repeated) return { ok: false, why: 'Its separators are mixed up.' };
  if (repeated) return ungroup(digits, last, '');
  if (mixed) return ungroup(digits.slice(0, at), last === '.' ? ',' : '.', after);
  if (after.length === 3 && digits.length > 4 - (at === 0 ? 1 : 0)) {
    if (groups.includes(last)) return ungroup(digits, last, '');
    if (places < 3) {
      const whole = digits.replace(last, '');
      return {
        ok: false,
        why: `Is it ${whole} or ${digits.slice(0, at)}.${after}? Write it without separators of thousands.`,
      };
    }
  }
  return { ok: true, whole: digits.slice(0, at), fraction: after };
}

function ungroup(whole: string, separator: string, fraction: string): Split {
  const [first = '', ...rest] = whole.split(separator);
  const even = first.length >= 1 && first.length <= 3 && rest.every((group) => group.length === 3);
  return even
    ? { ok: true, whole: [first, ...rest].join(''), fraction }
    : { ok: false, why: 'Its separators of thousands are not every three digits.' };
}

/** The number without any separator of thousands: what an editor or a spreadsheet gets. */
export function plainNumber(units: number, places: number): string {
  const digits = String(Math.abs(units)).padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  return `${units < 0 ? '-' : ''}${whole}${places === 0 ? '' : `.${digits.slice(-places)}`}`;
}
