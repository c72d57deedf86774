import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { type ConnectorKind, connectorKinds, newConnector } from './commands/new-connector.ts';
import type { Doing } from './program.ts';

type Examples = (...lines: string[]) => string;

/** `new-connector`: the folder of a connector that is yet to be written. */
export function addNewConnectorCommand(program: Command, doing: Doing, examples: Examples): void {
  program
    .command('new-connector')
    .description('begin a connector: writes its folder and registers it; the conformance kit says what to write next')
    .argument('<name>', 'folder and registry name: lower-case letters, digits, hyphens')
    .addOption(new Option('--kind <kind>', 'what it connects').choices(connectorKinds).makeOptionMandatory())
    .option('--label <label>', 'how people write the system; made from the name otherwise')
    .addHelpText(
      'after',
      examples('new-connector shopee --kind marketplace', 'new-connector gls --kind carrier --label GLS'),
    )
    .action((name: string, { kind, label }: { kind: ConnectorKind; label?: string }) =>
      doing(() => newConnector({ name, kind, label, root: join(import.meta.dirname, '../..') })),
    );
}
