import { wordKey } from './text.ts';

const words: Readonly<Record<string, string>> = {
  extraextrasmall: 'XXS',
  '2xsmall': 'XXS',
  xxsmall: 'XXS',
  '2xs': 'XXS',
  xxs: 'XXS',
  extrasmall: 'XS',
  xsmall: 'XS',
  xs: 'XS',
  small: 'S',
  s: 'S',
  medium: 'M',
  med: 'M',
  m: 'M',
  large: 'L',
  l: 'L',
  extralarge: 'XL',
  xlarge: 'XL',
  xl: 'XL',
  extraextralarge: 'XXL',
  xxlarge: 'XXL',
  '2xlarge': 'XXL',
  '2xl': 'XXL',
  xxl: 'XXL',
  onesize: 'One size',
  onesizefitsall: 'One size',
  os: 'One size',
  freesize: 'One size',
  allsize: 'One size',
};

const systems: Readonly<Record<string, string>> = {
  eu: 'EU',
  eur: 'EU',
  euro: 'EU',
  us: 'US',
  usa: 'US',
  uk: 'UK',
  gb: 'UK',
};

/** A size in one spelling; null where it is none that is known. Sizes of one system are never turned into another's. */
export function normalSize(text: string): string | null {
  const key = wordKey(text);
  const word = Object.hasOwn(words, key) ? words[key] : undefined;
  if (word) return word;
  const many = /^(\d{1,2})xl(?:arge)?$/.exec(key) ?? null;
  if (many) return `${Number(many[1])}XL`;
  const crosses = /^(x{3,9})l(?:arge)?$/.exec(key);
  if (crosses) return `${crosses[1]?.length}XL`;
  return shoeSize(text);
}

/** "EU42", "42 eur", "uk 7½", "US 8,5" → system, blank, number with a point; null where no system is named. */
function shoeSize(text: string): string | null {
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/\s*½/u, '.5')
    .replace(/\s+1\/2/u, '.5')
    .replace(',', '.');
  const match =
    /^(?<system>eur|euro|eu|usa|us|uk|gb)\s*-?\s*(?<size>\d{1,2}(?:\.\d{1,2})?)$/.exec(plain) ??
    /^(?<size>\d{1,2}(?:\.\d{1,2})?)\s*(?<system>eur|euro|eu|usa|us|uk|gb)$/.exec(plain);
  const system = systems[match?.groups?.system ?? ''];
  const size = Number(match?.groups?.size);
  return system && size > 0 ? `${system} ${size}` : null;
}
