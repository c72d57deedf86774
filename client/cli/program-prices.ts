import type { Command } from 'commander';
import { importRates, listRates, setRate, whyPrice } from './commands/prices.ts';
import type { Doing } from './program.ts';

/** `why` explains one number; each kind of number is a command of it. */
export function whyGroup(program: Command): Command {
  const known = program.commands.find((command) => command.name() === 'why');
  return known ?? program.command('why').description('how a number came about, step by step, with sources');
}

/** Exchange rates, and why a price is what it is. `examples` are shown below a command's help. */
export function addPriceCommands(program: Command, doing: Doing, examples: (...lines: string[]) => string): void {
  whyGroup(program)
    .command('price')
    .description('why a SKU costs what it costs on a marketplace')
    .argument('<sku>', 'the brand’s SKU or the marketplace’s name of it')
    .argument('<marketplace>', 'code of the account')
    .addHelpText('after', examples('why price KW-001 jd-id', 'why price kauri-KW-001 jd-id --json'))
    .action((sku, connection) => doing((context) => whyPrice(context, sku, connection)));
  const rates = program.command('exchange-rates').description('dated exchange rates with their source');
  rates
    .command('import')
    .description(
      'take a file of the European Central Bank over (daily or historical, XML or CSV), all of it or nothing',
    )
    .argument('[file]', 'path, or - for standard input; without it the API fetches EXCHANGE_RATES_URL')
    .addHelpText('after', examples('exchange-rates import', 'exchange-rates import eurofxref-daily.xml'))
    .action((file) => doing((context) => importRates(context, file)));
  rates
    .command('set')
    .description('type a rate in; nothing is overwritten, the latest entry of a day counts')
    .argument('<from>', 'currency, such as USD')
    .argument('<to>', 'currency, such as IDR')
    .argument('<rate>', 'units of the second for one of the first, such as 16250.5')
    .option('--date <day>', 'the day it holds for (default: today)')
    .requiredOption('--source <words>', 'where it comes from')
    .requiredOption('--reason <words>', 'why it is typed in; kept with it')
    .option('--sure', 'it differs by a factor of two or more, and that is right', false)
    .addHelpText(
      'after',
      examples('exchange-rates set USD IDR 16250.5 --date 2026-07-01 --source "our bank" --reason "agreed for July"'),
    )
    .action((from, to, rate, options) => doing((context) => setRate(context, [from, to, rate], options)));
  rates
    .command('list')
    .description('the newest rate of each pair, or all of one pair')
    .option('--from <currency>', 'only from this currency')
    .option('--to <currency>', 'only to this currency')
    .addHelpText('after', examples('exchange-rates list', 'exchange-rates list --from AUD --to IDR'))
    .action((options) => doing((context) => listRates(context, options)));
}
