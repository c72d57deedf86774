import { loadConfig } from '../config/load.ts';
import { setFirstClock } from './clock.ts';
import { migrate } from './migrate.ts';

const config = loadConfig();
const report = await migrate(config.database.ownerUrl);
process.stdout.write(`${JSON.stringify({ migrated: true, ...report })}\n`);

// A simulation begins on a Monday at 09:00 in Sydney; whoever runs it moves the clock on.
if (config.clock === 'database') await setFirstClock(config.database.ownerUrl, new Date('2026-11-22T22:00:00Z'));
