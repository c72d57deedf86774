import { createPrivateKey } from 'node:crypto';
import { accessSync, constants, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError, type Fault, faultOf, givenValue, parseEnvironment, type RawEnvironment } from './parse.ts';
import { localMasterKey, readRunFile } from './run-file.ts';
import type { Environment, VariableName } from './schema.ts';

export { ConfigError, describeFaults, type Fault, type RawEnvironment } from './parse.ts';

/** TLS material for Temporal; PEM texts, already read. */
export interface TemporalTls {
  certPem: string | null;
  keyPem: string | null;
  caPem: string | null;
}

/** What is known before any server runs; the launcher starts from this. */
export interface Settings {
  installation: string;
  /** Absolute. */
  dataDir: string;
  /** Absolute; may be deleted at any time. */
  cacheDir: string;
  logLevel: Environment['TRADELANE_LOG_LEVEL'];
  clock: Environment['TRADELANE_CLOCK'];
  /** Fault-injection points at which this process kills itself; empty outside chaos runs. */
  haltAt: string[];
  /** Null: the embedded server, or the running local world. */
  database: { ownerUrl: string | null; appUrl: string | null; appPassword: string | null; poolSize: number };
  /** A null address: the local development server, or the running local world. */
  temporal: {
    address: string | null;
    namespace: string;
    apiKey: string | null;
    tls: TemporalTls | null;
    uiUrl: string | null;
  };
  /** `publicUrl` has no slash at its end. `webDir` is absolute. */
  api: { host: string; port: number; publicUrl: string | null; webDir: string; metricsPort: number };
  metricsHost: string;
  worker: {
    metricsPort: number;
    /** Null: worker versioning is off. */
    buildId: string | null;
    workflowSlots: number;
    activitySlots: number;
    cachedWorkflows: number;
    shutdownGraceMs: number;
  };
  /** `lookupUrl`: a log that says whether a Message-ID was accepted. */
  mail: {
    smtpUrl: string | null;
    lookupUrl: string | null;
    from: string;
    replyTo: string | null;
    /** The key is read already (PEM). */
    dkim: { domainName: string; keySelector: string; privateKey: string } | null;
  };
  /** A null key: no machine translation. */
  translation: { deeplKey: string | null; deeplUrl: string | null };
  /** 32 bytes, or null when none was given and none can be made. */
  masterKey: Uint8Array | null;
  /** Daily file of euro reference rates. */
  exchangeRatesUrl: string;
  /** An order that is open for longer, and so keeps its buyer's address, becomes a problem. */
  addressReviewDays: number;
  allowPrivateTargets: boolean;
  sandbox: {
    portBase: number;
    stores: string;
    marketplaces: string;
    carriers: string;
    secondMarketplace: boolean;
    moreGoods: number;
  };
}

/** What every process works with: the servers are known, the key is there. */
export interface Config extends Settings {
  database: { ownerUrl: string; appUrl: string; appPassword: string | null; poolSize: number };
  temporal: Settings['temporal'] & { address: string };
  masterKey: Uint8Array;
}

const appRole = 'tradelane_app';
const startRemedy = 'Start the local world with `npm start`, or set the variable.';

/**
 * Reads the settings from the environment without asking for servers.
 * @throws ConfigError with all faults together.
 */
export function loadSettings(raw: RawEnvironment = process.env): Settings {
  const { settings, faults } = readSettings(raw);
  if (settings === null || faults.length > 0) throw new ConfigError(faults);
  return settings;
}

/**
 * Reads the configuration of a process. Where the environment names no database, that of the local world running in the
 * data folder (`run.json`) stands in, so that command-line tools find it.
 * @throws ConfigError with all faults together.
 */
export function loadConfig(raw: RawEnvironment = process.env): Config {
  const merged = withRunningWorld(raw);
  const { settings, faults } = readSettings(merged);
  if (settings === null) throw new ConfigError(faults);
  const { database, temporal } = settings;
  const none = { given: null, remedy: startRemedy };
  if (database.ownerUrl === null) faults.push(faultOf('DATABASE_URL', merged, none));
  if (temporal.address === null) faults.push(faultOf('TEMPORAL_ADDRESS', merged, none));
  // A key made on the spot is safe only where data folder and database belong together.
  const ownDatabase = givenValue(raw, 'DATABASE_URL') !== undefined;
  if (settings.masterKey === null && ownDatabase) faults.push(faultOf('TRADELANE_MASTER_KEY', merged));
  const { ownerUrl, appUrl } = database;
  const { address } = temporal;
  if (faults.length > 0 || ownerUrl === null || appUrl === null || address === null) throw new ConfigError(faults);
  const masterKey = settings.masterKey ?? Buffer.from(localMasterKey(settings.dataDir), 'base64');
  return {
    ...settings,
    database: { ...database, ownerUrl, appUrl },
    temporal: { ...temporal, address },
    masterKey: new Uint8Array(masterKey),
  };
}

function withRunningWorld(raw: RawEnvironment): RawEnvironment {
  if (givenValue(raw, 'DATABASE_URL') !== undefined) return raw;
  const world = readRunFile(resolve(givenValue(raw, 'TRADELANE_DATA_DIR') ?? '.tradelane'));
  if (world === null) return raw;
  const given = Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined && value !== ''));
  return { ...world.environment, ...given };
}

function readSettings(raw: RawEnvironment): { settings: Settings | null; faults: Fault[] } {
  const { values, faults } = parseEnvironment(raw);
  if (values === null) return { settings: null, faults };
  const database = databaseOf(values, raw, faults);
  const tls = tlsOf(values, raw, faults);
  const dataDir = resolve(values.TRADELANE_DATA_DIR);
  const settings: Settings = {
    installation: values.TRADELANE_INSTALLATION,
    dataDir,
    cacheDir: values.TRADELANE_CACHE_DIR ? resolve(values.TRADELANE_CACHE_DIR) : resolve(dataDir, 'cache'),
    logLevel: values.TRADELANE_LOG_LEVEL,
    clock: values.TRADELANE_CLOCK,
    haltAt: values.TRADELANE_HALT_AT?.split(',').filter((point) => point !== '') ?? [],
    database,
    temporal: {
      address: values.TEMPORAL_ADDRESS ?? null,
      namespace: values.TEMPORAL_NAMESPACE,
      apiKey: values.TEMPORAL_API_KEY ?? null,
      tls,
      uiUrl: values.TEMPORAL_UI_URL ?? null,
    },
    api: {
      host: values.TRADELANE_API_HOST,
      port: values.TRADELANE_API_PORT,
      publicUrl: values.TRADELANE_PUBLIC_URL ?? null,
      webDir: values.TRADELANE_WEB_DIR ? resolve(values.TRADELANE_WEB_DIR) : resolve(dataDir, 'web'),
      metricsPort: values.API_METRICS_PORT,
    },
    metricsHost: values.METRICS_HOST,
    worker: {
      metricsPort: values.WORKER_METRICS_PORT,
      buildId: values.WORKER_BUILD_ID ?? null,
      workflowSlots: values.WORKER_WORKFLOW_SLOTS,
      activitySlots: values.WORKER_ACTIVITY_SLOTS,
      cachedWorkflows: values.WORKER_CACHED_WORKFLOWS,
      shutdownGraceMs: values.WORKER_SHUTDOWN_GRACE_SECONDS * 1_000,
    },
    mail: {
      smtpUrl: values.SMTP_URL ?? null,
      lookupUrl: values.MAIL_LOOKUP_URL ?? null,
      from: values.MAIL_FROM,
      replyTo: values.MAIL_REPLY_TO ?? null,
      dkim: dkimOf(values, raw, faults),
    },
    translation: { deeplKey: values.DEEPL_API_KEY ?? null, deeplUrl: values.DEEPL_SERVER_URL ?? null },
    masterKey: values.TRADELANE_MASTER_KEY ? new Uint8Array(Buffer.from(values.TRADELANE_MASTER_KEY, 'base64')) : null,
    exchangeRatesUrl: values.EXCHANGE_RATES_URL,
    addressReviewDays: values.ADDRESS_REVIEW_DAYS,
    allowPrivateTargets: values.ALLOW_PRIVATE_TARGETS,
    sandbox: {
      portBase: values.SANDBOX_PORT_BASE,
      stores: values.SANDBOX_STORES,
      marketplaces: values.SANDBOX_MARKETPLACES,
      carriers: values.SANDBOX_CARRIERS,
      secondMarketplace: values.SANDBOX_SECOND_MARKETPLACE,
      moreGoods: values.SANDBOX_MORE_GOODS,
    },
  };
  return { settings, faults };
}

function databaseOf(values: Environment, raw: RawEnvironment, faults: Fault[]): Settings['database'] {
  const ownerUrl = values.DATABASE_URL ?? null;
  const appPassword = values.TRADELANE_APP_DB_PASSWORD ?? null;
  const rest = { appPassword, poolSize: values.DATABASE_POOL_SIZE };
  if (ownerUrl === null) {
    if (values.DATABASE_APP_URL)
      faults.push(faultOf('DATABASE_URL', raw, { remedy: 'Set it beside DATABASE_APP_URL.' }));
    return { ownerUrl, appUrl: null, ...rest };
  }
  if (!URL.canParse(ownerUrl)) {
    faults.push(faultOf('DATABASE_URL', raw, { remedy: 'Percent-encode special characters of the password.' }));
    return { ownerUrl, appUrl: null, ...rest };
  }
  const appUrl = values.DATABASE_APP_URL ?? (appPassword === null ? null : deriveAppUrl(ownerUrl, appPassword));
  if (appUrl === null) faults.push(faultOf('DATABASE_APP_URL', raw));
  // Row-level security does not bind a table's owner: the application must be somebody else.
  else if (!URL.canParse(appUrl) || new URL(appUrl).username === new URL(ownerUrl).username)
    faults.push(faultOf('DATABASE_APP_URL', raw));
  return { ownerUrl, appUrl, ...rest };
}

function deriveAppUrl(ownerUrl: string, password: string): string {
  const url = new URL(ownerUrl);
  url.username = appRole;
  url.password = encodeURIComponent(password);
  return url.href;
}

function dkimOf(values: Environment, raw: RawEnvironment, faults: Fault[]): Settings['mail']['dkim'] {
  const names = ['MAIL_DKIM_DOMAIN', 'MAIL_DKIM_SELECTOR', 'MAIL_DKIM_KEY_PATH'] as const;
  const [domainName, keySelector, path] = names.map((name) => values[name]);
  if (!domainName && !keySelector && !path) return null;
  for (const name of names) if (!values[name]) faults.push(faultOf(name, raw));
  const privateKey = readPem('MAIL_DKIM_KEY_PATH', path, raw, faults);
  if (!domainName || !keySelector || privateKey === null) return null;
  try {
    const { asymmetricKeyType } = createPrivateKey(privateKey);
    // RFC 8463's Ed25519 is not known to the mail library, and to few receivers.
    if (asymmetricKeyType !== 'rsa') throw new Error(`it is of type ${asymmetricKeyType}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    faults.push(faultOf('MAIL_DKIM_KEY_PATH', raw, { remedy: `The file holds no RSA private key (${reason}).` }));
    return null;
  }
  return { domainName, keySelector, privateKey };
}

function readPem(name: VariableName, path: string | undefined, raw: RawEnvironment, faults: Fault[]): string | null {
  if (path === undefined) return null;
  try {
    accessSync(path, constants.R_OK);
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    faults.push(faultOf(name, raw, { remedy: `The file can't be read (${reason}); correct the path or its rights.` }));
    return null;
  }
}

function tlsOf(values: Environment, raw: RawEnvironment, faults: Fault[]): TemporalTls | null {
  const { TEMPORAL_TLS_CERT_PATH: cert, TEMPORAL_TLS_KEY_PATH: key, TEMPORAL_TLS_CA_PATH: ca } = values;
  if (cert && !key) faults.push(faultOf('TEMPORAL_TLS_KEY_PATH', raw));
  if (key && !cert) faults.push(faultOf('TEMPORAL_TLS_CERT_PATH', raw));
  const read = (name: VariableName, path: string | undefined) => readPem(name, path, raw, faults);
  const certPem = read('TEMPORAL_TLS_CERT_PATH', cert);
  const keyPem = read('TEMPORAL_TLS_KEY_PATH', key);
  const caPem = read('TEMPORAL_TLS_CA_PATH', ca);
  const wanted = values.TEMPORAL_TLS || values.TEMPORAL_API_KEY !== undefined || certPem !== null || caPem !== null;
  return wanted ? { certPem, keyPem, caPem } : null;
}
