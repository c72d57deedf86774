import type { Client } from '@temporalio/client';
import { startStream, wakeProcess, workflowIdOf } from './deliver.ts';
import { streamsOf } from './topics.ts';

/** What the API asks of Temporal directly; everything else travels by the outbox. */
export interface TemporalGateway {
  /** Reads one stream of an account now, or all of its streams. Returns the ids of the processes. */
  syncNow(connection: { id: string; kind: keyof typeof streamsOf }, stream?: string): Promise<string[]>;
  /** Fetches one order of a marketplace now, whatever the lists say. */
  fetchOrder(connectionId: string, externalId: string): Promise<string>;
  /** Where an admin sees the process in Temporal's own UI; null where no UI is configured. */
  workflowUrl(businessKey: string): string | null;
  reachable(): Promise<boolean>;
}

export function createGateway(deps: {
  client: Client;
  installation: string;
  namespace: string;
  uiUrl: string | null;
}): TemporalGateway {
  const { client, installation } = deps;
  return {
    async syncNow({ id, kind }, stream) {
      const streams = stream ? [stream] : Object.keys(streamsOf[kind]);
      return Promise.all(streams.map((name) => startStream(client, installation, id, name)));
    },
    async fetchOrder(connectionId, externalId) {
      const key = `channel-order/${connectionId}/${encodeURIComponent(externalId)}`;
      await wakeProcess(client, installation, 'channel-order', key);
      return workflowIdOf(installation, key);
    },
    workflowUrl: (businessKey) =>
      deps.uiUrl
        ? `${deps.uiUrl.replace(/\/$/, '')}/namespaces/${deps.namespace}/workflows?query=${encodeURIComponent(`WorkflowId="${workflowIdOf(installation, businessKey)}"`)}`
        : null,
    // Whether the question can be asked is the answer.
    reachable: async () =>
      client.connection
        .ensureConnected()
        .then(() => client.workflowService.getSystemInfo({}))
        .then(
          () => true,
          () => false,
        ),
  };
}
