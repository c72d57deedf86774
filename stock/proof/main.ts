import { parseArgs } from 'node:util';
import { nextOffers } from '../next-offers.ts';
import { type Exploration, explore } from './explore.ts';
import { type Decide, left, offered, type WriteKind } from './model.ts';

const real: Decide = (state) => nextOffers(state).writes;

/** Machines with a known fault, each of which the exploration must find. */
const mutants: Readonly<Record<string, Decide>> = {
  /** A cut counts as done as soon as it is sent. */
  'raise-before-ack': (state, sent) =>
    nextOffers({
      ...state,
      channels: state.channels.map((channel, index) => ({ ...channel, high: sent[index] ?? channel.high })),
    }).writes,
  /** A write whose answer was lost counts as if it had not been made. */
  'forget-lost-write': (state) =>
    nextOffers({ ...state, channels: state.channels.map((channel) => ({ ...channel, high: channel.low })) }).writes,
};

const { values } = parseArgs({
  options: {
    channels: { type: 'string', default: '3' },
    units: { type: 'string', default: '4' },
    faults: { type: 'string', default: '2' },
    mutant: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const size = { channels: Number(values.channels), units: Number(values.units), faults: Number(values.faults) };
const decide = values.mutant === undefined ? real : mutants[values.mutant];
const isSmall = Object.values(size).every((value) => Number.isInteger(value) && value >= 0 && value <= 9);
if (!decide || !isSmall) {
  process.stderr.write(
    `prove:stock [--channels n] [--units n] [--faults n] [--json] [--mutant ${Object.keys(mutants).join('|')}]; numbers from 0 to 9\n`,
  );
  process.exit(2);
}

const say = (line: string): void => {
  if (!values.json) process.stdout.write(`${line}\n`);
};

function report(writes: WriteKind, found: Exploration): boolean {
  const { states, transitions, violation, stuck, seconds } = found;
  say(`${writes}: ${states} states, ${transitions} transitions, ${violation ? 1 : 0} violations, ${seconds} s`);
  say(`  ${found.belowQuota} states in the classified interval "source dropped below quota"`);
  if (writes === 'absolute')
    say(`  ${found.revived} states after a write that overwrote a sale made between our reading and its effect`);
  for (const [what, path] of [
    ['more is offered than there is', violation],
    ['the engine never comes to offer what is wanted', stuck],
  ] as const) {
    if (!path) continue;
    const { world } = path;
    say(`  FOUND: ${what}: offered ${world.shown.join(' + ')} = ${offered(world)}, left ${left(world)}`);
    path.trace.forEach((event, index) => {
      say(`  ${String(index + 1).padStart(3)}. ${event}`);
    });
  }
  return violation === null && stuck === null;
}

say(
  `Σ offered ≤ available at every instant: ${size.channels} channels × ${size.units} units × ${size.faults} faults ` +
    `(lost answer before or after its effect, late acknowledgement, sale at a channel, own-shop sale, level drop, delivery)`,
);
if (values.mutant) say(`mutant ${values.mutant}`);
const kinds: readonly WriteKind[] = values.mutant ? ['compare-and-set'] : ['compare-and-set', 'absolute'];
let holds = true;
const results: Record<string, unknown>[] = [];
for (const writes of kinds) {
  const found = explore({ ...size, writes, decide }, { checkAgreement: values.mutant === undefined });
  holds = report(writes, found) && holds;
  results.push({ writes, ...found, violation: found.violation?.trace ?? null, stuck: found.stuck?.trace ?? null });
}
if (values.mutant) say(holds ? `mutant ${values.mutant} was NOT caught` : `mutant ${values.mutant}: caught`);
else say(holds ? 'proved: 0 violations' : 'NOT proved');
if (values.json)
  process.stdout.write(`${JSON.stringify({ ...size, mutant: values.mutant ?? null, holds, results })}\n`);
// A violation found is exit code 1, also of a mutant: that is what it is there for.
process.exitCode = holds ? 0 : 1;
