import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { brandRow, header } from './brand-files.ts';
import type { Answer, Task } from './csv-memory-child.ts';
import type { BenchDatabase, Benchmark, Context } from './types.ts';

const smallRows = 10_000;
const largeRows = ({ quick }: Context): number => (quick ? 100_000 : 1_000_000);
const hugeCellBytes = 10 * 1024 * 1024;

/**
 * A file of a million rows is kept, read, compared and staged by a process of its own; its peak memory is compared with
 * the same process and 10,000 rows, its time with bare parsing plus COPY. The files have CRLF, a byte order mark, one cell
 * of 10 MB and one byte that is not UTF-8.
 */
export const csvMemoryBenchmark: Benchmark = {
  title: 'memory of reading a million rows',
  goals: {
    'rss-growth': { fair: 2, good: 1.3, excellent: 1.15, lowerIsBetter: true },
    'rss-mebibytes': { fair: 400, good: 250, excellent: 200, lowerIsBetter: true },
    wall: { fair: 20, good: 12, excellent: 8, lowerIsBetter: true },
  },
  pairs: { full: 5, quick: 2 },
  async pair(context) {
    const rows = largeRows(context);
    const small = await fileOf(context, smallRows);
    const large = await fileOf(context, rows);
    const database = await context.database();
    try {
      const few = await child(database, { path: small, rows: smallRows });
      const bare = (await parseSeconds(large)) + (await copySeconds(database, large));
      const many = await child(database, { path: large, rows });
      const megabytes = many.peakBytes / 1024 / 1024;
      return [
        {
          metric: 'rss-growth',
          peer: few.peakBytes,
          engine: many.peakBytes,
          ratio: many.peakBytes / few.peakBytes,
          unit: 'bytes',
        },
        { metric: 'rss-mebibytes', peer: 1, engine: megabytes, ratio: megabytes, unit: 'MiB' },
        {
          metric: 'wall',
          peer: bare,
          engine: many.seconds,
          ratio: many.seconds / bare,
          unit: 's',
          details: { rowsPerSecond: rows / many.seconds },
        },
      ];
    } finally {
      await database.close();
    }
  },
};

async function fileOf({ folder }: Context, rows: number): Promise<string> {
  const path = join(folder, `memory-${rows}.csv`);
  if (existsSync(path)) return path;
  const out = createWriteStream(path);
  const write = async (bytes: string | Buffer): Promise<void> => {
    if (!out.write(bytes)) await once(out, 'drain');
  };
  await write(`\ufeff${header}\r\n`);
  let text = '';
  for (let index = 0; index < rows; index += 1) {
    text += `${brandRow(index)}\r\n`;
    if (index === 5_000) {
      await write(text);
      text = '';
      await write(`HUGE,Huge,"${'x'.repeat(hugeCellBytes)}",Clothing,1.00,AUD,1,,1,,,AU\r\n`);
      await write(Buffer.from('LATIN,Caf\xe9,,Clothing,1.00,AUD,1,,1,,,AU\r\n', 'latin1'));
    }
    if (text.length < 1_000_000) continue;
    await write(text);
    text = '';
  }
  out.end(text);
  await once(out, 'finish');
  return path;
}

/** Runs the reading in a process of its own, whose memory nothing else is in. */
async function child({ appUrl }: BenchDatabase, { path, rows }: { path: string; rows: number }): Promise<Answer> {
  const task: Task = { databaseUrl: appUrl, path, code: `rows-${rows}` };
  const script = fileURLToPath(new URL('./csv-memory-child.ts', import.meta.url));
  const running = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  running.stdin.end(JSON.stringify(task));
  const parts: Buffer[] = [];
  running.stdout.on('data', (part: Buffer) => parts.push(part));
  const [code] = await once(running, 'close');
  if (code !== 0) throw new Error(`the reading process ended with ${code}`);
  const answer: Answer = JSON.parse(Buffer.concat(parts).toString('utf8'));
  const { read = 0, refused = 0 } = answer.counts;
  if (read !== rows + 2) throw new Error(`${read} rows were read instead of ${rows + 2}: the figure is void`);
  if (refused < 1) throw new Error('the cell of 10 MB was not refused');
  return answer;
}

async function parseSeconds(path: string): Promise<number> {
  const begun = performance.now();
  const sink = new Writable({ objectMode: true, write: (_row, _encoding, done) => done() });
  await pipeline(createReadStream(path), parse({ bom: true, relax_column_count: true }), sink);
  return (performance.now() - begun) / 1000;
}

async function copySeconds({ ownerUrl }: BenchDatabase, path: string): Promise<number> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(
      `create table peer (${header
        .split(',')
        .map((name) => `${name} text`)
        .join(', ')}, primary key (sku))`,
    );
    const begun = performance.now();
    const copying = client.query(copyFrom("copy peer from stdin (format csv, header, encoding 'latin1')"));
    await pipeline(createReadStream(path), copying);
    return (performance.now() - begun) / 1000;
  } finally {
    await client.query('drop table if exists peer');
    await client.end();
  }
}
