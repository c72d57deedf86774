import type { Command } from 'commander';
import { type ExitName, exitCodes, exitMeanings } from './exit-codes.ts';
import { buildProgram } from './program.ts';

function helpOf(command: Command): string {
  const parts: string[] = [];
  // Texts after the help are emitted, not returned: taken from the output.
  command.configureOutput({ writeOut: (text) => void parts.push(text) });
  command.configureHelp({ helpWidth: 110, showGlobalOptions: false });
  command.outputHelp();
  return parts.join('').trimEnd();
}

function section(command: Command, path: string): string[] {
  const head = `${path.split(' ').length === 1 ? '##' : '###'} \`${path}\``;
  const own = [head, '', '```text', helpOf(command), '```', ''];
  return [...own, ...command.commands.flatMap((inner) => section(inner, `${path} ${inner.name()}`))];
}

/** The page `docs/cli.md`: every command with its help, and the exit codes. */
export function renderCliDocs(): string {
  const program = buildProgram(async () => undefined);
  const codes = (Object.keys(exitCodes) as ExitName[]).map((name) => `| ${exitCodes[name]} | ${exitMeanings[name]} |`);
  return [
    '# Command line',
    '',
    'Generated from the commands themselves; change `client/cli/program.ts`, then run `npm run generate`.',
    '',
    'Run it as `npx tradelane …`. It finds the local world by `run.json` in the data folder and works there as its admin;',
    'elsewhere name the API with `TRADELANE_API_URL` and log in, or set `TRADELANE_TOKEN`. With `--json` exactly one JSON',
    'document goes to standard output, for a refusal `{"error":{"code","message","remedy","details"}}`.',
    '',
    '## Exit codes',
    '',
    '| Code | Meaning |',
    '| --- | --- |',
    ...codes,
    '',
    ...section(program, 'tradelane'),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}
