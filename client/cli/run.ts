import { CommanderError } from 'commander';
import { isDatabaseAway } from '../../db/database.ts';
import { CliFault, type ExitName, exitCodes } from './exit-codes.ts';
import type { Io } from './io.ts';
import { buildProgram } from './program.ts';
import { plain } from './text.ts';

/**
 * Runs one command line. With `--json` exactly one JSON document goes to standard output, also for a refusal.
 * @returns the exit code
 */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  let exit: ExitName = 'ok';
  const isJson = argv.includes('--json');
  const program = buildProgram(async (options, work) => {
    const outcome = await work({ io, options });
    io.out(isJson ? JSON.stringify(outcome.json, null, 2) : outcome.text);
    exit = outcome.exit ?? 'ok';
  });
  for (const command of [program, ...everyCommand(program)]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      // With --json a usage error is told in the document.
      writeErr: (text) => (isJson ? undefined : io.err(text.trimEnd())),
    });
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    exit = tell(error, io, isJson);
  }
  return exitCodes[exit];
}

function everyCommand(command: ReturnType<typeof buildProgram>): ReturnType<typeof buildProgram>[] {
  return command.commands.flatMap((inner) => [
    inner as ReturnType<typeof buildProgram>,
    ...everyCommand(inner as never),
  ]);
}

/** Shows why a command failed and says what the process ends with. */
function tell(error: unknown, io: Io, isJson: boolean): ExitName {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 'ok';
    if (isJson) io.out(document('Usage', error.message.replace(/^error: /, '')));
    return 'usage';
  }
  const fault = asFault(error);
  const { remedy, code, details } = fault.extras;
  if (isJson) io.out(document(code ?? codeNames[fault.exit], fault.message, remedy, details));
  else io.err([fault.message, ...(remedy ? [`Remedy: ${plain(remedy)}`] : [])].join('\n'));
  return fault.exit;
}

const codeNames: Readonly<Record<ExitName, string>> = {
  ok: 'Ok',
  refused: 'Refused',
  usage: 'Usage',
  unreachable: 'Unreachable',
  notFound: 'NotFound',
  notAllowed: 'NotAllowed',
  internal: 'Internal',
  interrupted: 'Interrupted',
  unread: 'Unread',
};

function document(code: string, message: string, remedy?: string, details?: unknown): string {
  const error = { code, message, ...(remedy ? { remedy } : {}), ...(details === undefined ? {} : { details }) };
  return JSON.stringify({ error }, null, 2);
}

function asFault(error: unknown): CliFault {
  if (error instanceof CliFault) return error;
  if (isDatabaseAway(error)) {
    return new CliFault('unreachable', 'The database cannot be reached.', {
      remedy: 'Start it, or correct DATABASE_URL.',
    });
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new CliFault('internal', message);
}
