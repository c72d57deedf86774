import type { ActivityDeps } from './deps.ts';

/** What the secret is bound to; equal to what `client/api/connect.ts` seals it for. */
const sealedFor = (connectionId: string): string => `connection/${connectionId}/webhook`;

export interface WebhookReport {
  readonly created: number;
  readonly revived: number;
  readonly removed: number;
}

export function webhookActivities(deps: ActivityDeps) {
  return {
    /**
     * Makes a shop report its changes to our public address, and revives what the shop has switched off after failures. Null
     * where that is not possible: no public address, no secret, or a system that sends none.
     */
    async reconcileWebhooks(connectionId: string): Promise<WebhookReport | null> {
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
    },
  };
}
