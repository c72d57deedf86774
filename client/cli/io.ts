import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CliFault } from './exit-codes.ts';

/** The terminal, or what a test puts in its place. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  /** Somebody sits there and can answer. */
  readonly isInteractive: boolean;
  ask(question: string, options?: { hidden?: boolean }): Promise<string>;
  /** Everything on standard input. */
  readAll(): Promise<string>;
}

const maxInputBytes = 1_000_000;

export const terminal: Io = {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  isInteractive: process.stdin.isTTY === true && process.stderr.isTTY === true,
  async ask(question, { hidden = false } = {}) {
    process.stderr.write(`${question}: `);
    // What is typed is echoed by readline's output, so a secret gets an output that shows nothing.
    const echo = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : process.stderr;
    const lines = createInterface({ input: process.stdin, output: echo, terminal: true });
    try {
      return await lines.question('');
    } finally {
      lines.close();
      if (hidden) process.stderr.write('\n');
    }
  },
  async readAll() {
    let text = '';
    for await (const chunk of process.stdin) {
      text += String(chunk);
      if (text.length > maxInputBytes) throw new CliFault('usage', 'There is too much on standard input.');
    }
    return text;
  },
};
