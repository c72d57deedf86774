import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Rule } from '../cleaning/rules.ts';
import { standardRules } from '../cleaning/standard.ts';
import type { StoreProduct } from '../connectors/contract/store.ts';
import { command, makeBrand, makeConnection, productOf, startAt, variantOf } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { importProducts } from './catalogue.ts';
import { refineAgain, staleProducts } from './refining-again.ts';
import { activateVersion, addVersion, listRuleSets, ruleSetOf, rulesFor, versionsOf } from './refining-rules.ts';
import { mustStep } from './steps.ts';
import { ledgerMark } from './stock.ts';

describe('refining what is imported', () => {
  let database: TestDatabase;
  let brandId: string;
  let storeId: string;
  let sku: string;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'refining' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    [brandId, storeId] = await staff(async (trx) => {
      const brand = await makeBrand(trx);
      return [brand, await makeConnection(trx, 'store', { brand_id: brand })];
    });
    sku = `SKU-${brandId}`;
  });

  const staff = <Result>(work: Parameters<typeof database.db.tx<Result>>[1]) => database.db.tx('staff', work);
  const read = (overrides: Partial<StoreProduct>, variant: Parameters<typeof variantOf>[1] = {}) =>
    staff(async (trx) =>
      importProducts(
        trx,
        {
          connectionId: storeId,
          brandId,
          currency: 'AUD',
          products: [productOf('1', [variantOf(sku, variant)], overrides)],
          ledgerMark: await ledgerMark(trx),
        },
        command({ role: 'connector' }),
      ),
    );
  const product = () => staff((trx) => trx('products').where({ brand_id: brandId }).first());
  const skuRow = () => staff((trx) => trx('skus').where({ brand_id: brandId, sku }).first());
  const origin = () => staff((trx) => trx('product_origins').where({ brand_id: brandId }).first());
  const owned = (table: 'products' | 'skus', columns: Record<string, unknown>) =>
    staff((trx) =>
      trx(table)
        .where({ brand_id: brandId })
        .update({
          ...columns,
          field_owners: JSON.stringify(
            Object.fromEntries(Object.keys(columns).map((column) => [column, { by: 'olga', at: startAt }])),
          ),
        }),
    );
  const activate = (rules: readonly Rule[], scope: 'brand' | 'installation' = 'brand') =>
    staff(async (trx) => {
      const target = { scope, brandId: scope === 'brand' ? brandId : null, connectionId: null };
      const id = await ruleSetOf(trx, target, command());
      const number = await addVersion(trx, id, { rules, vocabularies: {}, note: 'a test' }, command());
      return activateNumber(trx, id, number);
    });
  const activateNumber = async (trx: Parameters<typeof activateVersion>[0], id: string, number: number) => {
    const [head] = await listRuleSets(trx, id);
    if (!head) throw new Error('no such set');
    return { id, number, waiting: await activateVersion(trx, { head, number }, command()) };
  };
  const refineAll = async () => {
    const ids = await staff((trx) => staleProducts(trx, 100));
    const outcomes: string[] = [];
    for (const id of ids) outcomes.push(await staff((trx) => refineAgain(trx, id, command({ role: 'system' }))));
    return outcomes;
  };

  it('an import applies the standard rules and remembers source, explanation and findings', async () => {
    await read({ title: '  WOOL&nbsp;JUMPER ', descriptionHtml: '<p>Soft</p><script>x</script>' }, { hsCode: 'abc' });
    expect(await product()).toMatchObject({
      title: 'Wool Jumper',
      description_html: '<p>Soft</p>',
      findings: [{ field: `variants.${sku}.hsCode`, blocking: false }],
    });
    expect(await origin()).toMatchObject({
      source_kind: 'shop',
      rules: 'standard 1',
      source: { title: '  WOOL&nbsp;JUMPER ', variants: [{ sku, hsCode: 'abc' }] },
      explained: {
        title: [
          { rule: 'title-html', version: 'standard 1' },
          { rule: 'title-calm', after: 'Wool Jumper' },
        ],
      },
    });
  });

  it('texts that PostgreSQL cannot hold do not stop an import', async () => {
    await read({
      title: 'a\u0000b',
      raw: { note: 'x\u0000\ud800', path: 'C:\\u0000' },
      attributes: [{ name: 'n\ud800', values: ['v\u0000'] }],
    });
    expect(await product()).toMatchObject({ title: 'ab', state: 'NEW' });
  });

  it('what a person set at a SKU is kept by a re-import, and said', async () => {
    await read({}, { weightGrams: 500, hsCode: '611011' });
    await owned('skus', { weight_grams: 321, hs_code: '611020' });
    await read({ descriptionHtml: 'new' }, { weightGrams: 600, hsCode: '611020', barcode: '4711' });
    expect(await skuRow()).toMatchObject({ weight_grams: 321, hs_code: '611020', barcode: '4711' });
    expect((await product()).findings).toEqual([
      expect.objectContaining({
        field: `variants.${sku}.weightGrams`,
        value: '600',
        reason: 'The source says otherwise: “600”. “321” is kept, which olga set.',
        blocking: false,
      }),
    ]);
  });

  it('what a person set at a product is kept by a re-import, and said', async () => {
    await read({ title: 'Jumper' });
    await owned('products', { title: 'A better title', attributes: JSON.stringify({ Colour: ['Red'] }) });
    await read({ title: 'Jumper of wool', attributes: [{ name: 'Colour', values: ['Red'] }] });
    expect(await product()).toMatchObject({
      title: 'A better title',
      findings: [{ field: 'title', value: 'Jumper of wool', reason: expect.stringContaining('which olga set') }],
    });
  });

  it('a new version waits for its activation, then reaches every product of its scope; an earlier one undoes it', async () => {
    await read({ title: 'Kauri jumper' });
    const { id } = await product();
    await staff((trx) => mustStep(trx, { machine: 'product', id, event: 'APPROVE' }, command({ role: 'approver' })));
    const first = await activate([{ id: 'nothing', field: 'title', do: { op: 'text' } }]);
    expect(first.waiting).toBe(1);
    expect(await refineAll()).toEqual(['unchanged']);
    expect(await product()).toMatchObject({ title: 'Kauri jumper', state: 'APPROVED' });

    await activate([{ id: 'british', field: 'title', do: { op: 'replace', find: 'jumper', with: 'pullover' } }]);
    expect(await refineAll()).toEqual(['changed']);
    expect(await product()).toMatchObject({ title: 'Kauri pullover', state: 'EDITED' });
    expect((await origin()).explained.title).toMatchObject([
      { rule: 'british', version: expect.stringMatching(/^brand-\d+ 2$/) },
    ]);
    expect(await refineAll()).toEqual([]);

    await staff((trx) => activateNumber(trx, first.id, 1));
    expect(await refineAll()).toEqual(['changed']);
    expect(await product()).toMatchObject({ title: 'Kauri jumper' });
    expect((await staff((trx) => versionsOf(trx, first.id))).map(({ number }) => number)).toEqual([2, 1]);
    const history = await staff((trx) =>
      trx('transitions').where({ entity_id: id, event: 'REFINED' }).orderBy('version'),
    );
    expect(history).toMatchObject([
      { from_state: 'APPROVED', to_state: 'EDITED', changed: { title: ['Kauri jumper', 'Kauri pullover'] } },
      { from_state: 'EDITED', to_state: 'EDITED' },
    ]);
  });

  it('rules do not overwrite what a person set, and leave other findings alone', async () => {
    await read({ title: 'Jumper' }, { weightGrams: 400 });
    await owned('products', { title: 'Mine' });
    const other = { field: 'sku', value: 'x', reason: 'belongs to another', remedy: 'rename', blocking: true };
    await staff((trx) =>
      trx('products')
        .where({ brand_id: brandId })
        .update({ findings: JSON.stringify([other]) }),
    );
    await activate([
      { id: 'louder', field: 'title', do: { op: 'case', to: 'upper' } },
      { id: 'heavy', field: 'weightGrams', do: { op: 'bounds', max: 100, unknown: 'warn' } },
    ]);
    await refineAll();
    const row = await product();
    expect(row.title).toBe('Mine');
    expect(row.blocking_findings).toBe(1);
    expect(row.findings.map(({ field }: { field: string }) => field)).toEqual([
      `variants.${sku}.weightGrams`,
      'sku',
      'title',
    ]);
  });

  it('the installation’s rules stand in for the standard ones, and go before the brand’s', async () => {
    const brand = await activate([{ id: 'own', field: 'title', do: { op: 'text' } }]);
    await activate([{ id: 'ours', field: 'title', do: { op: 'text' } }], 'installation');
    const { sets } = await staff((trx) => rulesFor(trx, brandId));
    expect(sets.map(({ scope, rules }) => [scope, rules[0]?.id])).toEqual([
      ['installation', 'ours'],
      [expect.stringMatching(/^brand-/), 'own'],
    ]);
    expect(brand.number).toBe(1);
    await activate(
      standardRules.rules.filter(({ do: { op } }) => op !== 'vocabulary'),
      'installation',
    );
  });

  it('versions can neither be changed nor taken away', async () => {
    const { id } = await activate([]);
    for (const statement of [
      `update rule_set_versions set note = 'x' where rule_set_id = ?`,
      'delete from rule_set_versions where rule_set_id = ?',
    ]) {
      await expect(staff((trx) => trx.raw(statement, [id]))).rejects.toThrow(/permission denied|append/);
    }
  });

  it('a brand sees its own rule sets and origins, and nobody else’s', async () => {
    await read({ title: 'Jumper' });
    await activate([]);
    const seen = (scope: { brandId: string }) =>
      database.db.tx(scope, async (trx) => [
        await trx('rule_sets').pluck('brand_id'),
        await trx('product_origins').pluck('brand_id'),
      ]);
    expect(await seen({ brandId })).toEqual([[brandId], [brandId]]);
    expect(await seen({ brandId: await staff((trx) => makeBrand(trx)) })).toEqual([[], []]);
  });
});
