/**
 * Latin writing of what no font here can draw. Good enough to tell people and places apart, not to pronounce them; the
 * text as it was given stays in the order.
 */

const initials = 'g kk n d tt r m b pp s ss  j jj ch k t p h'.split(' ');
const medials = 'a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i'.split(' ');
const finals = [
  ...['', 'k', 'k', 'k', 'n', 'n', 'n', 't', 'l', 'k', 'm', 'l', 'l', 'l', 'p', 'l', 'm', 'p', 'p', 't', 't', 'ng'],
  ...['t', 't', 'k', 't', 'p', 't'],
];
const firstSyllable = 0xac00;
const lastSyllable = 0xd7a3;

/** One Hangul syllable by the Revised Romanization of Korean, without its changes between syllables. */
function syllable(codePoint: number): string {
  const index = codePoint - firstSyllable;
  const perInitial = medials.length * finals.length;
  const initial = initials[Math.floor(index / perInitial)] ?? '';
  const medial = medials[Math.floor((index % perInitial) / finals.length)] ?? '';
  return initial + medial + (finals[index % finals.length] ?? '');
}

/** Arabic letters (with those of Persian and Urdu) by common usage; vowel signs are mostly not written there. */
const arabic: Readonly<Record<string, string>> = Object.fromEntries(
  (
    'ا a|أ a|إ i|آ aa|ٱ a|ب b|ت t|ة h|ث th|ج j|ح h|خ kh|د d|ذ dh|ر r|ز z|س s|ش sh|ص s|ض d|ط t|ظ z|ع a|غ gh|ف f|ق q|' +
    'ك k|ک k|ل l|م m|ن n|ه h|و w|ؤ w|ي y|ی y|ى a|ئ y|ء |پ p|چ ch|ژ zh|گ g|ڤ v|ہ h|ں n|ے e|' +
    'َ a|ُ u|ِ i|ّ |ْ |ً an|ٌ un|ٍ in|ـ |، ,|؛ ;|؟ ?'
  )
    .split('|')
    .map((pair) => [pair[0] ?? '', pair.slice(2)]),
);

/** Scripts that are named where they cannot be romanised. */
const scripts: readonly (readonly [name: string, test: RegExp])[] = [
  ['Hangul', /\p{Script=Hangul}/u],
  ['Arabic', /\p{Script=Arabic}/u],
  ['Khmer', /\p{Script=Khmer}/u],
  ['Burmese', /\p{Script=Myanmar}/u],
  ['Lao', /\p{Script=Lao}/u],
  ['Tamil', /\p{Script=Tamil}/u],
  ['Bengali', /\p{Script=Bengali}/u],
  ['Hebrew', /\p{Script=Hebrew}/u],
  ['Chinese', /\p{Script=Han}/u],
  ['symbol', /\p{S}/u],
];

/** The names of the scripts that characters belong to, each once. */
export const scriptsOf = (characters: readonly string[]): string[] => [...new Set(characters.map(scriptOf))];

const scriptOf = (character: string): string => scripts.find(([, test]) => test.test(character))?.[0] ?? 'other';

/** Digits of every script stand in blocks of ten that begin at a code ending in 0 or 6. */
function digitOf(codePoint: number): number {
  const block = codePoint - (codePoint % 16);
  return /\p{Nd}/u.test(String.fromCodePoint(block)) ? codePoint - block : codePoint - block - 6;
}

function letter(character: string): string | null {
  const codePoint = character.codePointAt(0) ?? 0;
  if (codePoint >= firstSyllable && codePoint <= lastSyllable) return syllable(codePoint);
  const known = arabic[character];
  if (known !== undefined) return known;
  if (/\p{Nd}/u.test(character)) return String(digitOf(codePoint));
  const plain = character.normalize('NFKD').replace(/\p{M}/gu, '');
  return /^[\x20-\x7e]+$/.test(plain) ? plain : null;
}

/**
 * Replaces what `canDraw` refuses by Latin letters, each word with a capital. Characters of which nobody here knows the
 * Latin writing are counted by their script, such as `[Khmer, 12 characters]`: a person sees that something stands there.
 */
export function romanise(text: string, canDraw: (character: string) => boolean): string {
  const parts: { kind: 'given' | 'romanised' | 'unknown'; script: string; text: string; count: number }[] = [];
  for (const character of text) {
    const latin = canDraw(character) ? null : letter(character);
    const kind = canDraw(character) ? 'given' : latin === null ? 'unknown' : 'romanised';
    const script = kind === 'unknown' ? scriptOf(character) : '';
    const last = parts.at(-1);
    const goesOn = last?.kind === kind && (last.script === script || /\p{M}/u.test(character));
    if (last && goesOn) {
      last.text += latin ?? character;
      last.count += 1;
    } else parts.push({ kind, script, text: latin ?? character, count: 1 });
  }
  return parts
    .map(({ kind, script, text: part, count }) => {
      if (kind === 'given') return part;
      if (kind === 'romanised') return part.replace(/^[a-z]/, (first) => first.toUpperCase());
      return `[${script}, ${count} character${count === 1 ? '' : 's'}]`;
    })
    .join('');
}
