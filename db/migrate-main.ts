import { loadConfig } from '../config/load.ts';
import { migrate } from './migrate.ts';

const config = loadConfig();
const report = await migrate(config.database.ownerUrl);
process.stdout.write(`${JSON.stringify({ migrated: true, ...report })}\n`);
