/** A few words for the eye; every other word stays and is marked, so that a text is seen to be translated. */
const dictionary: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ID: {
    and: 'dan',
    black: 'hitam',
    blue: 'biru',
    candle: 'lilin',
    cotton: 'katun',
    face: 'wajah',
    for: 'untuk',
    green: 'hijau',
    leather: 'kulit',
    of: 'dari',
    oil: 'minyak',
    red: 'merah',
    shirt: 'kemeja',
    soft: 'lembut',
    the: '',
    warm: 'hangat',
    water: 'air',
    white: 'putih',
    with: 'dengan',
    wool: 'wol',
  },
  TH: {
    and: 'และ',
    black: 'สีดำ',
    blue: 'สีน้ำเงิน',
    cotton: 'ผ้าฝ้าย',
    face: 'ใบหน้า',
    for: 'สำหรับ',
    leather: 'หนัง',
    oil: 'น้ำมัน',
    red: 'สีแดง',
    shirt: 'เสื้อ',
    soft: 'นุ่ม',
    warm: 'อบอุ่น',
    water: 'น้ำ',
    white: 'สีขาว',
    wool: 'ขนสัตว์',
  },
};

const mark: Readonly<Record<string, string>> = { ID: 'ID', TH: 'TH' };

function sentence(text: string, to: string): string {
  const words = dictionary[to] ?? {};
  const lead = /^\s*/.exec(text)?.[0] ?? '';
  const body = text.slice(lead.length);
  if (!/\p{L}/u.test(body)) return text;
  const done = body.replace(/(?<![&\p{L}])\p{L}+/gu, (word) => {
    const known = Object.hasOwn(words, word.toLowerCase()) ? (words[word.toLowerCase()] ?? word) : word;
    return /^\p{Lu}/u.test(word) ? known.charAt(0).toUpperCase() + known.slice(1) : known;
  });
  return `${lead}[${mark[to] ?? to}] ${done.replace(/ {2,}/g, ' ').trimStart()}`;
}

/**
 * Translates text by text between tags. What stands in an ignored element, in `translate="no"` or in a comment stays, as
 * do all tags. The same text always becomes the same translation.
 */
export function translate(text: string, to: string, tags: 'xml' | 'html' | null, ignore: readonly string[]): string {
  if (tags === null) return sentence(text, to);
  let depth = 0;
  let first = true;
  const inside: { name: string; kept: boolean }[] = [];
  return text
    .split(/(<[^>]*>)/)
    .map((part) => {
      const tag = /^<(\/?)([A-Za-z][\w.-]*)([^>]*?)(\/?)>$/.exec(part);
      if (tag) {
        const [, closing, name = '', attributes = '', self] = tag;
        const kept = ignore.includes(name) || (tags === 'html' && /\btranslate="no"/.test(attributes));
        if (closing) {
          const index = inside.findLastIndex((element) => element.name === name);
          if (index >= 0 && inside.splice(index, 1)[0]?.kept) depth -= 1;
        } else if (!self && !['br', 'hr', 'img'].includes(name)) {
          inside.push({ name, kept });
          if (kept) depth += 1;
        }
        return part;
      }
      if (part.startsWith('<') || depth > 0) return part;
      const done = sentence(part, to);
      // One mark a text is enough for the eye, and keeps sentences with kept parts in one piece.
      const shown = first ? done : done.replace(/^(\s*)\[[A-Z-]+\] /, '$1');
      if (done !== part) first = false;
      return shown;
    })
    .join('');
}
