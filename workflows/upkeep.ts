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

/**
 * Looks after what a shop reports to us: webhooks that somebody removed are made again, those that the shop switched off
 * (WooCommerce does so after failures in a row, and tells nobody) are revived.
 */
export async function webhooksWorkflow(connectionId: string): Promise<void> {
  await rounds('Webhooks of the shop', [connectionId], async () => {
    const report = await readsOf(connectionId).watchWebhooks(connectionId);
    const text = report ? `${report.created} made, ${report.revived} revived, ${report.removed} removed` : 'none here';
    describe({ text: `Webhooks: ${text}`, connection: connectionId, state: 'done' });
  });
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
