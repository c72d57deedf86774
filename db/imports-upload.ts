import { createHash } from 'node:crypto';
import { guessColumns, missingFields } from '../imports/columns.ts';
import { probeBytes, probeFile } from '../imports/file-reader.ts';
import type { ColumnMapping } from '../imports/types.ts';
import type { Database } from './database.ts';
import {
  addChunk,
  beginUpload,
  chunkBytes,
  failImport,
  fileComplete,
  findImport,
  rememberedColumns,
} from './imports.ts';
import type { Command } from './steps.ts';

export const maxFileBytes = 300 * 1024 * 1024;

/** The file cannot be taken: told to whoever sent it; the import stays as failed with the same sentence. */
export class UploadRefused extends Error {
  override readonly name = 'UploadRefused';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** A person is asked before anything is read when no SKU is known, or a column is doubtful. */
export function asksAboutColumns(mapping: readonly ColumnMapping[]): boolean {
  const isDoubtful = ({ field, source, confidence }: ColumnMapping): boolean =>
    field !== null && confidence < 0.7 && source !== 'person' && source !== 'remembered';
  return missingFields(mapping).length > 0 || mapping.some(isDoubtful);
}

/**
 * Keeps a file as it comes, piece by piece: memory holds one piece. Then finds out what it is and lets its reading begin.
 * @throws UploadRefused when it is too large, empty or without a header.
 */
export async function uploadFile(
  db: Database,
  input: { id: string; brandId: string; fileName: string; body: AsyncIterable<Buffer> },
  command: Command,
): Promise<void> {
  const { id, brandId } = input;
  await db.tx('staff', (trx) => beginUpload(trx, { ...input, command }));
  const hash = createHash('sha256');
  let number = 0;
  let bytes = 0;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let beginning = Buffer.alloc(0);
  const keep = async (piece: Buffer): Promise<void> => {
    await db.tx('staff', (trx) => addChunk(trx, { importId: id, brandId, number, bytes: piece }));
    number += 1;
  };
  try {
    for await (const part of input.body) {
      bytes += part.length;
      if (bytes > maxFileBytes)
        throw new UploadRefused(
          `The file is larger than ${maxFileBytes / 1024 / 1024} MiB.`,
          'Divide it into several files.',
        );
      hash.update(part);
      if (beginning.length < probeBytes)
        beginning = Buffer.concat([beginning, part.subarray(0, probeBytes - beginning.length)]);
      waiting.push(part);
      waitingBytes += part.length;
      if (waitingBytes < chunkBytes) continue;
      let all = Buffer.concat(waiting);
      for (; all.length >= chunkBytes; all = all.subarray(chunkBytes)) await keep(all.subarray(0, chunkBytes));
      waiting = [Buffer.from(all)];
      waitingBytes = all.length;
    }
    if (waitingBytes > 0) await keep(Buffer.concat(waiting));
    const probe = probeFile(beginning, bytes <= beginning.length);
    if (!probe || probe.headers.every((header) => header === ''))
      throw new UploadRefused('The file holds no header.', 'The first line names the columns; look at the template.');
    await db.tx('staff', async (trx) => {
      const remembered = await rememberedColumns(trx, brandId);
      const mapping = guessColumns({ headers: probe.headers, samples: probe.samples, remembered });
      const asks = asksAboutColumns(mapping);
      await fileComplete(trx, { id, bytes, sha256: hash.digest(), probe, mapping, asks }, command);
    });
  } catch (error) {
    const reason = error instanceof UploadRefused ? error.message : 'The upload broke off.';
    await db.tx('staff', async (trx) => {
      const row = await findImport(trx, id);
      if (row?.phase === 'uploading') await failImport(trx, id, reason, command);
    });
    throw error;
  }
}
