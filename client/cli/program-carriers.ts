import { type Command, InvalidArgumentError } from 'commander';
import { chooseCarrier, compareCarriers, listCouriers, releaseOrder, settleCourier } from './commands/carrier-care.ts';
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
  addCareCommands(carriers, doing, examples);
}

/** What people decide by hand. */
function addCareCommands(carriers: Command, doing: Doing, examples: (...lines: string[]) => string): void {
  carriers
    .command('compare')
    .description('all accounts asked for a consignment as it is now, with price or refusal')
    .argument('<consignment>', 'its number')
    .addHelpText('after', examples('carriers compare C-000123'))
    .action((number) => doing((context) => compareCarriers(context, number)));
  carriers
    .command('choose')
    .description('give an open consignment another account; it stays with it')
    .argument('<consignment>', 'its number')
    .argument('<account>', 'code of the carrier account')
    .option('--why <words>', 'kept in the history; needed without --dry-run')
    .option('--dry-run', 'only compare', false)
    .addHelpText('after', examples('carriers choose C-000123 dhl-express --why "the other van is full"'))
    .action((number, account, options) => doing((context) => chooseCarrier(context, [number, account], options)));
  carriers
    .command('release')
    .description('let an order go although its customs papers lack something')
    .argument('<order>', 'its number')
    .option('--why <words>', 'kept with your name')
    .option('--withdraw', 'take it back', false)
    .addHelpText('after', examples('carriers release TL-000123 --why "a sample, declared by hand"'))
    .action((number, options) => doing((context) => releaseOrder(context, number, options)));
  carriers
    .command('couriers')
    .description('the latest couriers, those first whose call nobody knows the outcome of')
    .addHelpText('after', examples('carriers couriers'))
    .action(() => doing(listCouriers));
  carriers
    .command('settle')
    .description('say what became of the call for a courier whose answer was lost; without --found it is called again')
    .argument('<id>', 'as `carriers couriers` shows it')
    .option('--found <number>', 'it exists: its confirmation number')
    .requiredOption('--why <words>', 'what you saw on the other side')
    .addHelpText(
      'after',
      examples(
        'carriers settle 01890a5d-ac96-774b-bcce-b302099a8057 --found PRG123 --why "in the portal"',
        'carriers settle 01890a5d-ac96-774b-bcce-b302099a8057 --why "they know of none"',
      ),
    )
    .action((id, options) => doing((context) => settleCourier(context, id, options)));
}
