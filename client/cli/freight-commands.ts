import type { Command } from 'commander';
import type { Context, Outcome } from './command.ts';
import { consolidate } from './commands/consolidate.ts';
import { importRates, listRates, rateTemplate } from './commands/rates.ts';

interface Helpers {
  readonly examples: (...lines: string[]) => string;
  readonly positive: (text: string) => number;
}

/** What has to do with freight: planning an instance, rate cards. */
export function addFreightCommands(
  program: Command,
  doing: (work: (context: Context) => Outcome | Promise<Outcome>) => Promise<void>,
  { examples, positive }: Helpers,
): void {
  program
    .command('consolidate')
    .description('plan a bin packing instance with conflicts by the planner of consignments; needs nothing that runs')
    .requiredOption('--bppc <file>', 'first line `items capacity`, then `index weight [conflicting indices]`')
    .option('--seconds <n>', 'time for the search; it ends sooner when its lower bound is met', positive, 10)
    .addHelpText(
      'after',
      examples('consolidate --bppc instance.txt --json', 'consolidate --bppc instance.txt --seconds 30'),
    )
    .action((options) => doing(() => consolidate(options)));
  const rates = program.command('rates').description('rate cards of carriers');
  rates
    .command('import')
    .description('import a rate card as a new version; every fault is listed with its place')
    .argument('<file>', 'CSV file')
    .option('--connection <code>', 'the carrier account (default: the only one)')
    .option('--brand <code>', 'only for this brand')
    .option('--dry-run', 'only say what would happen', false)
    .addHelpText('after', examples('rates import dhl.csv --dry-run', 'rates import dhl.csv --connection dhl-express'))
    .action((file, options) => doing((context) => importRates(context, file, options)));
  rates
    .command('list')
    .description('all versions of all cards')
    .addHelpText('after', examples('rates list --json'))
    .action(() => doing(listRates));
  rates
    .command('template')
    .description('print a CSV file with a line of every kind')
    .addHelpText('after', examples('rates template > card.csv'))
    .action(() => doing(rateTemplate));
}
