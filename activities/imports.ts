import { findImport, type ImportPhase } from '../db/imports.ts';
import { applyChunk } from '../db/imports-apply.ts';
import { listChunk } from '../db/imports-listing.ts';
import type { Command } from '../db/steps.ts';
import type { ActivityDeps } from './deps.ts';
import { readOn } from './imports-reading.ts';

/** An activity gives its place back after this; the import's row says where the next one goes on. */
const sliceMs = 8_000;

export interface ImportProgress {
  readonly phase: ImportPhase;
  /** Something is left to be done without anybody asking for it. */
  readonly more: boolean;
  readonly text: string;
}

type ImportDeps = Pick<ActivityDeps, 'db' | 'clock'>;

const working: readonly ImportPhase[] = ['reading', 'applying', 'listing'];

/** Imports of files: read, applied, followed by listings, in slices whose progress is kept in the row. */
export function importActivities(deps: ImportDeps) {
  return {
    /** Does the next slice of what is due for an import. Repeated after a crash it goes on at the last whole batch. */
    async workOnImport(importId: string): Promise<ImportProgress> {
      const begun = performance.now();
      const isTimeUp = (): boolean => performance.now() - begun > sliceMs;
      const row = await deps.db.tx('staff', (trx) => findImport(trx, importId));
      if (row?.phase === 'reading') await readOn(deps, importId, isTimeUp);
      else if (row && (row.phase === 'applying' || row.phase === 'listing')) {
        const step = row.phase === 'applying' ? applyChunk : listChunk;
        for (let more = true; more && !isTimeUp(); ) {
          const command = await commandFor(deps, importId, row.confirmed_by);
          more = await deps.db.tx('staff', async (trx) => (await step(trx, importId, command)).more);
        }
      }
      return progressOf(deps, importId);
    },
  };
}

async function commandFor(deps: ImportDeps, importId: string, confirmedBy: string | null): Promise<Command> {
  return {
    commandId: `import/${importId}`,
    actor: confirmedBy ?? 'tradelane',
    role: 'connector',
    at: await deps.clock.now(),
    why: 'import of a file',
    correlationId: `import/${importId}`,
  };
}

async function progressOf(deps: ImportDeps, importId: string): Promise<ImportProgress> {
  const row = await deps.db.tx('staff', (trx) => findImport(trx, importId));
  if (!row) return { phase: 'discarded', more: false, text: 'it is gone' };
  const { phase, file_name: name } = row;
  const text: Record<ImportPhase, string> = {
    uploading: 'its file is on its way',
    mapping: 'a person must say what its columns mean',
    reading: `${row.read_rows} rows read, ${row.reading_state?.offset ?? 0} of ${row.bytes} bytes`,
    preview: `${row.read_rows} rows read; it waits for a person`,
    applying: `${row.applied} of ${row.to_apply} rows applied`,
    listing: `applied; listings of ${row.listed} products looked after`,
    done: `done, ${row.applied} rows applied`,
    discarded: 'discarded',
    failed: `failed: ${row.error ?? 'unknown'}`,
  };
  return { phase, more: working.includes(phase), text: `**${name}**: ${text[phase]}` };
}
