import { wordKey } from './text.ts';

const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
/** Codes that the tables of names know and ISO 3166-1 does not assign to a country. */
const noCountries = new Set(['EU', 'EZ', 'UN', 'XA', 'XB', 'QO', 'ZZ', 'AC', 'CP', 'CQ', 'DG', 'EA', 'IC', 'TA', 'XK']);

const byName = new Map<string, string>();
const codes = new Set<string>();
for (const first of letters) {
  for (const second of letters) {
    const code = first + second;
    const name = names.of(code);
    // Withdrawn codes have the name of their successor: only the first code of a name counts, assigned ones come first.
    if (!name || noCountries.has(code) || new Intl.Locale(`und-${code}`).region !== code) continue;
    codes.add(code);
    byName.set(wordKey(name), code);
  }
}

/** Codes of three letters of the countries that goods mostly come from, and names beside the tables'. */
const others: Readonly<Record<string, string>> = {
  uk: 'GB',
  greatbritain: 'GB',
  england: 'GB',
  scotland: 'GB',
  usa: 'US',
  unitedstatesofamerica: 'US',
  america: 'US',
  holland: 'NL',
  czechrepublic: 'CZ',
  turkey: 'TR',
  korea: 'KR',
  republicofkorea: 'KR',
  prc: 'CN',
  mainlandchina: 'CN',
  hongkong: 'HK',
  macau: 'MO',
  uae: 'AE',
  viet: 'VN',
  ...Object.fromEntries(
    (
      'AUS:AU AUT:AT BEL:BE BGD:BD BGR:BG BRA:BR CAN:CA CHE:CH CHN:CN CZE:CZ DEU:DE DNK:DK EGY:EG ESP:ES EST:EE FIN:FI FRA:FR ' +
      'GBR:GB GRC:GR HKG:HK HUN:HU IDN:ID IND:IN IRL:IE ISR:IL ITA:IT JPN:JP KHM:KH KOR:KR LKA:LK LTU:LT LVA:LV MAR:MA MEX:MX ' +
      'MMR:MM MYS:MY NLD:NL NOR:NO NZL:NZ PAK:PK PER:PE PHL:PH POL:PL PRT:PT ROU:RO SGP:SG SVK:SK SVN:SI SWE:SE THA:TH TUN:TN ' +
      'TUR:TR TWN:TW UKR:UA VNM:VN ZAF:ZA'
    )
      .split(' ')
      .map((pair) => pair.toLowerCase().split(':'))
      .map(([three = '', two = '']) => [three, two.toUpperCase()]),
  ),
};

/** ISO 3166-1 alpha-2 of a code or an English name; null where nobody knows it. */
export function countryCode(text: string): string | null {
  const upper = text.trim().toUpperCase();
  if (upper.length === 2 && codes.has(upper)) return upper;
  const key = wordKey(text);
  return (Object.hasOwn(others, key) ? others[key] : undefined) ?? byName.get(key) ?? null;
}
