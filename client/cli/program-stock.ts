import { type Command, Option } from 'commander';
import { listIncidents, showIncident } from './commands/incidents.ts';
import { drift, whyStock } from './commands/stock.ts';
import type { Doing } from './program.ts';
import { whyGroup } from './program-prices.ts';

/** Why stock is what it is, and where marketplaces show something else. `examples` are shown below a command's help. */
export function addStockCommands(program: Command, doing: Doing, examples: (...lines: string[]) => string): void {
  whyGroup(program)
    .command('stock')
    .description('why a SKU shows what it shows on a marketplace: levels, orders, policy, shares, what became of them')
    .argument('<sku>', 'the brand’s SKU or the marketplace’s name of it')
    .argument('<marketplace>', 'code of the account')
    .addHelpText('after', examples('why stock KW-001 jd-id', 'why stock kauri-KW-001 jd-id --json'))
    .action((sku, connection) => doing((context) => whyStock(context, sku, connection)));
  program
    .command('drift')
    .description('offers whose wanted, acknowledged and seen stock differ, and what explains it')
    .option('--unexplained', 'only what nothing explains', false)
    .addOption(new Option('--limit <n>', 'most rows').default(50).argParser(Number))
    .addHelpText('after', examples('drift', 'drift --unexplained --json'))
    .action((options) => doing((context) => drift(context, options)));
  const incidents = program.command('incidents').description('outages of accounts: what they did and what waits');
  incidents
    .command('list')
    .description('outages, newest first')
    .option('--state <states>', 'OPEN, RECOVERING, CLOSED; several with commas')
    .option('--connection <code>', 'only of this account')
    .addOption(new Option('--limit <n>', 'most rows').default(50).argParser(Number))
    .addHelpText('after', examples('incidents list', 'incidents list --state OPEN,RECOVERING --json'))
    .action((options) => doing((context) => listIncidents(context, options)));
  incidents
    .command('show')
    .description('one outage: its steps, the orders that waited, its report')
    .argument('<number>', 'INC-000001, or its id')
    .addHelpText('after', examples('incidents show INC-000001', 'incidents show INC-000001 --json'))
    .action((id) => doing((context) => showIncident(context, id)));
}
