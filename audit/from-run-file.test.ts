import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { RunFile } from '../config/run-file.ts';
import { demoOptions, startJdIdSimulator } from '../connectors/jd-id/simulator/index.ts';
import type { RunningSimulator } from '../connectors/simulator-kit/index.ts';
import { createTestDatabase, type TestDatabase } from '../tests/helpers/database.ts';
import { auditFromRunFile } from './from-run-file.ts';
import { runAudit } from './main.ts';
import { makeSmallWorld } from './world.fixture.ts';

const installation = `audit-${randomUUID().slice(0, 8)}`;
const canary = 'canary-of-a-workflow';
const folder = mkdtempSync(join(tmpdir(), 'audit-run-'));

let test: TestDatabase;
let simulator: RunningSimulator;
let connection: Connection;

beforeAll(async () => {
  test = await createTestDatabase(inject('postgresSuperuserUrl'), { prefix: 'audit' });
  await makeSmallWorld(test.db);
  simulator = await startJdIdSimulator({ ...demoOptions, limits: { perSecond: 40, burst: 60 } });
  await test.db.tx('staff', (trx) =>
    trx('connections')
      .where({ code: 'jd' })
      .update({ settings: JSON.stringify({ gatewayUrl: `${simulator.url}/routerjson` }) }),
  );
  connection = await Connection.connect({ address: inject('temporalAddress') });
  mkdirSync(join(folder, 'logs'));
  writeFileSync(join(folder, 'logs/worker.log'), '{"level":30}\n');
});
afterAll(async () => {
  await connection.close();
  await simulator.close();
  await test.close();
  rmSync(folder, { recursive: true });
});

const runFile = (): RunFile => ({
  startedAt: '2026-07-01T00:00:00Z',
  dataDir: folder,
  pids: {},
  apiUrl: '',
  dashboardUrl: '',
  databaseUrl: test.ownerUrl,
  databaseAppUrl: test.appUrl,
  temporalAddress: inject('temporalAddress'),
  temporalUiUrl: null,
  mailUrl: null,
  sandbox: { marketplace: simulator.url, mail: 'http://127.0.0.1:9', oracle: 'http://127.0.0.1:9' },
  logIns: [],
  environment: { TRADELANE_INSTALLATION: installation },
});

describe('an audit of a running world', () => {
  it('finds accounts by their address, the mail catcher by its name, and names what belongs to nobody', async () => {
    const { deps, close } = await auditFromRunFile(runFile());
    const named = deps.sources.map(({ name, connectionCode, kind }) => ({ name, connectionCode, kind }));
    expect(named).toEqual([
      { name: 'marketplace', connectionCode: 'jd', kind: 'marketplace' },
      { name: 'mail', connectionCode: null, kind: 'mail' },
    ]);
    expect(deps).toMatchObject({ installation, unmatched: ['oracle'], logFiles: [join(folder, 'logs/worker.log')] });
    await close();
  });

  it('reads a simulator’s log and limits over its control surface', async () => {
    const { deps, close } = await auditFromRunFile(runFile());
    await fetch(`${simulator.url}/routerjson`, { method: 'POST' });
    const [marketplace] = deps.sources;
    expect(await marketplace?.readLimits()).toEqual({ perSecond: 40, burst: 60 });
    expect(await marketplace?.readLog()).toMatchObject([{ kind: 'call', path: '/routerjson' }]);
    // The mail catcher does not answer: an audit without a witness says nothing.
    await expect(runAudit({ ...deps, only: ['L8'] })).rejects.toThrow('the log of mail cannot be read');
    const report = await runAudit({ ...deps, sources: deps.sources.slice(0, 1), only: ['L8'] });
    expect(report.figures).toMatchObject({ 'L8.marketplace.calls': 1, sourcesWithoutAccount: 'oracle' });
    await close();
  });

  it('lists open workflows of this installation only, and finds a secret in a history', async () => {
    const client = new Client({ connection });
    const start = (workflowId: string, args: unknown[]) =>
      client.workflow.start('nobodyRunsThis', { workflowId, taskQueue: installation, args });
    const own = await start(`${installation}/order/1`, [`x${canary}`]);
    const other = await start(`other-${installation}/order/1`, []);
    const { deps, close } = await auditFromRunFile(runFile(), { canaries: [canary] });
    // Temporal's list may be a moment behind what was started.
    await expect
      .poll(() => deps.temporal?.listOpenWorkflows(), { timeout: 60_000 })
      .toEqual([{ workflowId: `${installation}/order/1`, type: 'nobodyRunsThis' }]);
    const { checks } = await runAudit({ ...deps, sources: [], only: ['L5', 'L9'] });
    expect(checks.L5.findings.map(({ what }) => what)).toContain('a workflow of something that is not here');
    expect(checks.L9.findings).toEqual([
      { what: 'a secret lies about', ids: [`${installation}/order/1`], detail: 'canary 1: in its history' },
    ]);
    await own.terminate();
    await other.terminate();
    await close();
  });
});
