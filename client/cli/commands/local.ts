import { chartModel, renderMermaid, renderText } from '../../../state-machines/chart.ts';
import { type MachineDefinition, type MachineName, machineNames, machines } from '../../../state-machines/index.ts';
import type { Context, Outcome } from '../command.ts';
import { CliFault } from '../exit-codes.ts';
import { apiUrlOf, logIn, logOut } from '../session.ts';

const isMachine = (name: string): name is MachineName => Object.hasOwn(machines, name);

/** A machine's chart. Needs nothing that runs. */
export function chart(name: string, { mermaid }: { mermaid: boolean }): Outcome {
  if (!isMachine(name)) {
    throw new CliFault('notFound', `There is no machine ${name}.`, {
      remedy: `Choose one of ${machineNames.join(', ')}.`,
    });
  }
  const definition = machines[name] as MachineDefinition;
  const text = mermaid ? renderMermaid(definition) : renderText(definition).trimEnd();
  return { json: { name, ...chartModel(definition), mermaid: renderMermaid(definition) }, text };
}

/** Logs in and keeps the session. The password comes from a prompt or standard input. */
export async function login(
  context: Context,
  { email, passwordStdin }: { email?: string; passwordStdin: boolean },
): Promise<Outcome> {
  const { io, options } = context;
  const apiUrl = apiUrlOf(options);
  if (!io.isInteractive && (email === undefined || !passwordStdin)) {
    throw new CliFault('usage', 'Nobody is there to be asked.', {
      remedy: 'Give --email, and the password with --password-stdin.',
    });
  }
  const address = email ?? (await io.ask('E-mail'));
  const password = passwordStdin
    ? (await io.readAll()).replace(/\r?\n$/, '')
    : await io.ask('Password', { hidden: true });
  const { role, expiresAt } = await logIn(options, apiUrl, { email: address, password });
  return {
    json: { apiUrl, email: address, role, expiresAt },
    text: `Logged in at ${apiUrl} as ${address} (${role}) until ${expiresAt}.`,
  };
}

/** Ends the session that `login` kept. */
export async function logout({ options }: Context): Promise<Outcome> {
  const wasThere = await logOut(options);
  return { json: { ok: true }, text: wasThere ? 'Logged out.' : 'Nobody was logged in.' };
}
