import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { ListingDraft, MarketplaceConnector } from '../connectors/contract/marketplace.ts';
import { refreshListing } from '../db/listings.ts';
import { mustStep, type Row } from '../db/steps.ts';
import { command, makeBrand, makeConnection, makeListing, makeProduct, makeSku } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { ScriptedSystems } from '../tests/scripted-systems.ts';
import { listingActivities } from './listings.ts';

describe('submitting an approved listing', () => {
  let database: TestDatabase;
  let marketplaceId: string;
  let listingId: string;
  let sent: ListingDraft[];
  let duringUpdate: () => Promise<unknown>;

  const staff = <Result>(work: Parameters<typeof database.db.tx<Result>>[1]) => database.db.tx('staff', work);
  const now = (): Promise<Row> => staff((trx) => trx('listings').where({ id: listingId }).first());
  const edit = (title: string) =>
    staff(async (trx) => {
      await mustStep(
        trx,
        { machine: 'listing', id: listingId, event: 'EDIT', changes: { title } },
        command({ role: 'ops' }),
      );
      await refreshListing(trx, listingId);
    });
  const approve = () =>
    staff(async (trx) => {
      const { contentHash } = await refreshListing(trx, listingId);
      const changes = { approved_hash: contentHash, approved_by: 'somebody' };
      await mustStep(
        trx,
        { machine: 'listing', id: listingId, event: 'APPROVE', changes },
        command({ role: 'approver' }),
      );
    });
  const submit = () => {
    const systems = new ScriptedSystems();
    const deps = systems.deps(database.db);
    const connector = {
      kind: 'marketplace',
      capabilities: {},
      updateListing: async (_ref: unknown, draft: ListingDraft) => {
        await duringUpdate();
        sent.push(draft);
      },
      uploadImages: async () => undefined,
      submitForReview: async () => undefined,
    } as unknown as MarketplaceConnector;
    const open = {
      store: deps.open.store,
      carrier: deps.open.carrier,
      marketplace: async (id: string) => ({ id, code: id, name: id, brandId: null, connector }),
    };
    return listingActivities({
      ...deps,
      allowPrivateTargets: true,
      open: open as unknown as typeof deps.open,
    }).submitListing(listingId);
  };

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'act_listings' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    sent = [];
    duringUpdate = async () => undefined;
    [marketplaceId, listingId] = await staff(async (trx) => {
      const brandId = await makeBrand(trx);
      const account = await makeConnection(trx, 'marketplace', { listing_defaults: { brandId: '1' } });
      const productId = await makeProduct(trx, brandId);
      const skuId = await makeSku(trx, { brandId, productId });
      const columns = { category_id: '1', external_id: '4711', title: 'As the approver saw it' };
      const id = await makeListing(trx, { brandId, productId, connectionId: account, skuIds: [skuId] }, columns);
      await trx('listing_skus').where({ listing_id: id }).update({ price_desired_minor: 100 });
      return [account, id];
    });
    await approve();
  });

  it('sends what was approved, and its hash is the approved one', async () => {
    expect(await submit()).toEqual({ outcome: 'submitted' });
    const row = await now();
    expect(row).toMatchObject({ state: 'IN_REVIEW', submitted_hash: row.approved_hash });
    expect(sent).toMatchObject([{ title: 'As the approver saw it' }]);
  });

  it('sends nothing when what it shows changed since without an edit: it waits for another approval', async () => {
    await staff((trx) =>
      trx('connections')
        .where({ id: marketplaceId })
        .update({ listing_defaults: JSON.stringify({ brandId: '2' }) }),
    );
    expect(await submit()).toEqual({ outcome: 'what it shows changed after the approval' });
    expect(sent).toEqual([]);
    const row = await now();
    expect(row).toMatchObject({ state: 'UPDATE', submitted_hash: null });
    expect(row.content_hash).not.toBe(row.approved_hash);
    await approve();
    expect(await submit()).toEqual({ outcome: 'submitted' });
    expect((await now()).submitted_hash).toBe(row.content_hash);
  });

  it('sends the approved content also when somebody edits it during the call, and knows which one is there', async () => {
    const { approved_hash: approved } = await now();
    duringUpdate = () => edit('Typed during the call');
    expect(await submit()).toEqual({ outcome: 'submitted' });
    expect(sent).toMatchObject([{ title: 'As the approver saw it' }]);
    expect(await now()).toMatchObject({ state: 'UPDATE', title: 'Typed during the call', submitted_hash: approved });
  });

  it('does not send what the marketplace’s rules forbid: a picture is measured before anything goes out', async () => {
    const tiny = Buffer.concat([
      Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'),
      Buffer.from([0, 0, 0, 40, 0, 0, 0, 30]),
    ]);
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png' }).end(tiny);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      await staff(async (trx) => {
        await trx('connections').where({ id: marketplaceId }).update({ connector: 'jd-id' });
        const { product_id: id } = await trx('listings').where({ id: listingId }).first('product_id');
        const images = JSON.stringify([{ url: `http://127.0.0.1:${port}/small.png` }]);
        await trx('products').where({ id }).update({ images });
        await trx('skus').where({ product_id: id }).update({ hs_code: '611030' });
      });
      await edit('With a picture');
      await staff((trx) => trx('listings').where({ id: listingId }).update({ description_html: 'Warm.' }));
      await approve();
      expect(await submit()).toEqual({ outcome: 'our rules found something after the approval' });
    } finally {
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
    expect(sent).toEqual([]);
    const row = await now();
    expect(row.state).toBe('UPDATE');
    expect(row.findings).toEqual(
      expect.arrayContaining([expect.objectContaining({ field: 'images', rule: 'jd-id.image', blocking: true })]),
    );
    const problem = await staff((trx) => trx('problems').where({ entity_id: listingId }).first('kind', 'detail'));
    expect(problem).toMatchObject({ kind: 'listing-not-sent', detail: expect.stringContaining('40 × 30 px') });
  });
});
