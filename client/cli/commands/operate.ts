import { type Config, ConfigError, loadConfig } from '../../../config/load.ts';
import { openDatabase } from '../../../db/database.ts';
import { isReachable } from '../../api/health.ts';
import type { Context, Outcome } from '../command.ts';
import { CliFault } from '../exit-codes.ts';
import { type GlobalOptions, runningWorld } from '../session.ts';

/**
 * The configuration of this machine's processes; a folder that was named by hand means the world that runs in it.
 * @throws CliFault usage with every fault of it
 */
export function configOf({ dataDir, isDataDirGiven }: GlobalOptions): Config {
  try {
    return isDataDirGiven ? loadConfig({ TRADELANE_DATA_DIR: dataDir }) : loadConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const details = error.faults.map(({ name, expected, remedy }) => ({ name, expected, remedy }));
    throw new CliFault('usage', error.message, { details });
  }
}

/** Compares the outside truth with ours. Exits with 1 when anything differs. */
export async function audit(context: Context): Promise<Outcome> {
  const world = runningWorld(context.options);
  if (world === null) {
    throw new CliFault('unreachable', 'No local world runs here: there is nothing to compare with.', {
      remedy: 'Start it with `npm start`, or name its folder with --data-dir.',
    });
  }
  const { auditFromRunFile, renderAudit, runAudit } = await import('../../../audit/main.ts');
  const opened = await auditFromRunFile(world);
  try {
    const report = await runAudit(opened.deps);
    return { json: report, text: renderAudit(report), exit: report.ok ? 'ok' : 'refused' };
  } finally {
    await opened.close();
  }
}

/** Wakes every open process again from the rows alone. */
export async function resume(context: Context): Promise<Outcome> {
  const config = configOf(context.options);
  const [{ openClient }, { createGateway }, { resumeAll }] = await Promise.all([
    import('../../temporal/connect.ts'),
    import('../../temporal/gateway.ts'),
    import('../../temporal/resume.ts'),
  ]);
  const { installation, temporal } = config;
  const client = openClient(temporal);
  const db = openDatabase({ url: config.database.appUrl, maxConnections: 2, applicationName: 'tradelane-cli' });
  try {
    const gateway = createGateway({ client, installation, namespace: temporal.namespace, uiUrl: temporal.uiUrl });
    if (!(await isReachable(gateway))) {
      throw new CliFault('unreachable', `Temporal does not answer at ${temporal.address}.`, {
        remedy: 'Start it, or correct TEMPORAL_ADDRESS.',
      });
    }
    const { buildId } = config.worker;
    const pausedSchedules = config.clock === 'database';
    const { namespace } = temporal;
    const report = await resumeAll({ client, db, installation, namespace, buildId, pausedSchedules });
    const { schedules, searchAttributes, version, ...woken } = report;
    const words = Object.entries(woken).map(([what, n]) => `${n} ${what}`);
    const made = Object.entries(schedules).map(([what, n]) => `${n} ${what}`);
    const lines = [
      `Woken: ${words.join(', ')}.`,
      `Schedules: ${made.join(', ')}.`,
      ...(searchAttributes.length > 0 ? [`Search attributes added: ${searchAttributes.join(', ')}.`] : []),
      ...(version ? [`The work goes to version ${version} of the worker.`] : []),
      ...(buildId && !version ? [`No worker of version ${buildId} is running: start it.`] : []),
    ];
    return { json: report, text: lines.join('\n') };
  } finally {
    await client.connection.close();
    await db.close();
  }
}
