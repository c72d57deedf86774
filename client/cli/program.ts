import { Command, InvalidArgumentError, Option } from 'commander';
import type { Context, Outcome } from './command.ts';
import { doctor } from './commands/doctor.ts';
import { commandImport, importProducts, listImports, undoImport } from './commands/imports.ts';
import { listConnections, listProblems } from './commands/lists.ts';
import { chart, login, logout } from './commands/local.ts';
import { audit, resume } from './commands/operate.ts';
import { listOrders, sendToOrders, showOrder } from './commands/orders.ts';
import { sync } from './commands/sync.ts';
import { addFirstAdmin, addPerson, changePassword, listUsers, setAccess } from './commands/users.ts';
import { addFreightCommands } from './freight-commands.ts';
import { addCarrierCommands } from './program-carriers.ts';
import { addBudgetCommand, addConnectCommand, addWaysCommand } from './program-connect.ts';
import { addListingCommands, addListingRuleCommands } from './program-listings.ts';
import { addNewConnectorCommand } from './program-new-connector.ts';
import { addPriceCommands } from './program-prices.ts';
import { addStockCommands } from './program-stock.ts';
import type { GlobalOptions } from './session.ts';

/** Runs what a command does and shows its outcome. */
export type Run = (options: GlobalOptions, work: (context: Context) => Outcome | Promise<Outcome>) => Promise<void>;

const wholeNumber = (least: number, most: number) => (text: string) => {
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
const examples = (...lines: string[]) => `\nExamples:\n${lines.map((line) => `  $ tradelane ${line}`).join('\n')}`;
const limit = () => new Option('--limit <n>', 'most rows').default(50).argParser(wholeNumber(1, 10_000));

/** The command line with all its help; `run` does the work, so that the documentation needs none. */
export function buildProgram(run: Run): Command {
  const program = new Command('tradelane')
    .description('Orders, products and listings between brands’ own stores, marketplaces and carriers.')
    .option('--json', 'print one JSON document instead of text', false)
    .addOption(
      new Option('--api-url <url>', 'address of the API (default: the local world’s)').env('TRADELANE_API_URL'),
    )
    .addOption(new Option('--token <token>', 'session token').env('TRADELANE_TOKEN').hideHelp())
    .addOption(
      new Option('--data-dir <folder>', 'folder of the local world').env('TRADELANE_DATA_DIR').default('.tradelane'),
    )
    .showHelpAfterError('Add --help for more.')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'after',
      examples('doctor', 'orders list --state NEW', 'orders show TL-000123', 'chart order --mermaid'),
    );
  program.commandsGroup('This installation:').helpCommand(true);
  const globals = (): GlobalOptions => ({
    ...program.opts<Omit<GlobalOptions, 'isDataDirGiven'>>(),
    isDataDirGiven: program.getOptionValueSource('dataDir') === 'cli',
  });
  const doing = (work: (context: Context) => Outcome | Promise<Outcome>) => run(globals(), work);
  addWorldCommands(program, doing);
  addAccountCommands(program, doing);
  addOrderCommands(program, doing);
  addImportCommands(program, doing);
  addPriceCommands(program, doing, examples);
  addStockCommands(program, doing, examples);
  addFreightCommands(program, doing, { examples, positive });
  addCarrierCommands(program, doing, examples);
  addListingCommands(program, doing, examples);
  addListingRuleCommands(program, doing, examples);
  addUserCommands(program, doing);
  addNewConnectorCommand(program, doing, examples);
  group(program);
  return program;
}

/** Headings of the help, for commands that do not concern the installation itself. */
const headings: Readonly<Record<string, readonly string[]>> = {
  'Accounts with outside systems:': ['connect', 'sync', 'connections'],
  'Every day:': ['problems', 'incidents', 'orders', 'import', 'why', 'drift', 'listings', 'listing-rules'],
  'Prices and freight:': ['exchange-rates', 'rates', 'freight', 'carriers', 'consolidate'],
  'People:': ['users'],
  'Building:': ['new-connector'],
};

function group(program: Command): void {
  for (const [heading, names] of Object.entries(headings)) {
    for (const command of program.commands) if (names.includes(command.name())) command.helpGroup(heading);
  }
}

export type Doing = (work: (context: Context) => Outcome | Promise<Outcome>) => Promise<void>;

function addWorldCommands(program: Command, doing: Doing): void {
  program
    .command('doctor')
    .description('check node, disk, processes, database, migrations, Temporal, API, accounts and follow-up work')
    .addHelpText('after', examples('doctor', 'doctor --json'))
    .action(() => doing(doctor));
  program
    .command('login')
    .description('log in and keep the session in the data folder; a local world needs no login')
    .option('--email <address>', 'whose session')
    .option('--password-stdin', 'read the password from standard input', false)
    .addHelpText('after', examples('login', 'login --email ops@example.com --password-stdin < password.txt'))
    .action((options) => doing((context) => login(context, options)));
  program
    .command('logout')
    .description('end the kept session')
    .action(() => doing(logout));
  program
    .command('chart')
    .description('show a state machine; needs nothing that runs')
    .argument('<machine>', 'order, listing, parcel …')
    .option('--mermaid', 'as a Mermaid diagram', false)
    .addHelpText('after', examples('chart order', 'chart listing --mermaid'))
    .action((machine, options) => doing(() => chart(machine, options)));
  program
    .command('audit')
    .description('compare what the outside systems say with the database and Temporal; exits with 1 on any difference')
    .addHelpText('after', examples('audit', 'audit --json'))
    .action(() => doing(audit));
  program
    .command('resume')
    .description('wake every open process again from the rows alone, after Temporal’s database was lost or moved')
    .addHelpText('after', examples('resume'))
    .action(() => doing(resume));
}

function addAccountCommands(program: Command, doing: Doing): void {
  addConnectCommand(program, doing, examples);
  program
    .command('sync')
    .description('read an account now; without --now show how far each stream has been read')
    .argument('<connection>', 'code of the account')
    .option('--now', 'do not wait for the schedule', false)
    .option('--stream <name>', 'only this stream: orders, reviews, offers, catalogue, store-stock, tracking')
    .addHelpText('after', examples('sync jd --now', 'sync acme-shop --now --stream catalogue'))
    .action((code, options) => doing((context) => sync(context, code, options)));
  const connections = program.command('connections').description('accounts with outside systems');
  connections
    .command('list')
    .description('all accounts with their state')
    .option('--kind <kind>', 'store, marketplace or carrier')
    .addOption(limit())
    .addHelpText('after', examples('connections list --kind store'))
    .action((options) => doing((context) => listConnections(context, options)));
  addWaysCommand(connections, doing, examples);
  addBudgetCommand(connections, doing, examples);
  const problems = program.command('problems').description('what a person should know or do');
  problems
    .command('list')
    .description('problems with their remedies, last seen first')
    .option('--state <state>', 'OPEN, SNOOZED, RESOLVED or all', 'OPEN')
    .option('--severity <severity>', 'info, warning or error')
    .option('--connection <code>', 'only of this account')
    .option('--search <text>', 'in title and detail')
    .addOption(limit())
    .addHelpText('after', examples('problems list', 'problems list --severity error --json'))
    .action((options) => doing((context) => listProblems(context, options)));
}

function addOrderCommands(program: Command, doing: Doing): void {
  const orders = program.command('orders').description('orders of all brands');
  orders
    .command('list')
    .description('orders, newest first')
    .option('--state <states>', 'NEW, APPROVED, SYNCED …; several with commas')
    .option('--brand <code>', 'only of this brand')
    .option('--connection <code>', 'only of this marketplace account')
    .option('--search <text>', 'in numbers, SKUs and tracking numbers')
    .addOption(limit())
    .addHelpText('after', examples('orders list --state NEW,EDITED', 'orders list --brand acme --json'))
    .action((options) => doing((context) => listOrders(context, options)));
  orders
    .command('show')
    .description('one order: path, lines, timeline, and what can be done or why not')
    .argument('<order>', 'our number, the marketplace’s, or the id')
    .addHelpText('after', examples('orders show TL-000123'))
    .action((number) => doing((context) => showOrder(context, number)));
  orders
    .command('approve')
    .description('approve orders')
    .argument('<orders...>', 'numbers or ids')
    .option('--why <words>', 'kept in the history')
    .addHelpText('after', examples('orders approve TL-000123 TL-000124'))
    .action((numbers, { why }) => doing((context) => sendToOrders(context, numbers, { type: 'APPROVE', why })));
  orders
    .command('cancel')
    .description('ask for the cancellation of orders')
    .argument('<orders...>', 'numbers or ids')
    .option('--why <words>', 'kept in the history')
    .addHelpText('after', examples('orders cancel TL-000123 --why "out of stock"'))
    .action((numbers, { why }) => doing((context) => sendToOrders(context, numbers, { type: 'REQUEST_CANCEL', why })));
}

function addUserCommands(program: Command, doing: Doing): void {
  const users = program.command('users').description('people who may log in');
  const stdin = () => new Option('--password-stdin', 'read the password from standard input').default(false);
  users
    .command('list')
    .description('everybody, with role and last log-in')
    .addHelpText('after', examples('users list --json'))
    .action(() => doing(listUsers));
  users
    .command('add')
    .description('add a person; you are asked for the password')
    .argument('<email>', 'their address')
    .requiredOption('--name <name>', 'what others see')
    .addOption(
      new Option('--role <role>', 'what they may do')
        .choices(['ops', 'approver', 'admin', 'brand'])
        .makeOptionMandatory(),
    )
    .option('--brand <code>', 'for the role brand, and only for it')
    .addOption(stdin())
    .addHelpText('after', examples('users add kim@example.com --name Kim --role ops'))
    .action((email, options) => doing((context) => addPerson(context, email, options)));
  users
    .command('password')
    .description('give a person a new password; it ends their sessions')
    .argument('<email>', 'their address')
    .addOption(stdin())
    .addHelpText('after', examples('users password kim@example.com'))
    .action((email, options) => doing((context) => changePassword(context, email, options)));
  users
    .command('shut-out')
    .description('end a person’s sessions and let them in no more')
    .argument('<email>', 'their address')
    .action((email) => doing((context) => setAccess(context, email, true)));
  users
    .command('let-in')
    .description('let a person in again who was shut out')
    .argument('<email>', 'their address')
    .action((email) => doing((context) => setAccess(context, email, false)));
  users
    .command('first')
    .description('add the first admin straight to the database (DATABASE_APP_URL), while nobody can log in yet')
    .argument('<email>', 'their address')
    .requiredOption('--name <name>', 'what others see')
    .addOption(stdin())
    .addHelpText('after', examples('users first you@example.com --name You'))
    .action((email, options) => doing((context) => addFirstAdmin(context, email, options)));
}

function addImportCommands(program: Command, doing: Doing): void {
  const imports = program.command('import').description('files of products that brands send');
  imports
    .command('products')
    .description('send a CSV file, show what it changes, and apply that')
    .argument('<file>', 'CSV in any usual encoding, with a header')
    .requiredOption('--brand <code>', 'the brand that it is for')
    .option('--dry-run', 'only show what it would change', false)
    .option('--answer <question=answer>', 'settle a question that the preview asks; may be repeated', collect, [])
    .addHelpText(
      'after',
      examples(
        'import products spring.csv --brand acme --dry-run',
        'import products spring.csv --brand acme --answer number-style:dot-thousands=thousands',
      ),
    )
    .action((file, options) => doing((context) => importProducts(context, file, options)));
  imports
    .command('list')
    .description('imports, newest first')
    .addOption(limit())
    .addHelpText('after', examples('import list'))
    .action((options) => doing((context) => listImports(context, options)));
  imports
    .command('undo')
    .description('show what the undo of an import would change; with --confirm do it')
    .argument('<import>', 'id of the import')
    .option('--confirm', 'do it at once', false)
    .addHelpText('after', examples('import undo 01890a5d-ac96-774b-bcce-b302099a8057'))
    .action((id, options) => doing((context) => undoImport(context, id, options)));
  for (const [name, description] of [
    ['confirm', 'apply what the preview of an import shows'],
    ['discard', 'give the preview of an import up'],
  ] as const) {
    imports
      .command(name)
      .description(description)
      .argument('<import>', 'id of the import')
      .addHelpText('after', examples(`import ${name} 01890a5d-ac96-774b-bcce-b302099a8057`))
      .action((id) => doing((context) => commandImport(context, id, name)));
  }
}
