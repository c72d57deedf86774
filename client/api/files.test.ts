import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Tx } from '../../db/database.ts';
import { storeDocument } from '../../db/documents.ts';
import { printed } from '../../labels/read-back.fixture.ts';
import { codedCarrierLabel } from '../../labels/samples.fixture.ts';
import { signLink } from '../../mail/links.ts';
import { type ApiWorld, startApiWorld } from './testing/world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld(inject('postgresSuperuserUrl'));
  const bytes = await codedCarrierLabel('JD014600009876', [100, 150]);
  await staff((trx) =>
    trx('documents')
      .where({ id: world.own.document })
      .update({ bytes, sha256: createHash('sha256').update(bytes).digest() }),
  );
});
afterAll(() => world.close());

const staff = <Result>(work: (trx: Tx) => Promise<Result>): Promise<Result> => world.database.db.tx('staff', work);

const pdfOf = async (url: string, person: 'ops' | 'brand' = 'brand') => {
  const answer = await world.app.inject({
    method: 'GET',
    url,
    headers: { authorization: await tokenOf(person) },
  });
  return { status: answer.statusCode, bytes: answer.rawPayload, notes: answer.headers['x-label-notes'] };
};

async function tokenOf(person: 'ops' | 'brand') {
  const { logIn } = await import('./auth.ts');
  const { password } = await import('./testing/world.ts');
  const { token } = await logIn(world.deps, { email: world.emailOf(person), password });
  return `Bearer ${token}`;
}

describe('labels printed again', () => {
  it('come on the paper that is asked for, from the cell that is asked for, and book nothing', async () => {
    const document = `/api/documents/${world.own.document}`;
    const plain = await pdfOf(document);
    const thermal = await pdfOf(`${document}?format=thermal-100x150`);
    expect(thermal.bytes.equals(plain.bytes)).toBe(true);
    const [sheet] = await printed((await pdfOf(`${document}?format=a4-4up&startCell=4`)).bytes);
    expect(Math.round(sheet?.width ?? 0)).toBe(595);
    expect(sheet?.codes).toEqual([{ format: 'Code128', text: 'JD014600009876' }]);
    for (const query of ['format=a3', 'format=a4-4up&startCell=5', 'startCell=0']) {
      expect((await world.as('brand', 'GET', `${document}?${query}`)).status).toBe(400);
    }
  });

  it('of a consignment hold the carrier’s label, our own and the slips, or the parts that are asked for', async () => {
    await staff((trx) =>
      trx('brands')
        .where({ id: world.own.id })
        .update({
          ship_from: JSON.stringify({
            name: 'Warehouse',
            company: null,
            lines: ['12 Harbour Street'],
            city: 'Sydney',
            region: null,
            postcode: '2000',
            countryCode: 'AU',
            phone: null,
            email: null,
          }),
        }),
    );
    const url = `/api/consignments/${world.own.consignment}/labels.pdf`;
    const codesOf = async (query: string) =>
      (await printed((await pdfOf(`${url}${query}`)).bytes)).map(
        ({ codes }) => codes.find(({ format }) => format === 'Code128')?.text,
      );
    expect(await codesOf('')).toEqual(['JD014600009876', 'TC-acme/1/1', world.own.orderNumber]);
    expect(await codesOf('?parts=own')).toEqual(['TC-acme/1/1']);
    expect(await codesOf('?parts=slips,carrier')).toEqual(['JD014600009876', world.own.orderNumber]);
  });
});

describe('links to files', () => {
  const linkTo = (claims: { subject?: string; detail?: string; expiresAt?: Date }) =>
    `/files/${signLink(world.deps.sealer.mac, {
      purpose: 'file',
      subject: world.own.mail,
      detail: 'a6',
      expiresAt: new Date(world.now.getTime() + 1_000),
      ...claims,
    })}`;

  it('open without a log-in until they expire', async () => {
    const answer = await world.app.inject({ method: 'GET', url: linkTo({}) });
    expect([answer.statusCode, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
      200,
      'application/pdf',
      'private, no-store',
    ]);
    expect((await printed(answer.rawPayload))[0]?.codes).toEqual([{ format: 'Code128', text: 'JD014600009876' }]);
    const expired = await world.as(null, 'GET', linkTo({ expiresAt: world.now }));
    expect([expired.status, expired.headers['content-type']]).toEqual([410, 'text/html; charset=utf-8']);
    expect(expired.text).toContain('This link has expired');
  });

  it('open the file for label printers as it came', async () => {
    const bytes = Buffer.from('^XA^FDC-1^FS^XZ');
    await world.database.db.tx('staff', async (trx) => {
      const at = world.now;
      const common = { brandId: world.own.id, kind: 'label-batch', format: 'ZPL', fileName: 'labels.zpl', bytes, at };
      await trx('mails')
        .where({ id: world.own.mail })
        .update({ zpl_document_id: await storeDocument(trx, common) });
    });
    const { headers, rawPayload } = await world.app.inject({ method: 'GET', url: linkTo({ detail: 'zpl' }) });
    expect(headers['content-disposition']).toBe('attachment; filename="labels.zpl"');
    expect(rawPayload.equals(bytes)).toBe(true);
  });

  it('that were changed, cut, made for something else or lead nowhere say so and show nothing', async () => {
    const good = linkTo({});
    const other = signLink(world.deps.sealer.mac, {
      purpose: 'confirmation',
      subject: world.own.mail,
      detail: 'a6',
      expiresAt: new Date(world.now.getTime() + 1_000),
    });
    const urls = [
      `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`,
      good.slice(0, -5),
      '/files/x',
      `/files/${other}`,
      linkTo({ subject: randomUUID() }),
      linkTo({ detail: 'a3' }),
    ];
    for (const url of urls) {
      const answer = await world.as(null, 'GET', url);
      expect([url, answer.status]).toEqual([url, 404]);
      expect(answer.text).toContain('This link does not work');
    }
  });
});
