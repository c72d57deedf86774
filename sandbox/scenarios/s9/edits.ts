import { compare, type Row } from '../rows.ts';
import type { EditAnswer, FieldOutcome, RowOutcome, Stage } from './stage.ts';

function only(answer: EditAnswer): RowOutcome {
  const [row] = answer.rows;
  if (!row) throw new Error('the edit was not answered');
  return row;
}

function field(row: RowOutcome, key: string): FieldOutcome {
  const found = row.fields.find((one) => one.key === key);
  if (!found) throw new Error(`${key} was not answered`);
  return found;
}

const minor = (cell: unknown): number | null =>
  typeof cell === 'object' && cell !== null && 'amountMinor' in cell ? Number(cell.amountMinor) : null;

/** A changes the title, B the price of the same listing; and two fields of one product row, both seen at one version. */
export async function differentFields(stage: Stage): Promise<readonly Row[]> {
  const { a, b } = stage;
  const listing = await stage.row('listings', 'KW-001');
  const price = await stage.row('prices', 'KW-001');
  const title = only(await a.save('listings', [{ ...listing, changes: { title: 'Merino tee by A' } }].map(toSave)));
  const typed = { price: '450000', reason: 'by B' };
  const priced = only(await b.save('prices', [{ ...price, changes: typed }].map(toSave)));
  await stage.demo.quiet();
  const after = await stage.row('listings', 'KW-001');
  const priceAfter = await stage.row('prices', 'KW-001');
  const actors = await stage.actorsOf('listing', listing.entity);
  const titleAndPrice = compare('A the title, B the price', {
    'A’s title': ['saved', title.outcome],
    'B’s price': ['saved', priced.outcome],
    'title now': ['Merino tee by A', String(after.cells.title)],
    'price wanted': [450_000, minor(priceAfter.cells.price)],
    listing: ['UPDATE', after.state],
    'A in the history': [true, actors.includes(a.email)],
    'B in the history': [true, actors.includes(b.email)],
  });
  const product = await stage.row('products', 'KW-012');
  const first = only(await a.save('products', [toSave({ ...product, changes: { title: 'Title by A' } })]));
  const second = only(await b.save('products', [toSave({ ...product, changes: { weightGrams: 321 } })]));
  const both = await stage.row('products', 'KW-012');
  const edits = await stage.demo.api.get<{ edits: { by: string }[] }>(`edits?entity=${product.entity}`);
  return [
    titleAndPrice,
    compare('one row, two fields', {
      'A’s title': ['saved', first.outcome],
      'B’s weight, seen at the same version': ['saved', second.outcome],
      row: ['Title by A, 321', `${both.cells.title}, ${both.cells.weightGrams}`],
      'history, newest first': [`${b.email}, ${a.email}`, edits.edits.map(({ by }) => by).join(', ')],
    }),
  ];
}

const toSave = ({ id, version, changes }: { id: string; version: number; changes: Record<string, unknown> }) => ({
  id,
  version,
  changes,
});

/** Both change the price: the second is shown A's name and value, and may keep their own at the present version. */
export async function samePrice(stage: Stage): Promise<Row> {
  const { a, b } = stage;
  const seen = await stage.row('prices', 'KW-002');
  const first = only(await a.save('prices', [toSave({ ...seen, changes: { price: '470000', reason: 'by A' } })]));
  const typed = { price: '480000', reason: 'by B' };
  const second = only(await b.save('prices', [toSave({ ...seen, changes: typed })]));
  const conflict = field(second, 'price');
  const meanwhile = await stage.row('prices', 'KW-002');
  const kept = only(
    await b.save('prices', [{ id: seen.id, version: second.version, changes: typed, keep: { price: 'mine' } }]),
  );
  const after = await stage.row('prices', 'KW-002');
  return compare('both the price', {
    'A’s price': ['saved', first.outcome],
    'B’s price': ['conflict', conflict.outcome],
    'A’s name is shown': [a.email, conflict.by],
    'A’s value is shown': [470_000, minor(conflict.theirs)],
    'B’s value is shown': [480_000, minor(conflict.yours)],
    'what both saw': [minor(seen.cells.price), minor(conflict.base)],
    'wanted meanwhile': [470_000, minor(meanwhile.cells.price)],
    'B keeps theirs': ['saved', field(kept, 'price').outcome],
    'wanted then': [480_000, minor(after.cells.price)],
  });
}

const bulk = 200;

/** A edits 200 rows of which B changed one: 199 are saved, one is listed with nothing of it saved. */
export async function bulkEdit(stage: Stage): Promise<Row> {
  const { a, b, demo } = stage;
  await demo.shop.post(
    'products',
    Array.from({ length: bulk }, (_, index) => ({
      name: `Bulk product ${index + 1}`,
      type: 'simple',
      sku: `BULK-${String(index + 1).padStart(3, '0')}`,
      regular_price: '10.00',
      manage_stock: true,
      stock_quantity: 1,
      weight: '0.1',
    })),
  );
  await demo.advance(60_000);
  await demo.sync('catalogue');
  const seen = await stage.rows('products', `limit=500&q=Bulk%20product`);
  const [odd] = seen;
  if (!odd) throw new Error('the shop’s products did not arrive');
  await b.save('products', [toSave({ ...odd, changes: { category: 'by B', weightGrams: 1 } })]);
  const wanted = { category: 'by A', weightGrams: 222 };
  const answer = await a.save(
    'products',
    seen.map((row) => toSave({ ...row, changes: wanted })),
  );
  await demo.quiet();
  const now = new Map((await stage.rows('products', `limit=500&q=Bulk%20product`)).map((row) => [row.id, row]));
  const listed = answer.rows.filter(({ outcome }) => outcome !== 'saved');
  const shown = (id: string) => `${now.get(id)?.cells.category}, ${now.get(id)?.cells.weightGrams}`;
  const whole = answer.rows.filter(({ id, outcome }) => outcome === 'saved' && shown(id) === 'by A, 222');
  return compare('200 rows, 1 conflicts', {
    rows: [bulk, seen.length],
    saved: [bulk - 1, answer.counts.saved],
    conflict: [1, answer.counts.conflict],
    listed: [odd.id, listed.map(({ id }) => id).join(' ')],
    'by whom': [b.email, listed[0]?.fields[0]?.by ?? null],
    'nothing of it is saved': ['by B, 1', shown(odd.id)],
    'all of each other row is': [bulk - 1, whole.length],
    'one step each': [
      2,
      Math.max(...[...now.values()].filter(({ id }) => id !== odd.id).map(({ version }) => version)),
    ],
  });
}
