import type { Io } from './io.ts';
import { runCli } from './run.ts';

/** What a command wrote, and how it ended. */
export interface Typed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Types a command for the installation in `folder`: nobody is there to be asked and nothing is piped, unless `given` says so. */
export async function typeCommand(folder: string, args: readonly string[], given: Partial<Io> = {}): Promise<Typed> {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    isInteractive: false,
    ask: () => Promise.reject(new Error('nobody is there to be asked')),
    readAll: async () => '',
    ...given,
  };
  const code = await runCli(['--data-dir', folder, ...args], io);
  return { code, out: out.join('\n'), err: err.join('\n') };
}
