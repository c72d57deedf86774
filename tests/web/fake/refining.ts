import { standardRules } from '../../../cleaning/standard.ts';
import type {
  DryRunAnswer,
  Glossary,
  MappingQueue,
  Mappings,
  ProductFields,
  RuleSetDetail,
  RuleSets,
  Targets,
  TranslationRow,
  TranslationSettings,
} from '../../../client/web/api/types/refining.ts';
import { idOf } from './ids.ts';
import { brands, jdId, ref } from './refs.ts';
import type { Answer, Asked } from './routes.ts';
import type { World } from './world.ts';

const [kirana] = brands;
const at = '2026-07-14T02:00:00.000Z';
const setId = idOf('rule-set/kirana');
const head = {
  id: setId,
  name: 'kirana',
  scope: 'brand',
  brandId: kirana.id,
  connectionId: null,
  activeVersion: 1,
  versions: 2,
} as const;
const { version, rules, vocabularies } = structuredClone(standardRules);

const ruleSets = {
  sets: [head],
  standard: { version, rules, vocabularies },
  waiting: { products: 3, listings: 0 },
} as unknown as RuleSets;
const ruleSet = {
  set: head,
  versions: [
    {
      number: 2,
      rules: rules.slice(0, 4),
      vocabularies,
      note: 'No shouting',
      createdBy: 'ops@example.com',
      createdAt: at,
    },
    { number: 1, rules: rules.slice(0, 2), vocabularies: {}, note: '', createdBy: 'ops@example.com', createdAt: at },
  ],
  activations: [{ number: 1, by: 'ops@example.com', why: null, at }],
} as unknown as RuleSetDetail;
const dryRun = (productId: string): DryRunAnswer => ({
  what: 'products',
  looked: 24,
  of: 24,
  differ: 1,
  samples: [
    {
      id: productId,
      title: 'BATIK SHIRT',
      fields: [{ field: 'title', before: 'BATIK SHIRT', after: 'Batik Shirt', rules: ['title-calm'] }],
      newFindings: [],
      goneFindings: ['title: it shouts.'],
    },
  ],
});

const fields: ProductFields = {
  source: { kind: 'shop', rules: 'standard 1, kirana 1', refinedAt: at, stale: false },
  fields: [
    { field: 'category', value: 'Shirts', owner: 'source', raw: 'Shirts', steps: [], setBy: null, setAt: null },
    {
      field: 'description',
      value: '<p>Hand-drawn cotton</p>',
      owner: 'rule',
      raw: '<p onclick="x">Hand-drawn cotton</p><script>count()</script>',
      steps: [
        {
          rule: 'description-safe',
          version: 'standard 1',
          before: '<p onclick="x">Hand-drawn cotton</p><script>count()</script>',
          after: '<p>Hand-drawn cotton</p>',
        },
      ],
      setBy: null,
      setAt: null,
    },
    {
      field: 'title',
      value: 'Batik shirt “Parang”',
      owner: 'person',
      raw: 'BATIK SHIRT',
      steps: [],
      setBy: 'ops@example.com',
      setAt: at,
    },
  ],
};

const queue = (productId: string): MappingQueue => ({
  rows: [
    {
      connection: jdId,
      kind: 'category',
      sourceKey: 'shirts > batik',
      sourceLabel: 'Shirts > Batik',
      required: true,
      listings: 17,
      brands: [ref(kirana)],
      samples: [{ productId, title: 'Batik shirt “Parang” No. 1' }],
    },
    {
      connection: jdId,
      kind: 'value',
      sourceKey: 'colour=indigo',
      sourceLabel: 'Colour = Indigo',
      required: false,
      listings: 4,
      brands: [ref(kirana)],
      samples: [],
    },
  ],
  total: 2,
  waiting: 0,
});
const targets: Targets = {
  rows: [
    { id: '122', label: 'Fashion > Men > Shirts' },
    { id: '133', label: 'Fashion > Men > Batik' },
  ],
};
const mappings: Mappings = {
  rows: [
    {
      id: idOf('mapping/1'),
      brandId: null,
      kind: 'category',
      sourceKey: 'scarves',
      sourceLabel: 'Scarves',
      targetId: '144',
      targetLabel: 'Fashion > Scarves',
      setBy: 'ops@example.com',
      setAt: at,
    },
  ],
};
const translation = (productId: string, field: string, overrides: Partial<TranslationRow>): TranslationRow => ({
  id: idOf(`translation/${field}`),
  product: { id: productId, title: 'Batik shirt “Parang” No. 1' },
  brand: ref(kirana),
  language: 'id',
  field,
  source: 'Soft cotton shirt',
  text: 'Kemeja katun lembut',
  status: 'needs-person',
  stale: false,
  proposal: null,
  origin: 'machine',
  note: '',
  owner: 'DeepL',
  updatedAt: at,
  revision: 1,
  ...overrides,
});
const translations = (productId: string): TranslationRow[] => [
  translation(productId, 'title', {}),
  translation(productId, 'description', {
    source: '<p>Hand-drawn cotton, dyed with indigo.</p>',
    text: '<p>Katun tulis.</p>',
    status: 'approved',
    stale: true,
    origin: 'person',
    owner: 'ops@example.com',
    proposal: {
      text: '<p>Katun tulis, dicelup indigo.</p>',
      origin: 'fuzzy',
      note: 'Taken from a text that is 82 % the same.',
    },
  }),
];
const glossary: Glossary = {
  rows: [
    {
      id: idOf('term/1'),
      brand: null,
      language: null,
      term: 'Kirana Batik',
      translation: null,
      setBy: 'ops@example.com',
      setAt: at,
    },
    {
      id: idOf('term/2'),
      brand: ref(kirana),
      language: 'id',
      term: 'hand-drawn',
      translation: 'tulis',
      setBy: 'ops@example.com',
      setAt: at,
    },
  ],
};
const settings: TranslationSettings = {
  month: '2026-07',
  rows: brands.map((brand) => ({
    brand: ref(brand),
    sourceLanguage: 'en',
    unapproved: 'warn',
    monthlyCharacters: 500_000,
    usedCharacters: 12_400,
    waiting: 2,
  })),
};

const ok = (body: unknown): Answer => ({ status: 200, body });

/** Answers the calls about rules, mappings and translations; null for all others. */
export function refiningAnswer(world: World, { method, path, body }: Asked): Answer | null {
  const productId = world.products[0]?.id ?? '';
  if (/^\/api\/products\/[^/]+\/fields$/.test(path))
    return ok(method === 'GET' ? fields : { ok: true, released: true });
  const rows = translations(productId);
  const answers: Record<string, unknown> = {
    'GET /api/rules': ruleSets,
    [`GET /api/rules/${setId}`]: ruleSet,
    [`POST /api/rules/${setId}/dry-run`]: dryRun(productId),
    [`POST /api/rules/${setId}/activate`]: { ok: true, waiting: 24 },
    'POST /api/rules': { id: setId, number: 3 },
    'GET /api/mappings/queue': queue(productId),
    'GET /api/mappings/targets': targets,
    'GET /api/mappings': mappings,
    'GET /api/listing-reasons': { rows: [] },
    'POST /api/mappings': { ok: true, id: idOf('mapping/2'), waiting: 17 },
    'GET /api/translations': { rows, next: null, total: rows.length },
    'POST /api/translations/approve': { results: itemsOf(body).map(({ id }) => ({ id, ok: true, revision: 2 })) },
    'GET /api/glossary': glossary,
    'POST /api/glossary': { ok: true, replaced: 0 },
    'GET /api/translation-settings': settings,
    'POST /api/translation-settings': { ok: true },
  };
  const key = `${method} ${path}`;
  return Object.hasOwn(answers, key) ? ok(answers[key]) : null;
}

function itemsOf(body: unknown): { id: string }[] {
  return typeof body === 'object' && body !== null && 'items' in body ? (body.items as { id: string }[]) : [];
}
