import { exitCodes } from './exit-codes.ts';
import { terminal } from './io.ts';
import { runCli } from './run.ts';

// Whoever reads our output may stop at any line (`… | head`): other programs end by SIGPIPE then, and say nothing.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.unread);
    throw error;
  });
}
process.once('SIGINT', () => process.exit(exitCodes.interrupted));
const code = await runCli(process.argv.slice(2), terminal);
// A pipe takes what is written later than this line; connections that are kept open would hold the process.
await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
process.exit(code);
