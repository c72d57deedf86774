import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Settings } from '../../config/load.ts';
import { localMasterKey } from '../../config/run-file.ts';
import type { VariableName } from '../../config/schema.ts';
import type { SearchAttributeType } from '../servers/temporal.ts';
import type { Ground } from './ground.ts';
import type { WorldPorts } from './ports.ts';
import { root } from './run.ts';

/** Variables of the configuration that the launcher sets for its processes. */
export type ProcessEnvironment = Partial<Record<VariableName, string>>;

const loopback = '127.0.0.1';

/** The address of the API as people on this machine use it. */
export function apiUrlOf(settings: Settings, ports: WorldPorts): string {
  const everywhere = settings.api.host === '0.0.0.0' || settings.api.host === '::';
  return `http://${everywhere ? loopback : settings.api.host}:${ports.api}`;
}

/** What the processes of a world are told; what a person set by hand is kept, the ports excepted. */
export function environmentOf(input: {
  settings: Settings;
  ports: WorldPorts;
  ground: Ground;
  sandbox: boolean;
  webDir: string | null;
}): ProcessEnvironment {
  const { settings, ports, ground, sandbox, webDir } = input;
  const environment: ProcessEnvironment = {
    TRADELANE_INSTALLATION: settings.installation,
    TRADELANE_DATA_DIR: settings.dataDir,
    TRADELANE_CACHE_DIR: settings.cacheDir,
    DATABASE_URL: ground.ownerUrl,
    DATABASE_APP_URL: ground.appUrl,
    TEMPORAL_ADDRESS: ground.temporalAddress,
    TEMPORAL_NAMESPACE: settings.temporal.namespace,
    TRADELANE_API_HOST: settings.api.host,
    TRADELANE_API_PORT: String(ports.api),
    API_METRICS_PORT: String(ports.apiMetrics),
    WORKER_METRICS_PORT: String(ports.workerMetrics),
    TRADELANE_PUBLIC_URL: settings.api.publicUrl ?? apiUrlOf(settings, ports),
    SANDBOX_PORT_BASE: String(ports.sandboxBase),
    ALLOW_PRIVATE_TARGETS: String(settings.allowPrivateTargets || sandbox),
  };
  if (ground.temporalUiUrl) environment.TEMPORAL_UI_URL = ground.temporalUiUrl;
  if (webDir) environment.TRADELANE_WEB_DIR = webDir;
  const smtpUrl = settings.mail.smtpUrl ?? (sandbox ? `smtp://${loopback}:${ports.sandboxBase + 1}` : null);
  if (smtpUrl) environment.SMTP_URL = smtpUrl;
  const lookupUrl =
    settings.mail.lookupUrl ?? (sandbox ? `http://${loopback}:${ports.sandboxBase + 2}/__control/messages` : null);
  if (lookupUrl) environment.MAIL_LOOKUP_URL = lookupUrl;
  return environment;
}

/** The master key for the processes, in base64: the one that was given, or the one of the data folder. */
export function masterKeyOf(settings: Settings): string {
  return settings.masterKey ? Buffer.from(settings.masterKey).toString('base64') : localMasterKey(settings.dataDir);
}

/** The search attributes that the workflows use: `searchAttributeTypes` of client/temporal/search-attributes.ts. */
export async function searchAttributesOfClient(): Promise<Record<string, SearchAttributeType>> {
  const path = join(root, 'client/temporal/search-attributes.ts');
  if (!existsSync(path)) return {};
  const module: { searchAttributeTypes?: Record<string, SearchAttributeType> } = await import(pathToFileURL(path).href);
  return module.searchAttributeTypes ?? {};
}
