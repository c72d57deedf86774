import { type Command, Option } from 'commander';
import type { Context, Outcome } from './command.ts';
import { consolidate } from './commands/consolidate.ts';
import { listFreightAudits, setFreightAudit, takeFreightBill } from './commands/freight-audit.ts';
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
  addAuditCommands(program, doing, examples);
}

function addAuditCommands(
  program: Command,
  doing: (work: (context: Context) => Outcome | Promise<Outcome>) => Promise<void>,
  examples: Helpers['examples'],
): void {
  const freight = program.command('freight').description('what freight really costs, beside what the rate card says');
  freight
    .command('audit')
    .description('compared consignments, the newest first')
    .option('--brand <code>', 'only of this brand')
    .option('--connection <code>', 'only of this carrier account')
    .addOption(
      new Option('--verdict <verdict>', 'only these').choices(['due', 'agrees', 'differs', 'incomparable', 'unused']),
    )
    .addHelpText('after', examples('freight audit --verdict differs', 'freight audit --connection dhl-express --json'))
    .action((options) => doing((context) => listFreightAudits(context, options)));
  freight
    .command('bill')
    .description('take a carrier’s bill: a line for each charge')
    .argument('<file>', 'CSV file: waybill,code,name,amount,currency,billed_kg')
    .requiredOption('--connection <code>', 'the carrier account')
    .option('--dry-run', 'only say what would happen', false)
    .addHelpText('after', examples('freight bill july.csv --connection dhl-express --dry-run'))
    .action((file, options) => doing((context) => takeFreightBill(context, file, options)));
  freight
    .command('policy')
    .description('how an account’s freight is compared; what is not named stays as it is')
    .argument('<connection>', 'code of the carrier account')
    .addOption(new Option('--ask-carrier <yes-or-no>', 'ask the carrier for its price').choices(['yes', 'no']))
    .option('--percent <n>', 'percent by which prices may differ', Number)
    .option('--least <n>', 'sum by which prices may differ in any case, in the card’s currency', Number)
    .addHelpText('after', examples('freight policy dhl-express --percent 3 --least 2.5'))
    .action((connection, options) => doing((context) => setFreightAudit(context, connection, options)));
}
