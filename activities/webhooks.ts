import type { StoreConnector } from '../connectors/contract/store.ts';
import { reportProblem, resolveProblem } from '../db/problems.ts';
import { type ActivityDeps, commandOf } from './deps.ts';

/** What the secret is bound to; equal to what `client/api/connect.ts` seals it for. */
const sealedFor = (connectionId: string): string => `connection/${connectionId}/webhook`;

export interface WebhookReport {
  readonly created: number;
  readonly revived: number;
  readonly removed: number;
}

type Deps = Pick<ActivityDeps, 'db' | 'clock' | 'publicUrl' | 'sealer'> & {
  readonly open: { store(id: string): Promise<{ readonly connector: Pick<StoreConnector, 'reconcileWebhooks'> }> };
};

export function webhookActivities(deps: Deps) {
  return {
    /**
     * Makes a shop report its changes to our public address, and revives what the shop has switched off after failures. Null
     * where that is not possible: no public address, no secret, or a system that sends none.
     */
    reconcileWebhooks: (connectionId: string) => reconcile(deps, connectionId),

    /**
     * The same, by schedule: webhooks that had to be revived are a problem for people, because reports were lost meanwhile
     * (catalogue and stock are read by schedule all the same). It is resolved by the next time without.
     */
    async watchWebhooks(connectionId: string): Promise<WebhookReport | null> {
      const report = await reconcile(deps, connectionId);
      if (report === null) return null;
      const causeKey = `connection/${connectionId}/webhooks`;
      const command = await commandOf(deps, `webhooks/${connectionId}/${(await deps.clock.now()).toISOString()}`);
      await deps.db.tx('staff', async (trx) => {
        if (report.revived === 0) return resolveProblem(trx, causeKey, command);
        const row = await trx('connections').where({ id: connectionId }).first('code', 'brand_id');
        await reportProblem(
          trx,
          {
            causeKey,
            kind: 'webhooks-off',
            severity: 'warning',
            title: `${row.code} had stopped reporting its changes`,
            detail: `The shop had switched off ${report.revived} webhooks after failed deliveries; they are on again.`,
            remedy:
              'Nothing has to be done now. If it comes back, our public address cannot be reached from the shop: check it from there.',
            brandId: row.brand_id ?? null,
            entityKind: 'connection',
            entityId: connectionId,
            connectionId,
          },
          command,
        );
      });
      return report;
    },
  };
}

async function reconcile(deps: Deps, connectionId: string): Promise<WebhookReport | null> {
  if (!deps.publicUrl) return null;
  const row = await deps.db.tx('staff', (trx) =>
    trx('connections').where({ id: connectionId }).first('code', 'kind', 'webhook_secret_sealed'),
  );
  if (row.kind !== 'store' || !row.webhook_secret_sealed) return null;
  const { connector } = await deps.open.store(connectionId);
  if (!connector.reconcileWebhooks) return null;
  return connector.reconcileWebhooks({
    deliveryUrl: `${deps.publicUrl}/hooks/${row.code}`,
    secret: deps.sealer.open(row.webhook_secret_sealed, sealedFor(connectionId)).toString('utf8'),
  });
}
