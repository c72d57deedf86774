import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { printed, textsOf } from '../labels/read-back.fixture.ts';
import { carrierLabel } from '../labels/samples.fixture.ts';
import { readLink } from '../mail/links.ts';
import { openProblemsOf, orderStep, testSealer } from '../tests/factories.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { scriptedCarrier } from '../tests/scripted-systems.ts';
import { fourOClock, openShippingBench } from '../tests/shipping-bench.ts';

const minutes = (count: number): Date => new Date(fourOClock.getTime() + count * 60_000);

describe('the contents of a label mail', () => {
  let database: TestDatabase;
  let bench: Awaited<ReturnType<typeof openShippingBench>>;

  beforeAll(async () => {
    database = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'act_labels' });
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    bench = await openShippingBench(database);
  });

  const setBrand = (columns: Record<string, unknown>) =>
    bench.staff((trx) => trx('brands').where({ id: bench.world.brandId }).update(columns));
  const numberOf = async (id: string) =>
    (await bench.staff((trx) => trx('orders').where({ id }).first('number'))).number as string;
  const sent = async (mailId: string | null) => {
    await bench.mails.sendMail(mailId ?? '');
    const mail = bench.systems.mails.at(-1);
    if (!mail) throw new Error('no mail was sent');
    const files = mail.attachments.map(({ fileName, bytes }) => ({ fileName, bytes: Buffer.from(bytes) }));
    return { ...mail, files, pdfs: files.filter(({ fileName }) => fileName.endsWith('.pdf')) };
  };

  it('waits for a stuck booking no longer than the brand’s patience, and names it; it follows in a supplement', async () => {
    const [first, second] = await bench.closed();
    await bench.book(first);
    bench.systems.now = minutes(9);
    const before = (await bench.labelWork()).length;
    await bench.ticker.runDue();
    expect((await bench.labelWork()).length).toBe(before);
    expect(await bench.compose()).toMatchObject({ kind: 'waiting' });
    bench.systems.now = minutes(10);
    await bench.ticker.runDue();
    expect((await bench.labelWork()).length).toBe(before + 1);
    const { kind, mailId } = await bench.compose();
    expect(kind).toBe('composed');
    const mail = await sent(mailId);
    expect(mail.text).toContain(`${await numberOf(second)}: the carrier has not given the label of C-`);
    // Nothing waits beside the stuck one any more: the ticker leaves it in peace.
    await bench.ticker.runDue();
    expect((await bench.labelWork()).length).toBe(before + 1);
    expect(await bench.compose()).toMatchObject({ kind: 'nothing' });
    await bench.book(second);
    const late = await sent((await bench.compose()).mailId);
    expect(late.subject).toContain('revision 2');
    expect(late.text).toContain('A supplement');
    expect(late.text).toContain(await numberOf(second));
    expect(late.text).not.toContain(`Orders: ${await numberOf(first)}`);
  });

  it('holds labels for label printers as a file of its own, where the brand prefers it or the carrier has no other', async () => {
    const asked: (string | undefined)[] = [];
    bench.systems.carriers.set(bench.world.carrierId, (usual) => ({
      capabilities: { ...scriptedCarrier, labelFormats: ['ZPL'] },
      book: async (request) => {
        asked.push(request.labelFormat);
        const answer = await usual.book?.(request);
        if (!answer?.details) throw new Error('the scripted carrier books');
        const zpl = { kind: 'label', format: 'ZPL', bytes: Buffer.from(`^XA^FD${request.reference}^FS^XZ`) } as const;
        return { ...answer, details: { ...answer.details, documents: [zpl] } };
      },
    }));
    const [first, second] = await bench.closed();
    for (const id of [first, second]) await bench.book(id);
    expect(asked).toEqual(['ZPL', 'ZPL']);
    const mail = await sent((await bench.compose()).mailId);
    const zpl = mail.files.find(({ fileName }) => fileName === 'labels-2026-11-20-1600-1.zpl');
    expect(zpl?.bytes.toString().match(/\^XA/g)).toHaveLength(2);
    expect(mail.text).toContain('Labels for label printers (ZPL), 2 pages (attached)');
    expect(mail.text).toContain('Send this file to a label printer as it is');
    expect(mail.pdfs).toHaveLength(1);
    expect(await openProblemsOf(database.db, first)).toEqual([]);
  });

  it('is one document for each paper: cover, carrier’s label, slip of each order; and a table of the same rows', async () => {
    await setBrand({ label_papers: ['a4-4up', 'a6'], own_labels: 'always' });
    const [first, second] = await bench.closed();
    for (const id of [first, second]) await bench.book(id);
    const mail = await sent((await bench.compose()).mailId);
    expect(mail.files.map(({ fileName }) => fileName)).toEqual([
      'labels-2026-11-20-1600-1-a4-4up.pdf',
      'labels-2026-11-20-1600-1-a6.pdf',
      'labels-2026-11-20-1600-1.csv',
    ]);
    const [a4, a6] = await Promise.all(mail.pdfs.map(({ bytes }) => printed(bytes)));
    // Cover, and for each consignment the carrier's label, our own, and a slip.
    expect([a4?.length, a6?.length]).toEqual([2, 7]);
    const codes = (a6 ?? []).flatMap((page) => page.codes.filter(({ format }) => format === 'Code128'));
    const numbers = [await numberOf(first), await numberOf(second)];
    for (const number of numbers) expect(codes.map(({ text }) => text)).toContain(number);
    expect(codes.filter(({ text }) => /^C-\d+\/1\/1$/.test(text))).toHaveLength(2);
    const table = mail.files[2]?.bytes.toString('utf8') ?? '';
    expect(table.split('\r\n')).toHaveLength(4);
    for (const number of numbers) expect(table).toContain(number);
    expect(mail.text).toContain('- Labels for A4, four labels a sheet, 2 pages (attached)');
  });

  it('opens with labels that must not be used any more, once', async () => {
    const [first, second] = await bench.closed();
    for (const id of [first, second]) await bench.book(id);
    await sent((await bench.compose()).mailId);
    await bench.cancel(first);
    const gone = await bench.consignmentOf(first);
    for (const [minute, told] of [
      [60, true],
      [120, false],
    ] as const) {
      bench.systems.now = minutes(minute);
      const next = await bench.queued();
      const own = await bench.consignmentOf(next);
      await bench.staff((trx) => trx('consignments').where({ id: own.id }).update({ close_due_at: bench.systems.now }));
      await bench.ticker.runDue();
      await bench.book(next);
      const { mailId } = await bench.mails.composeLabelMail({
        brandId: bench.world.brandId,
        date: own.slot_date,
        time: own.slot_time,
      });
      const mail = await sent(mailId);
      expect([mail.subject.startsWith('DO NOT USE'), mail.text.includes(gone.tracking_number)]).toEqual([told, told]);
      expect(mail.text).not.toContain(await numberOf(second));
    }
  });

  it('says of every order that is not in it why', async () => {
    const [first, second] = await bench.closed();
    for (const id of [first, second]) await bench.book(id);
    await orderStep(database.db, second, 'EDIT', { at: bench.systems.now });
    const asked = await bench.approved();
    await orderStep(database.db, asked, 'EDIT', { at: bench.systems.now });
    await orderStep(database.db, asked, 'REQUEST_CONFIRMATION', { at: bench.systems.now });
    const doubtful = await bench.approved();
    await orderStep(database.db, doubtful, 'CANCEL_REQUESTED_THERE', { role: 'connector', at: bench.systems.now });
    const mail = await sent((await bench.compose()).mailId);
    expect(mail.text).toContain(`${await numberOf(second)}: changed after it was planned`);
    expect(mail.text).toContain(`${await numberOf(asked)}: waits for your confirmation until 2026-11-21`);
    expect(mail.text).toContain(`${await numberOf(doubtful)}: its cancellation was asked for`);
  });

  it('goes without a label that cannot be printed, which is a problem of its own', async () => {
    const [first, second] = await bench.closed();
    for (const id of [first, second]) await bench.book(id);
    const broken = await bench.consignmentOf(second);
    await bench.staff((trx) =>
      trx('documents')
        .where({ id: broken.label_document_id })
        .update({ bytes: Buffer.from('<html>maintenance</html>') }),
    );
    const mail = await sent((await bench.compose()).mailId);
    expect(mail.text).toContain(`${await numberOf(second)}: the label of ${broken.number} cannot be printed`);
    expect(mail.text).toContain(await numberOf(first));
    expect(await openProblemsOf(database.db, broken.id)).toEqual(['labels-unprintable']);
    expect(await bench.compose()).toEqual({ kind: 'nothing', mailId: null });
    const good = await carrierLabel(1, [288, 432], 5);
    await bench.staff((trx) => trx('documents').where({ id: broken.label_document_id }).update({ bytes: good }));
    expect(await bench.compose()).toMatchObject({ kind: 'composed' });
    expect(await openProblemsOf(database.db, broken.id)).toEqual([]);
  });

  it('tells ops where a romanisation was printed, without the name itself', async () => {
    const [first, second] = await bench.closed();
    await bench.staff((trx) => trx('order_lines').where({ order_id: first }).update({ title: '한글 커피' }));
    for (const id of [first, second]) await bench.book(id);
    const mail = await sent((await bench.compose()).mailId);
    const texts = (await textsOf(mail.pdfs[0]?.bytes ?? Buffer.alloc(0))).join('\n');
    expect(texts).toContain('Hangeul Keopi');
    const problem = await bench.staff((trx) =>
      trx('problems').where({ brand_id: bench.world.brandId, kind: 'label-characters' }).first(),
    );
    expect(problem.detail).toContain(`${await numberOf(first)}, packing slip: Hangul`);
    expect(problem.detail).not.toContain('한');
  });

  it('links documents that together are too big for a mail, until they expire', async () => {
    const [first, second] = await bench.closed();
    for (const id of [first, second]) await bench.book(id);
    const { label_document_id } = await bench.consignmentOf(first);
    const big = await carrierLabel(1, [288, 432], 5);
    const heavy = await heavyLabel(big, 7_200_000);
    await bench.staff((trx) => trx('documents').where({ id: label_document_id }).update({ bytes: heavy }));
    const mail = await sent((await bench.compose()).mailId);
    expect(mail.pdfs).toEqual([]);
    expect(mail.files.map(({ fileName }) => fileName)).toEqual(['labels-2026-11-20-1600-1.csv']);
    const token = mail.text.match(/https:\/\/lane\.test\/files\/([\w.-]+)/)?.[1] ?? '';
    expect(mail.html).toContain(token);
    const now = bench.systems.now;
    const reading = readLink(testSealer.mac, 'file', token, now);
    expect(reading).toMatchObject({ ok: true, claims: { detail: 'thermal-100x150' } });
    const later = new Date(now.getTime() + 14 * 24 * 3_600_000);
    expect(readLink(testSealer.mac, 'file', token, later)).toMatchObject({ ok: false, why: 'expired' });
  });
});

/** The label with an embedded file that compression cannot shrink. */
async function heavyLabel(pdf: Buffer, bytes: number): Promise<Buffer> {
  const { PDFDocument, PDFName } = await import('@cantoo/pdf-lib');
  const { randomBytes } = await import('node:crypto');
  const document = await PDFDocument.load(pdf, { updateMetadata: false });
  const stream = document.context.stream(randomBytes(bytes));
  const page = document.getPage(0);
  page.node.set(PDFName.of('PieceInfo'), document.context.register(stream));
  return Buffer.from(await document.save());
}
