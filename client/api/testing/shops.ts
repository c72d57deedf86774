import { createConnectorOpener } from '../../../connectors/open.ts';
import { connectorNames, connectors } from '../../../connectors/registry.ts';
import type { ApiDeps } from '../deps.ts';

/**
 * The API with the real connectors, over shops on this machine.
 * @param publicSite where outside systems find the API; set when it listens
 */
export function withShops(deps: ApiDeps, publicSite: { url: string | null }): ApiDeps {
  const { db, sealer, log, clock } = deps;
  const opener = createConnectorOpener({ db, sealer, clock, log, allowPrivateTargets: true });
  const api = Object.defineProperty({ ...deps.config.api }, 'publicUrl', { get: () => publicSite.url });
  return {
    ...deps,
    config: { api, allowPrivateTargets: true },
    resolve: async () => [{ address: '93.184.216.34', family: 4 }],
    connectors: connectorNames.map((name) => {
      const { label, kind, settingsSchema, credentialsSchema, ways, handOver } = connectors[name];
      const forms = { settings: settingsSchema, credentials: credentialsSchema };
      return { name, title: label, kind, ...forms, ways, ...(handOver ? { handOver } : {}) };
    }),
    testConnection: (input) => opener.test(input),
    redeemHandOver: (input) => opener.redeem(input),
  };
}
