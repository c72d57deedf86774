import { attempt, rounds } from './attempts.ts';
import { describe } from './describe.ts';
import { local, readsOf } from './proxies.ts';

/** Turns what is due into events. Schedules and simulations ask; two questions at once are one process. */
export async function tickerWorkflow(): Promise<void> {
  await rounds('What is due', [], async () => {
    const report = await local.runDue();
    describe({
      text: `Due: ${report.closedConsignments} consignments closed, ${report.silentCancels} silent cancels`,
      state: 'done',
    });
  });
}

/** What a schedule starts: it wakes the one process of the stream. */
export async function scheduledWorkflow(connectionId: string, stream: string): Promise<void> {
  if (stream === 'ticker') return local.startTick();
  return local.startStream(connectionId, stream);
}

/** After a connection changed: schedules and first readings. */
export async function connectionWorkflow(connectionId: string): Promise<string> {
  let state = '';
  await rounds('Connection', [connectionId], async () => {
    ({ state } = await local.connectionChanged(connectionId));
    if (state === 'CONNECTED') await attempt('Webhooks', () => readsOf(connectionId).reconcileWebhooks(connectionId));
    describe({ text: `Connection is ${state}`, connection: connectionId, state });
  });
  return state;
}
