import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { refiningActivities } from '../../activities/refining.ts';
import { translatingActivities } from '../../activities/translating.ts';
import type { RunningSimulator } from '../../connectors/simulator-kit/index.ts';
import { importProducts } from '../../db/catalogue.ts';
import { command, productOf, variantOf } from '../../tests/factories.ts';
import { createDeeplProvider } from '../../translation/deepl.ts';
import { startDeeplSimulator } from '../../translation/simulator/index.ts';
import { type ApiWorld, type Person, startApiWorld } from './testing/world.ts';

let world: ApiWorld;
let deepl: RunningSimulator;
let marketplaceId: string;
let productId: string;

beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
  deepl = await startDeeplSimulator({ apiKey: 'key:fx' });
  marketplaceId = world.accounts.marketplace;
});
afterAll(async () => {
  await deepl.close();
  await world.close();
});

const staff = <Result>(work: Parameters<typeof world.database.db.tx<Result>>[1]) => world.database.db.tx('staff', work);
const ask = async (method: string, url: string, body?: unknown, person: Person = 'ops') => {
  const answer = await world.as(person, method, url, body);
  return answer.body as unknown as Record<string, unknown>;
};
const statusOf = async (method: string, url: string, body?: unknown, person: Person = 'ops') =>
  (await world.as(person, method, url, body)).status;
const activityDeps = (withMachine = true) =>
  ({
    db: world.database.db,
    clock: world.deps.clock,
    translator: withMachine ? createDeeplProvider({ apiKey: 'key:fx', serverUrl: deepl.url }) : null,
  }) as Parameters<typeof refiningActivities>[0] & Parameters<typeof translatingActivities>[0];
const settle = async () => {
  const { refineStale, recomposeStale } = refiningActivities(activityDeps());
  while ((await refineStale()).looked + (await recomposeStale()).looked > 0);
};
const translate = (withMachine = true) =>
  translatingActivities(activityDeps(withMachine)).translateBatch(marketplaceId, null);
const read = (title: string, description: string, category: string) =>
  staff((trx) =>
    importProducts(
      trx,
      {
        connectionId: world.own.store,
        brandId: world.own.id,
        currency: 'AUD',
        ledgerMark: 0,
        products: [
          productOf('900', [variantOf('SCARF-1', { hsCode: '61.17.10' })], {
            title,
            descriptionHtml: description,
            categories: [{ externalId: '1', name: category }],
          }),
        ],
      },
      command({ role: 'connector' }),
    ),
  );
const listing = () =>
  staff((trx) => trx('listings').where({ product_id: productId, connection_id: marketplaceId }).first());
const setDefaults = (defaults: object) =>
  staff((trx) =>
    trx('connections')
      .where({ id: marketplaceId })
      .update({ listing_defaults: JSON.stringify(defaults) }),
  );

describe('a product from its source to a marketplace', () => {
  beforeAll(async () => {
    await setDefaults({ brandId: '9001', currency: 'IDR', language: 'id' });
    await read('SOFT  WOOL&nbsp;SCARF', '<p>Warm wool</p><script>x</script>', 'Scarves');
    productId = (await staff((trx) => trx('products').where({ external_id: '900' }).first('id'))).id;
    const { makeListings } = await import('../../db/listings.ts');
    await staff((trx) =>
      makeListings(trx, { brandId: world.own.id, connectionId: marketplaceId }, command({ role: 'system' })),
    );
  });

  it('each field says why it has its value', async () => {
    const { source, fields } = await ask('GET', `/api/products/${productId}/fields`);
    expect(source).toMatchObject({ kind: 'shop', rules: 'standard 1', stale: false });
    expect(fields).toContainEqual({
      field: 'title',
      value: 'Soft Wool Scarf',
      owner: 'rule',
      raw: 'SOFT  WOOL&nbsp;SCARF',
      steps: [
        expect.objectContaining({ rule: 'title-html', version: 'standard 1' }),
        expect.objectContaining({ rule: 'title-calm', after: 'Soft Wool Scarf' }),
      ],
      setBy: null,
      setAt: null,
    });
    expect(fields).toContainEqual(
      expect.objectContaining({ field: 'variants.SCARF-1.hsCode', value: '611710', raw: '61.17.10', owner: 'rule' }),
    );
  });

  it('what a person sets is theirs, is kept by a re-import, and can be given back', async () => {
    const url = `/api/products/${productId}`;
    const { version } = await ask('GET', url);
    expect(await statusOf('PATCH', url, { version, title: 'A scarf' })).toBe(200);
    await read('Soft wool scarf, new', '<p>Warm wool</p>', 'Scarves');
    const kept = await ask('GET', url);
    expect(kept).toMatchObject({ title: 'A scarf', findings: [{ field: 'title', value: 'Soft wool scarf, new' }] });
    const story = await ask('GET', `${url}/fields`);
    expect(story.fields).toContainEqual(
      expect.objectContaining({ field: 'title', owner: 'person', setBy: 'ops@example.com' }),
    );
    expect(await ask('POST', `${url}/fields`, { release: 'title' })).toEqual({ ok: true, released: true });
    expect(await ask('POST', `${url}/fields`, { release: 'title' })).toEqual({ ok: true, released: false });
    await settle();
    expect(await ask('GET', url)).toMatchObject({ title: 'Soft wool scarf, new', findings: [] });
  });

  it('an unmapped category blocks the listing, which names the queue', async () => {
    expect((await listing()).findings).toContainEqual(
      expect.objectContaining({
        field: 'categoryId',
        blocking: true,
        remedy: expect.stringContaining('mapping queue'),
      }),
    );
    const queue = await ask('GET', `/api/mappings/queue?connection=${marketplaceId}&kind=category&q=scarv`);
    expect(queue).toMatchObject({
      total: 1,
      rows: [
        {
          kind: 'category',
          sourceKey: 'scarves',
          required: true,
          listings: 1,
          samples: [{ title: 'Soft wool scarf, new' }],
        },
      ],
    });
  });

  it('a mapping that is set once settles every listing that waits', async () => {
    const body = {
      connectionId: marketplaceId,
      kind: 'category',
      sourceKey: 'scarves',
      sourceLabel: 'Scarves',
      targetId: '122',
      targetLabel: 'Scarves',
    };
    expect(await ask('POST', '/api/mappings', body)).toMatchObject({ ok: true, waiting: 1 });
    await settle();
    expect(await listing()).toMatchObject({ category_id: '122', stale_since: null });
    expect(await ask('GET', `/api/mappings/queue?q=scarv`)).toMatchObject({ total: 0 });
    expect(await ask('GET', `/api/mappings?connection=${marketplaceId}`)).toMatchObject({
      rows: [{ sourceLabel: 'Scarves', targetId: '122', setBy: 'ops@example.com' }],
    });
    // Set anew, the earlier one is replaced and everything follows.
    await ask('POST', '/api/mappings', { ...body, targetId: '133' });
    await settle();
    expect(await listing()).toMatchObject({ category_id: '133' });
  });

  it('a mapping that is set while a listing is being composed without it has it composed once more', async () => {
    const { id } = await listing();
    const stale = (since: Date | null) => (trx: Parameters<Parameters<typeof staff>[0]>[0]) =>
      trx('listings').where({ id }).update({ stale_since: since });
    await staff(stale(world.now));
    const waiting = `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    const body = { connectionId: marketplaceId, kind: 'value', sourceKey: 'size=xl', sourceLabel: 'XL', targetId: '9' };
    const posted = await staff(async (composing) => {
      await stale(null)(composing);
      const answer = ask('POST', '/api/mappings', body);
      // It has looked for whom it concerns, and waits for the row.
      await expect
        .poll(() => staff((trx) => trx.raw(waiting).then(({ rows }) => rows.length)), { interval: 20 })
        .toBe(1);
      return { answer };
    });
    expect(await posted.answer).toMatchObject({ ok: true, waiting: 1 });
    expect((await listing()).stale_since).not.toBeNull();
    await settle();
  });

  it('what a person chose at the listing stays', async () => {
    const { id, version } = await listing();
    expect(await statusOf('PATCH', `/api/listings/${id}`, { version, categoryId: '777' })).toBe(200);
    const body = {
      connectionId: marketplaceId,
      kind: 'category',
      sourceKey: 'scarves',
      sourceLabel: 'Scarves',
      targetId: '122',
    };
    await ask('POST', '/api/mappings', body);
    await settle();
    expect(await listing()).toMatchObject({ category_id: '777', composed: { categoryId: '122' } });
  });

  it('a machine translates, keeps glossary words, and a person must approve', async () => {
    expect(await ask('POST', '/api/glossary', { term: 'Scarf', translation: 'syal', language: 'id' })).toMatchObject({
      ok: true,
    });
    expect(await translate()).toMatchObject({ byMachine: 6, fromMemory: 0, waiting: 0 });
    await settle();
    const { rows } = await ask('GET', `/api/translations?product=${productId}`);
    expect(rows).toMatchObject(
      [
        { field: 'title', status: 'needs-person', origin: 'machine', owner: 'DeepL', stale: false },
        { field: 'description' },
      ].map((row) => expect.objectContaining(row)),
    );
    expect(await listing()).toMatchObject({ title: '[ID] Lembut wol syal, new' });
    expect((await listing()).findings).toContainEqual(
      expect.objectContaining({ field: 'title', blocking: false, reason: 'Nobody has approved the Indonesian title.' }),
    );
    expect((await translate()).byMachine).toBe(0);
  });

  it('a brand that wants approval first has its listing blocked', async () => {
    const settings = { brandId: world.own.id, sourceLanguage: 'en', unapproved: 'block', monthlyCharacters: 1_000 };
    expect(await ask('POST', '/api/translation-settings', settings)).toEqual({ ok: true });
    await settle();
    expect((await listing()).findings).toContainEqual(expect.objectContaining({ field: 'title', blocking: true }));
    expect(await ask('GET', '/api/translation-settings')).toMatchObject({
      rows: expect.arrayContaining([
        expect.objectContaining({ unapproved: 'block', usedCharacters: expect.any(Number) }),
      ]),
    });
  });

  it('the brand approves its own translations, corrected or not; a foreign brand cannot see them', async () => {
    const { rows } = await ask('GET', `/api/translations?product=${productId}`);
    const items = (rows as { id: string; revision: number; field: string }[]).map(({ id, revision, field }) => ({
      id,
      revision,
      ...(field === 'title' ? { text: 'Syal wol lembut' } : {}),
    }));
    expect(await ask('GET', `/api/translations?product=${productId}`, undefined, 'foreign')).toMatchObject({
      rows: [],
      total: 0,
    });
    expect(await ask('POST', '/api/translations/approve', { items }, 'foreign')).toMatchObject({
      results: [{ ok: false, code: 'NotFound' }, { ok: false }],
    });
    expect(await ask('POST', '/api/translations/approve', { items }, 'brand')).toMatchObject({
      results: [{ ok: true }, { ok: true }],
    });
    expect(await ask('POST', '/api/translations/approve', { items }, 'brand')).toMatchObject({
      results: [{ ok: false, code: 'VersionConflict' }, { ok: false }],
    });
    await settle();
    expect(await listing()).toMatchObject({ title: 'Syal wol lembut' });
    expect((await listing()).findings.map(({ field }: { field: string }) => field)).not.toContain('title');
  });

  it('a changed original makes it stale: the approved text stays, a new one is proposed', async () => {
    await read('Red silk shirt', '<p>Warm wool</p>', 'Scarves');
    expect(await translate()).toMatchObject({ byMachine: 1 });
    await settle();
    const { rows } = await ask('GET', `/api/translations?product=${productId}`);
    expect(rows).toMatchObject([
      {
        field: 'title',
        stale: true,
        status: 'approved',
        text: 'Syal wol lembut',
        source: 'Red silk shirt',
        proposal: { text: '[ID] Merah silk kemeja' },
      },
    ]);
    expect(await listing()).toMatchObject({ title: 'Syal wol lembut' });
    expect((await listing()).findings).toContainEqual(
      expect.objectContaining({ reason: expect.stringContaining('has changed since'), blocking: true }),
    );
    const [row] = rows as { id: string; revision: number }[];
    await ask('POST', '/api/translations/approve', { items: [{ id: row?.id, revision: row?.revision }] });
    await settle();
    expect(await listing()).toMatchObject({ title: '[ID] Merah silk kemeja' });
  });

  it('a person’s words are remembered: the same text comes back approved, without a machine', async () => {
    await read('Soft wool scarf, new', '<p>Warm wool</p>', 'Scarves');
    expect(await translate(false)).toMatchObject({ byMachine: 0, fromMemory: 1, waiting: 0 });
    await settle();
    expect(await listing()).toMatchObject({ title: 'Syal wol lembut' });
    expect(await ask('GET', `/api/translations?product=${productId}`)).toMatchObject({ total: 0 });
  });

  it('without a machine a similar text is suggested, and what has none waits', async () => {
    await read('Soft wool scarf, old', '<p>Zipper repair kit</p>', 'Scarves');
    expect(await translate(false)).toMatchObject({ byMachine: 0, fromMemory: 0, waiting: 1 });
    expect(await ask('GET', `/api/translations?product=${productId}`)).toMatchObject({
      rows: [
        {
          field: 'title',
          stale: true,
          proposal: expect.objectContaining({ origin: 'fuzzy', text: 'Syal wol lembut' }),
        },
        { field: 'description', stale: true },
      ].map((row) => expect.objectContaining(row)),
    });
  });

  it('above the month’s characters nothing is sent, and it is a problem with a remedy', async () => {
    await ask('POST', '/api/translation-settings', {
      brandId: world.own.id,
      sourceLanguage: 'en',
      unapproved: 'warn',
      monthlyCharacters: 1,
    });
    expect(await translate()).toMatchObject({ byMachine: 0, waiting: 1 });
    const problem = await staff((trx) => trx('problems').where({ kind: 'translation-budget' }).first());
    expect(problem).toMatchObject({ state: 'OPEN', remedy: expect.stringContaining('monthly characters') });
  });
});

describe('rules', () => {
  const rule = { id: 'shorter', field: 'title', do: { op: 'truncate', maxLength: 10 } };
  const add = (body: object) =>
    ask('POST', '/api/rules', { scope: 'brand', brandId: world.own.id, vocabularies: {}, ...body });

  it('are refused with the place of every fault', async () => {
    const faulty = { ...rule, id: 'faulty', do: { op: 'regex', pattern: '(', with: '' } };
    expect(await add({ rules: [rule, faulty] })).toMatchObject({
      error: {
        code: 'InvalidInput',
        message: expect.stringContaining('Rule 2 (faulty)'),
        details: { faults: [{ place: 2, rule: 'faulty' }] },
      },
    });
    expect(
      await statusOf('POST', '/api/rules', {
        scope: 'brand',
        rules: [{ ...rule, do: { op: 'eval' } }],
        vocabularies: {},
      }),
    ).toBe(400);
    expect(
      await statusOf('POST', '/api/rules', {
        scope: 'installation',
        brandId: world.own.id,
        rules: [],
        vocabularies: {},
      }),
    ).toBe(400);
  });

  it('a dry run shows what would change and writes nothing; activating does it; the earlier version undoes it', async () => {
    const { id } = await add({ rules: [{ ...rule, do: { op: 'text' } }] });
    await ask('POST', `/api/rules/${id}/activate`, { number: 1 });
    expect(await add({ rules: [rule], note: 'at most 10' })).toMatchObject({ id, number: 2 });
    const run = await ask('POST', `/api/rules/${id}/dry-run`, { number: 2 });
    expect(run).toMatchObject({
      what: 'products',
      looked: 1,
      of: 1,
      differ: 1,
      samples: [
        { fields: [{ field: 'title', before: 'Soft wool scarf, old', after: 'Soft wool', rules: ['shorter'] }] },
      ],
    });
    await settle();
    expect(await ask('GET', `/api/products/${productId}`)).toMatchObject({ title: 'Soft wool scarf, old' });
    expect(await ask('POST', `/api/rules/${id}/activate`, { number: 2 })).toEqual({ ok: true, waiting: 1 });
    await settle();
    expect(await ask('GET', `/api/products/${productId}`)).toMatchObject({ title: 'Soft wool' });
    await ask('POST', `/api/rules/${id}/activate`, { number: 1, why: 'too short' });
    await settle();
    expect(await ask('GET', `/api/products/${productId}`)).toMatchObject({ title: 'Soft wool scarf, old' });
    expect(await ask('GET', `/api/rules/${id}`)).toMatchObject({
      set: { activeVersion: 1, versions: 2 },
      activations: [{ number: 1, why: 'too short', by: 'ops@example.com' }, { number: 2 }, { number: 1 }],
    });
    expect(await statusOf('POST', `/api/rules/${id}/activate`, { number: 9 })).toBe(404);
  });

  it('of a marketplace reach its listings’ texts alone', async () => {
    const made = await ask('POST', '/api/rules', {
      scope: 'marketplace',
      connectionId: marketplaceId,
      rules: [rule],
      vocabularies: {},
    });
    expect(await ask('POST', `/api/rules/${made.id}/dry-run`, { number: 1 })).toMatchObject({
      what: 'listings',
      looked: 3,
    });
    await ask('POST', `/api/rules/${made.id}/activate`, { number: 1 });
    await settle();
    expect((await listing()).title.length).toBeLessThanOrEqual(10);
    expect((await listing()).composed_explained.title).toMatchObject([{ rule: 'shorter' }]);
    expect(await ask('GET', `/api/products/${productId}`)).toMatchObject({ title: 'Soft wool scarf, old' });
  });
});
