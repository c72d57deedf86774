import type { Rule, RuleSet, Vocabulary } from './rules.ts';

const colours: Vocabulary = {
  Black: ['noir', 'schwarz', 'hitam', 'jet black', 'blk'],
  White: ['blanc', 'weiss', 'weiß', 'putih', 'wht', 'optic white'],
  Grey: ['gray', 'gris', 'grau', 'abu-abu', 'abu abu', 'charcoal grey'],
  Red: ['rouge', 'rot', 'merah'],
  Blue: ['bleu', 'blau', 'biru'],
  Navy: ['navy blue', 'marine', 'biru tua', 'dark navy'],
  Green: ['vert', 'grün', 'gruen', 'hijau'],
  Yellow: ['jaune', 'gelb', 'kuning'],
  Orange: ['oranye'],
  Pink: ['rose', 'rosa', 'merah muda'],
  Purple: ['violet', 'lila', 'ungu'],
  Brown: ['brun', 'braun', 'coklat', 'cokelat'],
  Beige: ['sand', 'krem'],
  Silver: ['argent', 'silber', 'perak'],
  Gold: ['or', 'emas'],
  Multicolour: ['multicolor', 'multi colour', 'multi-coloured', 'assorted', 'bunt'],
};

const line = (id: string, field: string): Rule[] => [
  { id: `${id}-html`, field, do: { op: 'html', keep: 'text' }, note: 'tags and entities become plain text' },
  { id: `${id}-text`, field, do: { op: 'text' }, note: 'one line, no control characters or special blanks' },
];

const sizeNames = ['Size', 'Shoe size', 'Ukuran', 'Größe', 'Taille'];
const colourNames = ['Colour', 'Color', 'Warna', 'Farbe', 'Couleur'];
const both = (name: string): string[] => [`attributes.${name}`, `options.${name}`];
const slug = (field: string): string =>
  field
    .normalize('NFKD')
    .replace(/[^A-Za-z]+/g, '-')
    .toLowerCase();

/** What holds while no installation rule set has been activated; version 1 of it is best begun from these. */
export const standardRules: RuleSet = {
  scope: 'standard',
  version: 1,
  vocabularies: { colours },
  rules: [
    ...line('title', 'title'),
    { id: 'title-calm', field: 'title', do: { op: 'case', to: 'calm' }, note: 'a title that shouts is calmed' },
    {
      id: 'description-safe',
      field: 'description',
      do: { op: 'html', keep: 'safe' },
      note: 'no scripts, styles, links or tracking pixels',
    },
    ...line('category', 'category'),
    ...line('attributes', 'attributes'),
    ...line('options', 'options'),
    ...sizeNames.flatMap(both).map((field): Rule => ({ id: `size-${slug(field)}`, field, do: { op: 'size' } })),
    ...colourNames.flatMap(both).map(
      (field): Rule => ({
        id: `colour-${slug(field)}`,
        field,
        do: { op: 'vocabulary', name: 'colours', unknown: 'keep' },
      }),
    ),
    { id: 'weight', field: 'weightGrams', do: { op: 'unit', to: 'g', assume: 'g' } },
    {
      id: 'weight-bounds',
      field: 'weightGrams',
      do: { op: 'bounds', min: 1, max: 70_000, unknown: 'warn' },
      note: 'more than a carrier’s heaviest parcel',
    },
    ...(['lengthMm', 'widthMm', 'heightMm'] as const).map(
      (field): Rule => ({ id: slug(field), field, do: { op: 'unit', to: 'mm', assume: 'mm' } }),
    ),
    { id: 'barcode-text', field: 'barcode', do: { op: 'text' } },
    { id: 'hs-code', field: 'hsCode', do: { op: 'hs-code', unknown: 'warn' } },
    { id: 'origin', field: 'originCountryCode', do: { op: 'country', unknown: 'warn' } },
  ],
};

/** What a brand without rules of its own is refined with. */
export const standardBook = { sets: [standardRules] } as const;
