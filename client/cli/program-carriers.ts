import { type Command, InvalidArgumentError } from 'commander';
import { addRule, endRule, listCustoms, listRules, setPickup, whyCarrier } from './commands/carriers.ts';
import type { Doing } from './program.ts';
import { whyGroup } from './program-prices.ts';

const whole = (text: string): number => {
  if (/^\d{1,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It takes a whole number.');
};

/** Which carrier takes what, couriers, customs rules. `examples` are shown below a command's help. */
export function addCarrierCommands(program: Command, doing: Doing, examples: (...lines: string[]) => string): void {
  whyGroup(program)
    .command('carrier')
    .description('why an order travels with its carrier account: all that were asked, with price or refusal')
    .argument('<order>', 'its number')
    .addHelpText('after', examples('why carrier TL-000123', 'why carrier TL-000123 --json'))
    .action((number) => doing((context) => whyCarrier(context, number)));
  const carriers = program.command('carriers').description('which carrier takes what, and where couriers are called');
  carriers
    .command('list')
    .description('rules in force and couriers')
    .addHelpText('after', examples('carriers list --json'))
    .action(() => doing(listRules));
  carriers
    .command('rule')
    .description('prefer an account where all conditions hold, or rule it out; the narrowest rule counts')
    .argument('<account>', 'code of the carrier account')
    .option('--never', 'rule it out instead of preferring it', false)
    .option('--rank <n>', 'the lowest of several preferred accounts is taken', whole, 100)
    .option('--brand <code>', 'only for this brand')
    .option('--from <country>', 'only from this country')
    .option('--to <country>', 'only to this country')
    .option('--domestic', 'only within a country')
    .option('--abroad', 'only from one country into another')
    .option('--incoterm <term>', 'only DDP or DAP')
    .option('--over <grams>', 'only above this weight', whole)
    .option('--up-to <grams>', 'only up to this weight', whole)
    .option('--note <words>', 'shown wherever the rule is named')
    .addHelpText(
      'after',
      examples(
        'carriers rule ninja-van --domestic --rank 10 --note "contract of 2026"',
        'carriers rule dhl-express --abroad --rank 10',
        'carriers rule dhl-express --never --to PH --over 20000',
      ),
    )
    .action((account, options) => doing((context) => addRule(context, account, options)));
  carriers
    .command('end')
    .description('end a rule; it stays in the books')
    .argument('<id>', 'as `carriers list` shows it')
    .addHelpText('after', examples('carriers end 01890a5d-ac96-774b-bcce-b302099a8057'))
    .action((id) => doing((context) => endRule(context, id)));
  carriers
    .command('pickup')
    .description('call a courier once after each label mail of a brand at an account')
    .argument('<brand>', 'code of the brand')
    .argument('<account>', 'code of the carrier account')
    .option('--off', 'call none any more', false)
    .option('--ready-after <minutes>', 'from the call until the goods are packed', whole, 60)
    .option('--window <minutes>', 'for how long somebody is there then', whole, 240)
    .addHelpText('after', examples('carriers pickup kauri dhl-express', 'carriers pickup kauri dhl-express --off'))
    .action((brand, account, options) => doing((context) => setPickup(context, [brand, account], options)));
  carriers
    .command('customs')
    .description('customs rules by destination, dated, with source and what nobody could confirm')
    .addHelpText('after', examples('carriers customs'))
    .action(() => doing(listCustoms));
}
