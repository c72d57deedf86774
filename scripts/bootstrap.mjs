// Brings what the other commands need: dependencies, Node 24, the Temporal server. Needs nothing but Node 20 and npm.
// `npm start`, `npm run demo` and `npm test` run it first; with --no-temporal it only sees to the dependencies.
const log = (line) => process.stderr.write(`[set-up] ${line}\n`);

if (Number(process.versions.node.split('.')[0]) < 20) {
  log(`Node ${process.versions.node} is too old. Remedy: install Node 20 or newer (https://nodejs.org).`);
  process.exit(1);
}

try {
  const { ensureInstalled } = await import('./bootstrap/install.mjs');
  await ensureInstalled({ log });
  if (!process.argv.includes('--no-temporal')) {
    const { ensureTemporal } = await import('./bootstrap/temporal.mjs');
    await ensureTemporal({ log });
  }
} catch (error) {
  log(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
