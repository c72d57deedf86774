import type { Tx } from '../db/database.ts';
import { storeDocument } from '../db/documents.ts';
import { type LabelMailState, labelMailOf, type SlotKey, storeLabelMail } from '../db/label-mail.ts';
import { dateAndTime } from '../db/label-mail-rest.ts';
import { readPrints } from '../db/label-prints.ts';
import { reportProblem, resolveProblem } from '../db/problems.ts';
import type { Command } from '../db/steps.ts';
import { type ConsignmentPrint, type PrintedBatch, printBatch } from '../labels/batch.ts';
import { zplLabels } from '../labels/carrier-labels.ts';
import { onPaper, paperNames } from '../labels/papers.ts';
import { scriptsOf } from '../labels/romanise.ts';
import type { MissingGlyphs } from '../labels/sheet.ts';
import { type LabelMailInput, labelRowsCsv, type MailDocument } from '../mail/compose.ts';
import { linkMarker } from '../mail/links.ts';
import { needsLinks } from '../mail/send.ts';
import { type ActivityDeps, commandOf } from './deps.ts';

type Ready = Extract<LabelMailState, { kind: 'ready' }>;

/** How long links to documents work that were too big to be attached. */
const linksLastMs = 14 * 24 * 60 * 60 * 1000;

export interface Composed {
  readonly kind: 'waiting' | 'nothing' | 'composed' | 'changed';
  readonly mailId: string | null;
}

/**
 * Composes the label mail of a slot: one document with cover, labels and slips, its table, one row. A consignment whose
 * papers cannot be printed is left out and becomes a problem; the others go.
 */
export async function composeSlot(deps: ActivityDeps, slot: SlotKey): Promise<Composed> {
  const at = await deps.clock.now();
  const state = await deps.db.tx('staff', (trx) => labelMailOf(trx, slot, at));
  if (state.kind !== 'ready') return { kind: state.kind, mailId: null };
  const command = await commandOf(deps, `labels/${state.key}`);
  const { settings } = state;
  const prints = await deps.db.tx('staff', (trx) =>
    readPrints(trx, deps.sealer, {
      consignmentIds: state.consignmentIds,
      parts: { carrier: true, ownLabels: settings.ownLabels, packingSlips: settings.packingSlips },
      linkUrl: deps.linkUrl,
    }),
  );
  const { ready, batch } = await printPrintable(deps, state, prints, command);
  if (batch === null) return { kind: 'nothing', mailId: null };
  const { documents, linksExpireAt } = await documentsOf(ready, batch, at);
  const input: LabelMailInput = { ...ready.input, documents };
  const mailId = await deps.db.tx('staff', async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [
      `labels/${slot.brandId}/${slot.date}/${slot.time}`,
    ]);
    const known = await trx('mails').where({ key: ready.key }).first('id');
    if (known) return known.id as string;
    if (!(await areStillBooked(trx, ready))) return null;
    const files = await storeFiles(trx, slot, input, batch, at);
    await noteMissingGlyphs(trx, slot, batch.missing, command);
    return storeLabelMail(trx, slot, ready, { input, files: { ...files, linksExpireAt } }, command);
  });
  return mailId === null ? { kind: 'changed', mailId } : { kind: 'composed', mailId };
}

/** Locked until the mail is stored: whoever takes an order out of one of them now finds the mail and stops it. */
async function areStillBooked(trx: Tx, { consignmentIds }: Ready): Promise<boolean> {
  const rows = await trx('consignments')
    .whereIn('id', [...consignmentIds])
    .orderBy('id')
    .forNoKeyUpdate()
    .select('state');
  return rows.every(({ state }) => state === 'BOOKED');
}

const coverOf = (input: Ready['input']) => ({
  brandName: input.brandName,
  batchId: input.batchId,
  slotDate: input.slotDate,
  slotTime: input.slotTime,
  revision: input.revision,
  consignments: input.consignments.map(({ number, orderNumbers, pieces, trackingNumber }) => ({
    number,
    orderNumbers,
    pieces,
    trackingNumber,
  })),
});

const printerFile = {
  paper: 'label printers (ZPL)',
  notes: [
    'Send this file to a label printer as it is: it cannot be opened as a document, and its labels are in no other one.',
  ],
};

/** One document for each paper of the brand; together too big for a mail, they are linked. */
async function documentsOf(
  { settings, input }: Ready,
  batch: PrintedBatch,
  at: Date,
): Promise<{ documents: MailDocument[]; linksExpireAt: Date | null }> {
  const sheets = [];
  for (const paper of settings.papers) sheets.push({ paper, ...(await onPaper(batch.pdf, paper)) });
  const bytes = sheets.reduce((sum, { pdf }) => sum + pdf.length, batch.zpl?.length ?? 0);
  const linksExpireAt = needsLinks(bytes) ? new Date(at.getTime() + linksLastMs) : null;
  const link = (name: string) =>
    linksExpireAt && { url: linkMarker(`file/${name}`), expiresAt: dateAndTime(linksExpireAt, input.timeZone) };
  const documents = sheets.map(({ paper, pages, notes }) => ({
    paper: paperNames[paper],
    pages,
    notes,
    link: link(paper),
  }));
  if (batch.zpl) documents.push({ ...printerFile, pages: zplLabels(batch.zpl), link: link('zpl') });
  return { documents, linksExpireAt };
}

async function storeFiles(
  trx: Tx,
  slot: SlotKey,
  input: LabelMailInput,
  { pdf, zpl }: Pick<PrintedBatch, 'pdf' | 'zpl'>,
  at: Date,
) {
  const name = `labels-${slot.date}-${slot.time.replace(':', '')}-${input.revision}`;
  const common = { brandId: slot.brandId, at };
  return {
    documentId: await storeDocument(trx, {
      ...common,
      kind: 'label-batch',
      format: 'PDF',
      fileName: `${name}.pdf`,
      bytes: pdf,
    }),
    zplDocumentId: zpl
      ? await storeDocument(trx, { ...common, kind: 'label-batch', format: 'ZPL', fileName: `${name}.zpl`, bytes: zpl })
      : null,
    tableDocumentId: await storeDocument(trx, {
      ...common,
      kind: 'mail-table',
      format: 'CSV',
      fileName: `${name}.csv`,
      bytes: Buffer.from(labelRowsCsv(input), 'utf8'),
    }),
  };
}

/** What paper cannot show is for a person, not for another try. */
const unprintableErrors = ['UnreadableLabel', 'BatchMismatch', 'TextTooLong', 'UnprintableCode'];

async function faultOf(print: ConsignmentPrint): Promise<string | null> {
  const { carrierLabel, printerLabel = null, ownLabels } = print;
  if (carrierLabel === null && printerLabel === null && ownLabels.length === 0) return 'the carrier gave no label';
  try {
    await printBatch({ cover: null, consignments: [print] });
    return null;
  } catch (error) {
    if (error instanceof Error && unprintableErrors.includes(error.name)) return error.message;
    throw error;
  }
}

/** Prints all of them; each is printed alone only where all together can not be. */
async function printPrintable(
  deps: ActivityDeps,
  state: Ready,
  prints: readonly ConsignmentPrint[],
  command: Command,
): Promise<{ ready: Ready; batch: PrintedBatch | null }> {
  const note = (faults: ReadonlyMap<string, string>) =>
    deps.db.tx('staff', (trx) => noteUnprintable(trx, state, faults, command));
  try {
    const batch = await printBatch({ cover: coverOf(state.input), consignments: prints });
    await note(new Map());
    return { ready: state, batch };
  } catch (error) {
    if (!(error instanceof Error && unprintableErrors.includes(error.name))) throw error;
    const faults = new Map<string, string>();
    for (const print of prints) {
      const fault = await faultOf(print);
      if (fault !== null) faults.set(print.consignmentNumber, fault);
    }
    // Then it is the cover that cannot be printed: a fault of ours.
    if (faults.size === 0) throw error;
    await note(faults);
    const ready = without(state, faults);
    if (ready.consignmentIds.length === 0) return { ready, batch: null };
    const rest = prints.filter(({ consignmentNumber }) => !faults.has(consignmentNumber));
    return { ready, batch: await printBatch({ cover: coverOf(ready.input), consignments: rest }) };
  }
}

/** The mail without some consignments, which it tells about. */
function without(state: Ready, faults: ReadonlyMap<string, string>): Ready {
  const { consignments, heldBack } = state.input;
  const reasons = consignments
    .filter(({ number }) => faults.has(number))
    .flatMap(({ number, orderNumbers }) =>
      orderNumbers.map((orderNumber) => ({ orderNumber, reason: `the label of ${number} cannot be printed` })),
    );
  return {
    ...state,
    consignmentIds: state.consignmentIds.filter((_, index) => !faults.has(consignments[index]?.number ?? '')),
    input: {
      ...state.input,
      consignments: consignments.filter(({ number }) => !faults.has(number)),
      heldBack: [...reasons, ...heldBack],
    },
  };
}

async function noteUnprintable(
  trx: Tx,
  state: Ready,
  unprintable: ReadonlyMap<string, string>,
  command: Command,
): Promise<void> {
  const rows = await trx('consignments')
    .whereIn('id', [...state.consignmentIds])
    .select('id', 'number', 'brand_id');
  for (const { id, number, brand_id } of rows) {
    const causeKey = `consignment/${id}/unprintable`;
    const fault = unprintable.get(number);
    if (fault === undefined) {
      await resolveProblem(trx, causeKey, command);
      continue;
    }
    await reportProblem(
      trx,
      {
        causeKey,
        kind: 'labels-unprintable',
        severity: 'error',
        title: `${number}: its label cannot be printed`,
        detail: fault,
        remedy:
          'Mend the named text, or cancel the consignment and have its orders planned again; then send the brand’s labels now. The other labels of the batch went without it.',
        brandId: brand_id,
        entityKind: 'consignment',
        entityId: id,
      },
      command,
    );
  }
}

/** The characters themselves would be a piece of somebody's name: only what they are about and their script is told. */
async function noteMissingGlyphs(
  trx: Tx,
  slot: SlotKey,
  missing: readonly MissingGlyphs[],
  command: Command,
): Promise<void> {
  const causeKey = `labels/${slot.brandId}/${slot.date}/${slot.time}/characters`;
  if (missing.length === 0) return resolveProblem(trx, causeKey, command);
  const places = missing.map(({ about, characters }) => `${about}: ${scriptsOf(characters).join(', ')}`);
  return reportProblem(
    trx,
    {
      causeKey,
      kind: 'label-characters',
      severity: 'warning',
      title: `Some texts on the labels of ${slot.date} ${slot.time} were written in Latin letters`,
      detail: `No font here has their characters, so a romanisation was printed. ${places.join('; ')}`,
      remedy:
        'Look at the printed line. Where it is no use, write name or address in Latin letters at the order and print the label again.',
      brandId: slot.brandId,
    },
    command,
  );
}
