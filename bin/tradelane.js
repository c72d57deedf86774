#!/usr/bin/env node
// `npx tradelane …`: goes on under the project's own Node 24, whatever Node the machine has. Dependency-free.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const setupFailed = 70;
const signalBase = 128;
const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

const { ensureInstalled, nodePath } = await import('../scripts/bootstrap/install.mjs');
try {
  await ensureInstalled({ log: (line) => process.stderr.write(`[set-up] ${line}\n`) });
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(setupFailed);
}

const main = fileURLToPath(new URL('../client/cli/main.ts', import.meta.url));
const child = spawn(nodePath, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
// Ctrl-C reaches the child by itself: both are in the terminal's group. Other signals are handed on.
process.on('SIGINT', () => undefined);
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`${nodePath} can't be run: ${error.message}\nRemedy: npm ci\n`);
  process.exit(setupFailed);
});
child.on('exit', (code, signal) => process.exit(code ?? signalBase + (signalNumbers[signal] ?? 0)));
