import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig, loadSettings, type RawEnvironment } from './load.ts';
import { redact } from './parse.ts';
import { masterKeyPath, type RunFile, runFilePath, writePrivateFile } from './run-file.ts';

const key = Buffer.alloc(32, 7).toString('base64');
const servers = {
  DATABASE_URL: 'postgresql://owner:geheim@db.example:5432/lane',
  DATABASE_APP_URL: 'postgresql://tradelane_app:leise@db.example:5432/lane',
  TEMPORAL_ADDRESS: 'temporal.example:7233',
  TRADELANE_MASTER_KEY: key,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tradelane-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function faultsOf(load: () => unknown): ConfigError {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the environment was accepted');
}

function runFile(environment: Record<string, string>): RunFile {
  return {
    startedAt: '2026-01-01T00:00:00Z',
    dataDir: folder,
    pids: {},
    apiUrl: '',
    dashboardUrl: '',
    databaseUrl: '',
    databaseAppUrl: '',
    temporalAddress: '',
    temporalUiUrl: null,
    mailUrl: null,
    sandbox: {},
    logIns: [],
    environment,
  };
}

describe('settings', () => {
  it('fit the local world when nothing is set', () => {
    const settings = loadSettings({});
    expect(settings).toMatchObject({
      installation: 'local',
      clock: 'system',
      haltAt: [],
      allowPrivateTargets: false,
      masterKey: null,
      database: { ownerUrl: null, appUrl: null },
      temporal: { address: null, namespace: 'default', tls: null },
      api: { host: '127.0.0.1', port: 4400, publicUrl: null },
    });
    expect(settings.dataDir).toBe(join(process.cwd(), '.tradelane'));
  });

  it('treat an empty value as not set', () => {
    expect(loadSettings({ TRADELANE_API_PORT: '', DATABASE_URL: '  ' }).api.port).toBe(4400);
  });

  it('list every fault at once with value, expectation and remedy', () => {
    const error = faultsOf(() =>
      loadSettings({
        TRADELANE_API_PORT: '70000',
        TRADELANE_INSTALLATION: 'Has Space',
        TEMPORAL_TLS: 'perhaps',
        WORKER_ACTIVITY_SLOTS: '3.5',
        TRADELANE_CLOCK: 'sundial',
      }),
    );
    expect(error.faults.map((fault) => fault.name)).toEqual([
      'TRADELANE_INSTALLATION',
      'TRADELANE_CLOCK',
      'TEMPORAL_TLS',
      'TRADELANE_API_PORT',
      'WORKER_ACTIVITY_SLOTS',
    ]);
    for (const fault of error.faults) expect(error.message).toContain(fault.remedy);
    expect(error.message).toContain('given     70000');
    expect(error.message).toContain('5 faults');
  });

  it.each([
    ['false', false],
    ['0', false],
    ['OFF', false],
    ['true', true],
    ['1', true],
    ['Yes', true],
  ])('reads the boolean %s', (given, expected) => {
    expect(loadSettings({ ALLOW_PRIVATE_TARGETS: given }).allowPrivateTargets).toBe(expected);
  });

  it('reads several fault-injection points', () => {
    expect(loadSettings({ TRADELANE_HALT_AT: 'push:after-commit,mail:after-data' }).haltAt).toEqual([
      'push:after-commit',
      'mail:after-data',
    ]);
  });
});

describe('secrets', () => {
  it('are hidden in fault messages', () => {
    const error = faultsOf(() =>
      loadSettings({ DATABASE_URL: 'mysql://owner:geheim@db/lane', TRADELANE_MASTER_KEY: 'c2hvcnQtc2VjcmV0' }),
    );
    expect(error.faults).toHaveLength(2);
    expect(error.message).not.toMatch(/geheim|c2hvcnQ/);
    expect(error.message).toContain('mysql://owner:***@db/lane');
  });

  it('are hidden also where a password was not percent-encoded', () => {
    expect(redact('DATABASE_URL', 'postgresql://owner:ge@he/im@db/lane')).toBe('postgresql://owner:***@db/lane');
    expect(redact('DATABASE_URL', 'owner:geheim')).toBe('owner:***');
  });
});

describe('database roles', () => {
  it('derives the application role and encodes its password', () => {
    const raw: RawEnvironment = { DATABASE_URL: servers.DATABASE_URL, TRADELANE_APP_DB_PASSWORD: 'a/b@c%' };
    const url = new URL(loadSettings(raw).database.appUrl ?? '');
    expect([url.username, decodeURIComponent(url.password), url.host, url.pathname]).toEqual([
      'tradelane_app',
      'a/b@c%',
      'db.example:5432',
      '/lane',
    ]);
  });

  it('refuses the owner as application role', () => {
    const error = faultsOf(() => loadSettings({ ...servers, DATABASE_APP_URL: servers.DATABASE_URL }));
    expect(error.faults.map((fault) => fault.name)).toEqual(['DATABASE_APP_URL']);
  });

  it('asks for one of the two ways to know the application role', () => {
    const error = faultsOf(() => loadSettings({ DATABASE_URL: servers.DATABASE_URL }));
    expect(error.message).toContain('TRADELANE_APP_DB_PASSWORD');
  });
});

describe('Temporal TLS', () => {
  it('is on with an API key and reads the given files', () => {
    const pem = join(folder, 'ca.pem');
    writeFileSync(pem, 'PEM');
    expect(loadSettings({ TEMPORAL_API_KEY: 'k' }).temporal.tls).not.toBeNull();
    expect(loadSettings({ TEMPORAL_TLS_CA_PATH: pem }).temporal.tls?.caPem).toBe('PEM');
  });

  it('refuses a certificate without key and a file that is not there', () => {
    const error = faultsOf(() => loadSettings({ TEMPORAL_TLS_CERT_PATH: join(folder, 'none.pem') }));
    expect(error.faults.map((fault) => fault.name)).toEqual(['TEMPORAL_TLS_KEY_PATH', 'TEMPORAL_TLS_CERT_PATH']);
  });
});

describe('DKIM', () => {
  const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const privateKey = pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);

  it('is off unless all three of its settings are there, and the key is read', () => {
    expect(loadSettings({}).mail).toMatchObject({ replyTo: null, dkim: null });
    const path = join(folder, 'dkim.pem');
    writeFileSync(path, privateKey);
    const all = { MAIL_DKIM_DOMAIN: 'lane.example', MAIL_DKIM_SELECTOR: 's1', MAIL_DKIM_KEY_PATH: path };
    expect(loadSettings(all).mail.dkim).toEqual({ domainName: 'lane.example', keySelector: 's1', privateKey });
    for (const left of Object.keys(all)) {
      const error = faultsOf(() => loadSettings({ ...all, [left]: '' }));
      expect(error.faults.map((fault) => fault.name)).toEqual([left]);
    }
  });

  it('refuses a file that holds no key, without showing what it holds', () => {
    const path = join(folder, 'dkim.pem');
    for (const held of ['geheim', pemOf(generateKeyPairSync('ed25519').privateKey)]) {
      writeFileSync(path, held);
      const error = faultsOf(() =>
        loadSettings({ MAIL_DKIM_DOMAIN: 'lane.example', MAIL_DKIM_SELECTOR: 's1', MAIL_DKIM_KEY_PATH: path }),
      );
      expect(error.faults.map((fault) => fault.name)).toEqual(['MAIL_DKIM_KEY_PATH']);
      expect(error.message).not.toContain(held.trim());
    }
  });
});

describe('configuration of a process', () => {
  it('takes servers and key from the environment', () => {
    const config = loadConfig({ ...servers, TRADELANE_DATA_DIR: folder });
    expect(config.database.appUrl).toBe(servers.DATABASE_APP_URL);
    expect(Buffer.from(config.masterKey).toString('base64')).toBe(key);
  });

  it('names what is missing when no world runs', () => {
    const error = faultsOf(() => loadConfig({ TRADELANE_DATA_DIR: folder }));
    expect(error.faults.map((fault) => fault.name)).toEqual(['DATABASE_URL', 'TEMPORAL_ADDRESS']);
    expect(error.message).toContain('npm start');
  });

  it('demands a master key beside a database of its own, and makes none', () => {
    const { TRADELANE_MASTER_KEY: _, ...keyless } = servers;
    const error = faultsOf(() => loadConfig({ ...keyless, TRADELANE_DATA_DIR: folder }));
    expect(error.faults.map((fault) => fault.name)).toEqual(['TRADELANE_MASTER_KEY']);
    expect(() => statSync(masterKeyPath(folder))).toThrow('ENOENT');
  });

  it('finds the running local world, keeps what was set by hand, and makes one key', () => {
    const { TRADELANE_MASTER_KEY: _, ...environment } = servers;
    writePrivateFile(runFilePath(folder), JSON.stringify(runFile({ ...environment, TRADELANE_API_PORT: '4999' })));
    const first = loadConfig({ TRADELANE_DATA_DIR: folder, TRADELANE_LOG_LEVEL: 'warn' });
    expect([first.temporal.address, first.api.port, first.logLevel]).toEqual(['temporal.example:7233', 4999, 'warn']);
    expect(loadConfig({ TRADELANE_DATA_DIR: folder }).masterKey).toEqual(first.masterKey);
    expect(statSync(masterKeyPath(folder)).mode & 0o777).toBe(0o600);
    expect(statSync(runFilePath(folder)).mode & 0o777).toBe(0o600);
  });

  it('refuses a damaged key file instead of making another key', () => {
    const { TRADELANE_MASTER_KEY: _, ...environment } = servers;
    writePrivateFile(runFilePath(folder), JSON.stringify(runFile(environment)));
    writeFileSync(masterKeyPath(folder), 'c2hvcnQ=');
    expect(() => loadConfig({ TRADELANE_DATA_DIR: folder })).toThrow('32 bytes');
  });
});
