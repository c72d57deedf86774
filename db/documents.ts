import { createHash, randomUUID } from 'node:crypto';
import type { Tx } from './database.ts';

/** Stores a file that people print or download, with its checksum. Returns its id. */
export async function storeDocument(
  trx: Tx,
  input: { brandId: string; kind: string; format: string; fileName: string; bytes: Buffer; at: Date },
): Promise<string> {
  const id = randomUUID();
  await trx('documents').insert({
    id,
    brand_id: input.brandId,
    kind: input.kind,
    format: input.format,
    file_name: input.fileName,
    sha256: createHash('sha256').update(input.bytes).digest(),
    bytes: input.bytes,
    created_at: input.at,
  });
  return id;
}
