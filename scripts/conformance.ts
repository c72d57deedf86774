import { writeFileSync } from 'node:fs';
import { KindGuard, type TSchema } from '@sinclair/typebox';
import type { CaseResult } from '../connectors/conformance/case.ts';
import { serverOf } from '../connectors/conformance/given/session.ts';
import { runCase } from '../connectors/conformance/run.ts';
import type { RealServer } from '../connectors/conformance/store-session.ts';
import { subjects } from '../connectors/conformance/subjects.ts';
import { type AnySubject, type Suite, suiteOf } from '../connectors/conformance/suite.ts';
import { ConnectorError } from '../connectors/errors.ts';
import { type AnyConnector, type ConnectorEntry, connectors, secretsOf } from '../connectors/registry.ts';
import { redact } from '../connectors/transport/index.ts';
import { type ConformanceArguments, readArguments, readCredentials, UsageError } from './conformance/arguments.ts';
import { agreed, planText } from './conformance/plan.ts';
import { familyTable, jsonLine, leftLines, progressLine } from './conformance/report.ts';
import { assertFits } from './conformance/schema-check.ts';

const USAGE = `Holds a connector against the laws of its contract.

  npm run conformance -- <connector>
  npm run conformance -- <connector> --url <base> --credentials <json file> [--settings <json or file>]

  --only <family>   these families only, may be repeated: --only "odd SKUs" --only paging
  --yes             do not ask before a server that was given is written to
  --json            the last line of the output is the result as JSON; all else goes to standard error

Connectors: ${Object.keys(subjects).join(', ')}.
The credentials file holds the connector's own credentials, and may hold settings, and a second set that can only read:
  {"consumerKey": "…", "consumerSecret": "…", "readOnly": {"consumerKey": "…", "consumerSecret": "…"}}
  {"username": "…", "password": "…", "settings": {"accountNumber": "…"}}
http and private addresses may be given. Credentials are never shown.`;

interface Prepared {
  readonly suite: Suite;
  readonly cases: Suite['cases'];
  /** Everything that must not be shown. */
  readonly secrets: string[];
  readonly hasReadOnly: boolean;
}

async function main(): Promise<number> {
  const args = readArguments(process.argv.slice(2));
  const say = (text: string): void => (args.json ? console.error(text) : console.log(text));
  const load = Object.hasOwn(subjects, args.connector) ? subjects[args.connector] : undefined;
  if (args.help || load === undefined) {
    if (!args.help) console.error(args.connector === '' ? 'which connector?' : `there is no ${args.connector}`);
    console.log(USAGE);
    return args.help ? 0 : 2;
  }
  const prepared = prepare(args, (await load()).subject, say);
  say(
    planText({ ...args, kind: (await load()).subject.kind, cases: prepared.cases, hasReadOnly: prepared.hasReadOnly }),
  );
  if (args.url !== null && !(await agreed(args.yes))) {
    say('Nothing was done.');
    return 1;
  }
  return runAll(args, prepared, say);
}

function prepare(args: ConformanceArguments, subject: AnySubject, say: (text: string) => void): Prepared {
  const { url, credentialsFile } = args;
  if (url === null || credentialsFile === null) {
    const suite = suiteOf(subject);
    return { suite, cases: chosen(suite, args.only), secrets: [], hasReadOnly: true };
  }
  const { server, secrets } = serverFrom(subject, url, credentialsFile, args.settings);
  const onRenewed = (renewed: unknown): void => {
    secrets.push(...secretsOf(renewed));
    const given = Object.entries(asRecord(server.credentials));
    // A token that was only fetched leaves what is in the file as good as it was.
    if (given.every(([name, value]) => asRecord(renewed)[name] === value)) return;
    const file = `${credentialsFile}.renewed.json`;
    writeFileSync(file, `${JSON.stringify(renewed)}\n`, { mode: 0o600 });
    say(`The tokens were renewed; the ones of the file may be dead. The new ones are in ${file}.`);
  };
  const suite = suiteOf(subject, { server, onRenewed });
  return { suite, cases: chosen(suite, args.only), secrets, hasReadOnly: server.readOnly !== null };
}

/** A server as the command line and the file name it, held against the connector's schemas. */
function serverFrom(
  subject: AnySubject,
  url: string,
  credentialsFile: string,
  given: Readonly<Record<string, unknown>>,
): { readonly server: RealServer; readonly secrets: string[] } {
  const entry = connectors[subject.name];
  if (entry === undefined) throw new UsageError(`the registry has no ${subject.name}`);
  const file = readCredentials(credentialsFile);
  const { credentials, inSettings } = sorted(file.credentials, entry);
  const { readOnly } = file;
  const settings = { ...inSettings, ...file.settings, ...given };
  assertFits(credentialsFile, entry.credentialsSchema, credentials);
  if (readOnly !== null) assertFits(`${credentialsFile}: readOnly`, entry.credentialsSchema, asRecord(readOnly));
  const tried =
    'testBed' in subject
      ? [subject.settingsFor(url, settings, credentials)]
      : serverOf(subject).settingsFor(url, settings, credentials);
  for (const one of tried) assertFits('--settings', entry.settingsSchema, one);
  const secrets = [...secretsOf(credentials), ...secretsOf(readOnly)];
  return { server: { url, credentials, settings, readOnly }, secrets };
}

/** What stands among the credentials and is a setting (an account number, a country) is taken for one. */
function sorted(
  values: Readonly<Record<string, unknown>>,
  { credentialsSchema, settingsSchema }: Pick<ConnectorEntry<AnyConnector>, 'credentialsSchema' | 'settingsSchema'>,
) {
  const [own, settings] = [fieldsOf(credentialsSchema), fieldsOf(settingsSchema)];
  const isSetting = (name: string): boolean => own.length > 0 && !own.includes(name) && settings.includes(name);
  const entries = Object.entries(values);
  return {
    credentials: Object.fromEntries(entries.filter(([name]) => !isSetting(name))),
    inSettings: Object.fromEntries(entries.filter(([name]) => isSetting(name))),
  };
}

const fieldsOf = (schema: TSchema): readonly string[] =>
  KindGuard.IsObject(schema) ? Object.keys(schema.properties) : [];

function chosen({ cases }: Suite, only: readonly string[]): Suite['cases'] {
  const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z]+/g, ' ');
  const families = [...new Set(cases.map(({ family }) => family))];
  const stray = only.find((name) => families.every((family) => plain(family) !== plain(name)));
  if (stray !== undefined) throw new UsageError(`no family ${stray}: there are ${families.join(', ')}`);
  return only.length === 0 ? cases : cases.filter(({ family }) => only.some((name) => plain(name) === plain(family)));
}

async function runAll(args: ConformanceArguments, prepared: Prepared, say: (text: string) => void): Promise<number> {
  const { suite, cases, secrets } = prepared;
  const clean = (text: string): string => secrets.reduce((shown, secret) => shown.replaceAll(secret, '[hidden]'), text);
  const results: CaseResult[] = [];
  const stop = stopOnSignals(say);
  const note = (result: CaseResult): void => {
    const shown = result.reason === undefined ? result : { ...result, reason: clean(result.reason) };
    results.push(shown);
    say(progressLine(shown));
  };
  let left: Awaited<ReturnType<Suite['close']>> = [];
  try {
    await suite.open();
    for (const one of cases) {
      if (stop.isWanted()) break;
      note(await runCase(one, undefined));
    }
  } catch (error) {
    const remedy = error instanceof ConnectorError ? (error.details.remedy ?? '') : '';
    const said = error instanceof Error ? error.message : String(error);
    const reason = redact(`${said} ${remedy}`.trim(), secrets);
    note({
      family: 'credentials',
      capability: 'testConnection',
      id: 'open',
      name: 'the shop can be opened',
      outcome: 'failed',
      reason,
      ms: 0,
    });
  } finally {
    left = await suite.close();
  }
  say(`\n${familyTable(results)}`);
  for (const line of leftLines(left)) say(clean(line));
  const isCut = stop.isWanted();
  if (isCut) say('Stopped before the end; the test data was cleaned up.');
  if (args.json) console.log(jsonLine(args.connector, results, left));
  const hasFailed = results.some(({ outcome }) => outcome === 'failed');
  return isCut ? 130 : hasFailed ? 1 : 0;
}

/** The first Ctrl-C ends the run after the present case and cleans up; the second one ends the process. */
function stopOnSignals(say: (text: string) => void): { isWanted(): boolean } {
  let isWanted = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (isWanted) process.exit(130);
      isWanted = true;
      say('Stopping after this case, then cleaning up. Once more to leave everything as it is.');
    });
  }
  return { isWanted: () => isWanted };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof UsageError ? error.message : error);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  },
);
