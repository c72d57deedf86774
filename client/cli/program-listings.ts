import { Argument, type Command, Option } from 'commander';
import {
  forgetLearned,
  listLearned,
  listListingRules,
  listReasons,
  mapReason,
  setAbroad,
  setListingRule,
  showListingRule,
  unmapReason,
} from './commands/listing-rules.ts';
import { settleUpload } from './commands/listings.ts';
import type { Doing } from './program.ts';

const why = () => new Option('--why <words>', 'kept with the change').makeOptionMandatory();
const account = () => new Argument('[account]', 'code of the marketplace account; without it all of them');

/** Listings that need a person at the terminal. */
export function addListingCommands(program: Command, doing: Doing, examples: (...lines: string[]) => string): void {
  program
    .command('listings')
    .description('products on marketplaces')
    .command('settle')
    .description('say what became of an upload whose answer was lost; without --found it is uploaded again')
    .argument('<listing>', 'its id, as the address of its page shows it')
    .option('--found <number>', 'it is there: its number on the marketplace')
    .addOption(why())
    .addHelpText(
      'after',
      examples(
        'listings settle 01890a5d-ac96-774b-bcce-b302099a8057 --found PCL123 --why "in the portal"',
        'listings settle 01890a5d-ac96-774b-bcce-b302099a8057 --why "the portal shows nothing"',
      ),
    )
    .action((id, options) => doing((context) => settleUpload(context, id, options)));
}

/** Rules of marketplaces for listings. `examples` are shown below a command's help. */
export function addListingRuleCommands(program: Command, doing: Doing, examples: (...lines: string[]) => string): void {
  const rules = program
    .command('listing-rules')
    .description('what marketplaces ask of listings, what rejections taught, and reasons that nobody has mapped');
  rules
    .command('list')
    .description('all rules with severity, source and first day')
    .addArgument(account())
    .addHelpText('after', examples('listing-rules list', 'listing-rules list jd --json'))
    .action((code) => doing((context) => listListingRules(context, code)));
  rules
    .command('show')
    .description('one rule of an account, a learned one as well')
    .argument('<account>', 'code of the marketplace account')
    .argument('<rule>', 'as `listing-rules list` and findings name it')
    .addHelpText('after', examples('listing-rules show jd jd-id.title-length'))
    .action((code, id) => doing((context) => showListingRule(context, [code, id])));
  rules
    .command('set')
    .description('soften a rule for an account, leave it out, or take that back; only an admin may')
    .argument('<account>', 'code of the marketplace account')
    .argument('<rule>', 'as `listing-rules list` names it')
    .addArgument(new Argument('<severity>', 'what it is from now on').choices(['error', 'warning', 'off', 'usual']))
    .addOption(why())
    .addHelpText(
      'after',
      examples(
        'listing-rules set jd jd-id.title-words warning --why "their support, 3 July"',
        'listing-rules set jd jd-id.title-words usual --why "asked again"',
      ),
    )
    .action((code, rule, severity, options) =>
      doing((context) => setListingRule(context, [code, rule, severity], options)),
    );
  rules
    .command('abroad')
    .description('say whether an account’s goods are sold directly from abroad: minimum values hold then')
    .argument('<account>', 'code of the marketplace account')
    .addArgument(new Argument('<answer>', 'unknown warns and refuses nothing').choices(['yes', 'no', 'unknown']))
    .addOption(why())
    .addHelpText('after', examples('listing-rules abroad jd no --why "goods are in Jakarta"'))
    .action((code, answer, options) => doing((context) => setAbroad(context, [code, answer], options)));
  addTaughtCommands(rules, doing, examples);
}

function addTaughtCommands(rules: Command, doing: Doing, examples: (...lines: string[]) => string): void {
  rules
    .command('learned')
    .description('rules that rejections taught, with date and the marketplace’s words')
    .addArgument(account())
    .addHelpText('after', examples('listing-rules learned', 'listing-rules learned jd --json'))
    .action((code) => doing((context) => listLearned(context, code)));
  rules
    .command('forget')
    .description('take a learned rule out of force; it stays in the books')
    .argument('<id>', 'as `listing-rules learned` shows it')
    .addOption(why())
    .addHelpText(
      'after',
      examples('listing-rules forget 01890a5d-ac96-774b-bcce-b302099a8057 --why "a slip of theirs"'),
    )
    .action((id, options) => doing((context) => forgetLearned(context, id, options)));
  rules
    .command('reasons')
    .description('reasons of rejections that belong to no known field, and those that were mapped by hand')
    .addArgument(account())
    .addHelpText('after', examples('listing-rules reasons', 'listing-rules reasons jd --json'))
    .action((code) => doing((context) => listReasons(context, code)));
  rules
    .command('map')
    .description('say which field a reason is about; it is remembered for the account')
    .argument('<account>', 'code of the marketplace account')
    .argument('<field>', 'as findings name it: title, images, attributes.Material …')
    .argument('<text>', 'part of the reason to know it again by; case and blanks aside')
    .addHelpText('after', examples('listing-rules map jd images "watermark on main picture"'))
    .action((code, field, text) => doing((context) => mapReason(context, [code, field, text])));
  rules
    .command('unmap')
    .description('forget which field a reason is about')
    .argument('<id>', 'as `listing-rules reasons` shows it')
    .addOption(why())
    .addHelpText(
      'after',
      examples('listing-rules unmap 01890a5d-ac96-774b-bcce-b302099a8057 --why "it was another field"'),
    )
    .action((id, options) => doing((context) => unmapReason(context, id, options)));
}
