import {
  type CancellationCell,
  callsInFlight,
  cancellationCells,
  cancellers,
} from '../../state-machines/cancellation.ts';
import { edgesOf, type MachineName, machineNames, machines, statesOf } from '../../state-machines/index.ts';
import { renames } from '../../state-machines/renames.ts';
import { cell, generatedNote } from './page.ts';

/** What each machine is about, for people who meet it first. */
export const purposes: Readonly<Record<MachineName, string>> = {
  channel_order: 'What a marketplace announced, as observed. It follows facts and decides nothing.',
  order: "One brand's part of a channel order: the unit that people edit, approve, ship and cancel.",
  parcel: "One box on its way. Its state comes from the carrier's scans.",
  consignment: 'What goes to the carrier as one: orders of one brand, lane and incoterm.',
  product: "The core's own product, before it is offered anywhere.",
  listing: 'A product on one marketplace: the editorial side. What is true over there stands beside it as `remote`.',
  connection: 'An account with an outside system. Only CONNECTED and DEGRADED ones are called.',
  effect: 'An outside call that must not happen twice, from the intention to the known outcome.',
  problem: 'Something that a person should know or do, grouped by cause, with its remedy.',
  price_proposal: 'A price on which a person decides: typed by hand, or a rule price that moved too far.',
  incident: 'An outage of one account, from too many failures in a row to its report.',
  return: 'Goods on their way back. Stock comes back only when they are scanned in and found fit for sale.',
};

/** docs/state-machines.md: how the machines are used, the list of them, the cancellations, the renames. */
export function renderStateMachinesPage(): string {
  return [...intro(), ...machineList(), ...cancellations(), ...renaming(), ''].join('\n');
}

function intro(): string[] {
  return [
    '# State machines',
    '',
    generatedNote('state-machines/'),
    '',
    'One machine per kind of thing, as pure data and pure functions: no clock, no look-ups, no I/O. They are the only',
    'authority on what may happen next. The function that changes states asks them inside the transaction, the API asks',
    'them which buttons to offer and why one is refused, the database holds the same list of edges and refuses history',
    'that is not on it, and these pages are made from them.',
    '',
    '- **State**: one word, stored in the row. Machines are flat; nothing is hidden in a sub-state.',
    '- **Event**: what happened or what somebody wants. Each names who may send it.',
    '- **Guard**: a condition over facts that were read in the same transaction. Each has the sentence that a person reads',
    '  when it refuses.',
    '- **Follow-up**: the name of work that a step asks for. It becomes an outbox row in the same transaction.',
    '- **Closed state**: nothing of ours is open any more. Some closed states can be left again: an order that was processed',
    '  may still be cancelled over there.',
    '',
    'At start-up the machines are checked (`state-machines/checks.ts`): no unreachable state, no trap, no guard without a',
    'sentence, no event without a sender, no hidden command. Every state × every event is kept as text in',
    '`state-machines/tables/`, so that a changed rule shows as a changed line in a review.',
    '',
  ];
}

function machineList(): string[] {
  const rows = machineNames.map((name) => {
    const definition = machines[name];
    const counts = [statesOf(definition).length, Object.keys(definition.events).length, edgesOf(definition).length];
    return `| [${name}](charts/${name}.md) | ${cell(purposes[name])} | ${counts.join(' | ')} |`;
  });
  return [
    '## The machines',
    '',
    '| Machine | What it is | States | Events | Edges |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ];
}

function cancellations(): string[] {
  return [
    '## Who cancels, and when',
    '',
    'A cancellation can come at any moment and from either side. The tables answer every order state × who cancels × how',
    'far the order has got outside. A cell is the next state, or the sentence of the refusal. Cells that should not arise',
    '(NEW and already in the shop) are answered too. *Push begun* and *answer lost* differ in what is done next, not in',
    'the step.',
    '',
    '| How far it has got | What follows |',
    '| --- | --- |',
    ...callsInFlight.map(({ call, afterwards }) => `| ${call} | ${cell(afterwards)} |`),
    '',
    ...cancellers.flatMap(({ who }) => cancellationTable(who)),
  ];
}

function cancellationTable(who: string): string[] {
  const cells = cancellationCells().filter((one) => one.who === who);
  const notes = new Map<string, number>();
  const rows = [...new Set(cells.map(({ state }) => state))].map((state) => {
    const texts = cells.filter((one) => one.state === state).map((one) => cancellationText(one, notes));
    return `| ${state} | ${texts.join(' | ')} |`;
  });
  return [
    `### ${who}`,
    '',
    `| State | ${callsInFlight.map(({ call }) => call).join(' | ')} |`,
    `| --- | ${callsInFlight.map(() => '---').join(' | ')} |`,
    ...rows,
    '',
    ...[...notes].map(([sentence, number]) => `${number}. ${sentence}`),
    ...(notes.size === 0 ? [] : ['']),
  ];
}

/** A next state, with the event where it is not the usual one, or "refused" with the number of its sentence. */
function cancellationText({ decision, event }: CancellationCell, notes: Map<string, number>): string {
  if (decision.ok) return event === 'RESOLVE_AS_CANCELLED' ? `${decision.to} (closed by hand)` : decision.to;
  const number = notes.get(decision.why) ?? notes.size + 1;
  notes.set(decision.why, number);
  return `refused (${number})`;
}

function renaming(): string[] {
  const rows = renames.map(
    ({ machine, from, to, since, why }) => `| ${machine} | ${from} | ${to} | ${since} | ${cell(why)} |`,
  );
  return [
    '## Renaming a state',
    '',
    'History is never rewritten: a transition keeps the name of its time. A rename is',
    '',
    '1. an entry in `state-machines/renames.ts` (machine, old name, new name, day, why), together with the changed machine;',
    '2. a migration, run by the owner role, that calls the sanctioned function',
    "   `rename_state(machine, 'OLD', 'NEW', at, reason)`: it moves each row by a `RENAMED` transition of its own, so that",
    '   the history says when and why, and marks the old state as retired. The application role may not call it. Old edges',
    '   stay in `machine_edges`, because old history refers to them. The same migration mends what else holds the name:',
    '   the column default of an initial state, `orders.resume_state`, partial indexes;',
    '3. the pages and tables, generated anew.',
    '',
    'Whoever shows or counts history asks `currentName(machine, state)`. A name that was given up is not used again for',
    'another state; a test refuses it.',
    '',
    ...(rows.length === 0
      ? ['No state has been renamed yet.']
      : ['| Machine | Was | Is | Since | Why |', '| --- | --- | --- | --- | --- |', ...rows]),
  ];
}
