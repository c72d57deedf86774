import { readFileSync } from 'node:fs';
import type { Static } from '@sinclair/typebox';
import type { ConnectionTested } from '../../api/schemas/operations.ts';
import type { ApiClient } from '../api-client.ts';
import type { Context, Outcome } from '../command.ts';
import { CliFault } from '../exit-codes.ts';
import { loggedIn } from '../session.ts';
import { plain } from '../text.ts';
import { handOver } from './connect-hand-over.ts';
import { type Connector, connectorNamed, type Way, wayOf } from './connect-ways.ts';
import { idOfCode } from './orders.ts';

export interface ConnectOptions {
  readonly name?: string;
  readonly brand?: string;
  readonly url?: string;
  readonly way?: string;
  readonly authorize: boolean;
  readonly wait: number;
  readonly again: boolean;
  readonly plainHttp: boolean;
  readonly setting: readonly string[];
  readonly credentials?: string;
  readonly listingDefault: readonly string[];
  readonly interval: readonly string[];
  readonly rate?: number;
  readonly burst?: number;
  readonly saveAnyway: boolean;
}

interface Property {
  type?: string;
  title?: string;
  description?: string;
}
interface FieldSchema {
  properties?: Record<string, Property>;
  required?: string[];
}
type Values = Record<string, unknown>;

/**
 * Tests an account and stores it, or lets its owner hand access over. Secrets come from a file, standard input or a
 * prompt, never from the command line.
 */
export async function connect(
  context: Context,
  connectorName: string,
  code: string,
  options: ConnectOptions,
): Promise<Outcome> {
  const client = await loggedIn(context.options);
  const connector = await connectorNamed(client, connectorName);
  const way = wayOf(connector, options);
  const settings = { ...way?.settings, ...settingsOf(connector.settings, options) };
  if (options.again) return again(context, client, { connector, code, way, settings, options });
  demandAll(connector.settings, settings, 'setting', (field) => `--setting ${field}=…`);
  const credentials = await credentialsOf(context, neededBy(connector, way, options), options);
  const body = {
    code,
    name: options.name ?? connector.title,
    connector: connectorName,
    settings,
    credentials,
    ...(options.plainHttp ? { plainHttp: true } : {}),
    ...(options.brand === undefined ? {} : { brandId: await idOfCode(context, 'brands', options.brand) }),
  };
  if (options.authorize || way?.handOver) {
    return handOver(context, client, { path: '/api/connections/authorize', body, waitSeconds: options.wait, code });
  }
  const whole = {
    ...body,
    ...(options.listingDefault.length === 0 ? {} : { listingDefaults: defaultsOf(options.listingDefault) }),
    ...(options.interval.length === 0 ? {} : { intervals: numbersOf(options.interval, '--interval') }),
    ...(options.rate === undefined ? {} : { callsPerSecond: options.rate }),
    ...(options.burst === undefined ? {} : { callBurst: options.burst }),
    ...(options.saveAnyway ? { saveAnyway: true } : {}),
  };
  const answer = await client.post<Static<typeof ConnectionTested>>('/api/connections', whole);
  return { json: answer, text: renderTest(code, answer), exit: answer.report.ok ? 'ok' : 'refused' };
}

interface Again {
  readonly connector: Connector;
  readonly code: string;
  readonly way: Way | null;
  readonly settings: Values;
  readonly options: ConnectOptions;
}

/** New access for an account that is there: the old one stays until the new one is proved. */
async function again(context: Context, client: ApiClient, { connector, code, way, settings, options }: Again) {
  const path = `/api/connections/${await idOfCode(context, 'connections', code)}`;
  const plainHttp = options.plainHttp ? { plainHttp: true } : {};
  // What nobody names stays as it is; a way that means other settings says so.
  const changed =
    Object.keys(settings).length === 0 ? {} : { settings: { ...(await present(client, path)), ...settings } };
  if (options.authorize || way?.handOver) {
    const given = options.credentials === undefined ? {} : { credentials: await givenIn(context, options.credentials) };
    const body = { ...changed, ...given, ...plainHttp };
    return handOver(context, client, { path: `${path}/authorize`, body, waitSeconds: options.wait, code });
  }
  const credentials = await credentialsOf(context, neededBy(connector, way, options), options);
  const body = { ...changed, credentials, ...plainHttp };
  const answer = await client.post<Static<typeof ConnectionTested>>(`${path}/test`, body);
  return {
    json: answer,
    text: renderTest(code, answer),
    exit: answer.report.ok ? ('ok' as const) : ('refused' as const),
  };
}

const present = async (client: ApiClient, path: string): Promise<Values> =>
  (await client.get<{ settings: Values }>(path)).settings;

/** The connector's credentials with those required that the way needs; without a way, as the connector says. */
function neededBy({ credentials, ways }: Connector, way: Way | null, options: ConnectOptions): FieldSchema {
  const schema: FieldSchema = credentials;
  const demanded = schema.required ?? [];
  // Where the connector itself demands nothing and nobody gave anything, the first way that is typed in is asked for.
  const isOpen = demanded.length === 0 && options.credentials === undefined;
  const typed = isOpen ? ways.find(({ handOver: isHandedOver }) => !isHandedOver) : undefined;
  return { ...schema, required: [...(way?.credentials ?? typed?.credentials ?? demanded)] };
}

/** `name=value` → both. @throws CliFault usage */
function pairOf(text: string, option: string): [name: string, value: string] {
  const at = text.indexOf('=');
  if (at < 1) throw new CliFault('usage', `${option} takes name=value, not "${text}".`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function numbersOf(pairs: readonly string[], option: string): Record<string, number> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name, value] = pairOf(pair, option);
      if (!/^\d+$/.test(value)) throw new CliFault('usage', `${option} ${name} takes a whole number, not "${value}".`);
      return [name, Number(value)];
    }),
  );
}

const defaultTypes: Readonly<Record<string, Property>> = {
  roundToMinor: { type: 'integer' },
  approveApart: { type: 'boolean' },
};

const defaultsOf = (pairs: readonly string[]): Values =>
  Object.fromEntries(
    pairs.map((pair) => {
      const [name, value] = pairOf(pair, '--listing-default');
      return [name, typed(value, defaultTypes[name])];
    }),
  );

/** A text as the type that the connector asks for; what does not fit is sent as it is, and the API says what is wrong. */
function typed(value: string, property: Property | undefined): unknown {
  const { type } = property ?? {};
  if ((type === 'integer' || type === 'number') && value.trim() !== '' && Number.isFinite(Number(value))) {
    return Number(value);
  }
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  if (type === 'object' || type === 'array') return parsed(value, 'the setting');
  return value;
}

function parsed(text: string, what: string): Values {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Values;
  } catch (cause) {
    const fault = new CliFault('usage', `${what} is no JSON.`);
    fault.cause = cause;
    throw fault;
  }
  throw new CliFault('usage', `${what} is no JSON object.`);
}

function settingsOf(schema: FieldSchema, { url, setting }: ConnectOptions): Values {
  const settings: Values = {};
  if (url !== undefined) {
    const field = Object.keys(schema.properties ?? {}).find((name) => /url$/i.test(name));
    if (field === undefined) throw new CliFault('usage', 'This connector has no address to set.');
    settings[field] = url;
  }
  for (const pair of setting) {
    const [name, value] = pairOf(pair, '--setting');
    settings[name] = typed(value, schema.properties?.[name]);
  }
  return settings;
}

function missingOf(schema: FieldSchema, values: Values): string[] {
  return (schema.required ?? []).filter((field) => values[field] === undefined);
}

function demandAll(schema: FieldSchema, values: Values, what: string, hint: (field: string) => string): void {
  const missing = missingOf(schema, values);
  if (missing.length === 0) return;
  const words = missing.map((field) => `${field} (${schema.properties?.[field]?.title ?? field})`).join(', ');
  throw new CliFault('usage', `Missing ${what}: ${words}.`, { remedy: missing.map(hint).join(' ') });
}

async function credentialsOf(
  { io }: Context,
  schema: FieldSchema,
  { credentials: path }: ConnectOptions,
): Promise<Values> {
  const given = path === undefined ? {} : await givenIn({ io }, path);
  if (io.isInteractive && path !== '-') {
    for (const field of missingOf(schema, given)) {
      given[field] = await io.ask(schema.properties?.[field]?.title ?? field, { hidden: true });
    }
  }
  demandAll(schema, given, 'credential', () => '');
  return given;
}

const givenIn = async ({ io }: Pick<Context, 'io'>, path: string): Promise<Values> =>
  parsed(path === '-' ? await io.readAll() : readText(path), 'the credentials file');

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const fault = new CliFault('usage', `${path} cannot be read.`, {
      remedy: 'Name a JSON file, or - for standard input.',
    });
    fault.cause = cause;
    throw fault;
  }
}

function renderTest(code: string, { saved, state, report }: Static<typeof ConnectionTested>): string {
  const facts = Object.entries(report.facts).map(([name, value]) => `  ${plain(name)}: ${plain(String(value))}`);
  const findings = report.findings.map(
    ({ severity, what, remedy }) => `  ${severity}: ${plain(what)}\n    Remedy: ${plain(remedy)}`,
  );
  const head = report.ok ? `The test succeeded: ${plain(report.account)}` : 'The test failed.';
  const end = saved ? `${code} is stored and ${state}.` : 'Nothing was stored; --save-anyway stores it nevertheless.';
  return [head, ...facts, ...findings, end].join('\n');
}
