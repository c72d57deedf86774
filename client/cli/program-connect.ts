import { type Command, InvalidArgumentError } from 'commander';
import { budget } from './commands/budgets.ts';
import { connect } from './commands/connect.ts';
import { showWays } from './commands/connect-ways.ts';
import type { Doing } from './program.ts';

type Examples = (...lines: string[]) => string;

const whole = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`It takes a whole number from ${least} to ${most}.`);
};
const positive = (text: string) => {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It takes a number above 0.');
};
const collect = (value: string, before: readonly string[]) => [...before, value];

/** `connect`: every way in which an account can be let in. */
export function addConnectCommand(program: Command, doing: Doing, examples: Examples): void {
  program
    .command('connect')
    .description('test an account with an outside system and store it; secrets come from a file or a prompt')
    .argument('<connector>', 'woocommerce, shopify, magento, jd-id …')
    .argument('<code>', 'short name of the account: lower-case letters, digits, hyphens')
    .option('--name <name>', 'what people call it')
    .option('--brand <code>', 'the brand that it belongs to; a shop needs one')
    .option('--url <url>', 'its address; https unless it says otherwise')
    .option('--way <id>', 'how access is given; `connections ways <connector>` explains them')
    .option('--authorize', 'let the shop hand access over: prints the page where its owner agrees, and waits', false)
    .option('--wait <seconds>', 'how long --authorize waits', whole(1, 3600), 1800)
    .option('--again', 'give an account that is there already new access; the old one stays until it is proved', false)
    .option('--plain-http', 'call it without https, although what is sent can be read on the way', false)
    .option('--setting <name=value>', 'a setting of the connector; may be repeated', collect, [])
    .option('--credentials <file>', 'JSON file with the credentials, - for standard input; otherwise you are asked')
    .option('--listing-default <name=value>', 'what new listings start with; may be repeated', collect, [])
    .option('--interval <stream=seconds>', 'time between two readings of a stream; may be repeated', collect, [])
    .option('--rate <n>', 'calls per second that the account permits', positive)
    .option('--burst <n>', 'calls at once that the account permits', whole(1, 10_000))
    .option('--save-anyway', 'store it although the test failed', false)
    .addHelpText(
      'after',
      examples(
        'connect woocommerce acme-shop --brand acme --url https://shop.example.com --credentials key.json',
        'connect woocommerce acme-shop --brand acme --url shop.example.com --authorize',
        'connect shopify acme --brand acme --url acme.myshopify.com --authorize --credentials app.json',
        'connect magento acme-au --brand acme --url shop.example.com.au --way integration',
        'connect woocommerce acme-shop --again --authorize',
        'connect jd-id jd --setting gatewayUrl=… --setting oauthUrl=… --listing-default currency=IDR',
      ),
    )
    .action((connector, code, options) => doing((context) => connect(context, connector, code, options)));
}

/** `connections ways`: what to click over there. */
export function addWaysCommand(connections: Command, doing: Doing, examples: Examples): void {
  connections
    .command('ways')
    .description('how a shop or a marketplace gives access, with the least rights')
    .argument('<connector>', 'woocommerce, shopify, magento')
    .addHelpText('after', examples('connections ways woocommerce'))
    .action((connector) => doing((context) => showWays(context, connector)));
}

/** `connections budget`: how many calls an account permits. */
export function addBudgetCommand(connections: Command, doing: Doing, examples: Examples): void {
  connections
    .command('budget')
    .description('how many calls an account permits, as a whole and by group of endpoints; with --set change it')
    .argument('<account>', 'code of the account')
    .option(
      '--set <limit>',
      'account=calls/unit or group=calls/unit, unit second, minute or day, then burst=, concurrent=, for=; may be repeated',
      collect,
      [],
    )
    .option('--remove <group>', 'take a group out; may be repeated', collect, [])
    .option('--why <words>', 'kept with the change')
    .addHelpText(
      'after',
      examples(
        'connections budget jd',
        'connections budget jd --set account=10/second,burst=20,concurrent=8 --why "new contract"',
        'connections budget jd --set "stock=20/minute,burst=4,for=stock.*" --why "JD.id support, 3 July"',
        'connections budget jd --remove stock --why "not needed any more"',
      ),
    )
    .action((code, options) => doing((context) => budget(context, code, options)));
}
