import { parseArgs } from 'node:util';
import { simulators } from '../connectors/simulator-kit/registry.ts';

const USAGE = `Starts one simulator of an outside system and keeps it running.

  simulator <name> [--port n] [--host address] [--state-file file] [--log file] [--seed n]

Names: ${Object.keys(simulators).join(', ')}`;

/** How to turn a simulator's dials, for people who try it out. */
const controlHelp = (url: string) => `Control surface (JSON, from this machine only):
  curl ${url}/__control/health
  curl ${url}/__control/log?after=0
  curl ${url}/__control/state
  curl -X POST ${url}/__control/clock -d '{"now":"2027-01-01T00:00:00Z"}'   ({"now":null} = real time)
  curl -X POST ${url}/__control/faults -d '{"times":2,"fault":{"kind":"lose-answer"}}'
  curl -X DELETE ${url}/__control/faults
  curl -X POST ${url}/__control/reset`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      'state-file': { type: 'string' },
      log: { type: 'string' },
      seed: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [name = ''] = positionals;
  const load = Object.hasOwn(simulators, name) ? simulators[name] : undefined;
  if (values.help || load === undefined) {
    console.log(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const { demoOptions, start } = await load();
  const simulator = await start({
    ...given('port', wholeNumber('port', values.port)),
    ...given('host', values.host),
    ...given('stateFile', values['state-file']),
    ...given('logFile', values.log),
    ...given('seed', wholeNumber('seed', values.seed)),
  });
  console.log(`${simulator.name} listens on ${simulator.url}\n`);
  console.log(`Made-up credentials and settings:\n${credentials(demoOptions)}\n`);
  console.log(controlHelp(simulator.url));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      simulator.close().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(error);
          process.exit(1);
        },
      );
    });
  }
}

/** An option only where it was given, so that the demonstration's own value stays otherwise. */
function given<T>(name: string, value: T | undefined): Record<string, T> {
  return value === undefined ? {} : { [name]: value };
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new Error(`--${name} must be a whole number, not ${text}`);
}

/** The plain values of the demonstration's options; lists of goods and the like are left out. */
function credentials(demoOptions: object): string {
  return Object.entries(demoOptions)
    .filter(([, value]) => typeof value !== 'object')
    .map(([name, value]) => `  ${name}: ${value}`)
    .join('\n');
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
