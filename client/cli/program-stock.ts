import { type Command, Option } from 'commander';
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
}
