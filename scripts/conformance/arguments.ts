import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** A command line that cannot be understood, or a file that cannot be used; printed without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface ConformanceArguments {
  readonly connector: string;
  readonly url: string | null;
  readonly credentialsFile: string | null;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Families as they were typed. */
  readonly only: readonly string[];
  readonly yes: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** @throws UsageError saying which argument is wrong, never showing a credential */
export function readArguments(argv: readonly string[]): ConformanceArguments {
  const { values, positionals } = parsed(argv);
  const [connector = '', ...more] = positionals;
  if (more.length > 0) throw new UsageError(`one connector at a time, not ${positionals.join(', ')}`);
  const url = values.url ?? null;
  const credentialsFile = values.credentials ?? null;
  if ((url === null) !== (credentialsFile === null)) {
    throw new UsageError('--url and --credentials go together: where the server is, and a file with its credentials');
  }
  if (url === null && values.settings !== undefined) throw new UsageError('--settings is for a server given by --url');
  return {
    connector,
    url: url === null ? null : webAddress(url),
    credentialsFile,
    settings: values.settings === undefined ? {} : jsonObject('--settings', settingsText(values.settings)),
    only: (values.only ?? []).flatMap((names) => names.split(',')).map((name) => name.trim()),
    yes: values.yes ?? false,
    json: values.json ?? false,
    help: values.help ?? false,
  };
}

/** The credentials for the run, those that can only read, and settings, where the file has them. */
export function readCredentials(file: string): {
  readonly credentials: Readonly<Record<string, unknown>>;
  readonly readOnly: unknown;
  readonly settings: Readonly<Record<string, unknown>>;
} {
  const { readOnly = null, settings = {}, ...credentials } = jsonObject(file, readText(file));
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    throw new UsageError(`${file}: settings must be a JSON object`);
  }
  return { credentials, readOnly, settings: Object.fromEntries(Object.entries(settings)) };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        credentials: { type: 'string' },
        settings: { type: 'string' },
        only: { type: 'string', multiple: true },
        yes: { type: 'boolean', short: 'y' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function webAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new UsageError('--url must be an address like https://shop.example');
  }
  if (url.username !== '' || url.password !== '') throw new UsageError('--url holds no user and password');
  return text.replace(/\/+$/, '');
}

/** JSON itself, or the name of a file that holds it. */
function settingsText(text: string): string {
  return text.trimStart().startsWith('{') ? text : readText(text);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function jsonObject(what: string, text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message shows a piece of the text, which may be a credential.
    throw new UsageError(`${what} is not JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${what} must be a JSON object`);
  }
  return Object.fromEntries(Object.entries(value));
}
