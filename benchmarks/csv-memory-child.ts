import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { importActivities } from '../activities/imports.ts';
import { openDatabase } from '../db/database.ts';
import { findImport } from '../db/imports.ts';
import { uploadFile } from '../db/imports-upload.ts';

export interface Task {
  readonly databaseUrl: string;
  readonly path: string;
  readonly code: string;
}

export interface Answer {
  readonly peakBytes: number;
  readonly seconds: number;
  readonly counts: Readonly<Record<string, number>>;
}

const task: Task = JSON.parse(await text(process.stdin));
const at = new Date('2026-07-01T00:00:00.000Z');
const db = openDatabase({ url: task.databaseUrl, maxConnections: 4, applicationName: 'bench-memory' });
const brandId = randomUUID();
await db.tx('staff', (trx) =>
  trx('brands').insert({
    id: brandId,
    code: task.code,
    name: 'Memory',
    time_zone: 'Australia/Sydney',
    currency: 'AUD',
    mail_schedule: '{}',
    created_at: at,
  }),
);
const id = randomUUID();
const begun = performance.now();
const command = { commandId: randomUUID(), actor: 'bench', role: 'ops' as const, at };
await uploadFile(db, { id, brandId, fileName: 'memory.csv', body: createReadStream(task.path) }, command);
const activities = importActivities({ db, clock: { now: async () => at } });
for (let more = true; more; ) ({ more } = await activities.workOnImport(id));
const seconds = (performance.now() - begun) / 1000;
const row = await db.tx('staff', (trx) => findImport(trx, id));
await db.close();
// The kernel counts in kibibytes.
const answer: Answer = { peakBytes: process.resourceUsage().maxRSS * 1024, seconds, counts: row?.counts ?? {} };
process.stdout.write(JSON.stringify(answer));
