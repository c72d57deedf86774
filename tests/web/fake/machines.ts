import { chartModel } from '../../../state-machines/chart.ts';
import { contextAxes } from '../../../state-machines/contexts.ts';
import { allowedEvents, decide, type MachineName, machines } from '../../../state-machines/index.ts';
import type { MachineDefinition } from '../../../state-machines/kit.ts';

export const definitionOf = (name: string): MachineDefinition | undefined =>
  Object.hasOwn(machines, name) ? (machines[name as MachineName] as MachineDefinition) : undefined;

type Context = Record<string, unknown>;

/** A context in which everything that people want is possible; single facts are overridden by the caller. */
const easy: Record<string, Context> = {
  order: {
    linesKnown: true,
    stockReserved: true,
    addressComplete: true,
    pushInFlight: false,
    inShop: false,
    handedOver: false,
    goodsOutside: false,
    ownEdit: false,
    resumeState: null,
  },
  listing: {
    remoteExists: true,
    remoteLive: true,
    contentChanged: true,
    priceMended: false,
    locked: false,
    blockingFindings: 0,
    openPrices: 0,
    ownEdit: false,
  },
  connection: { credentialsProved: true },
  consignment: { orderCount: 1, allLabelled: true, bookingInFlight: false },
};

export const contextFor = (machine: MachineName, facts: Context = {}): Context => ({
  ...Object.fromEntries(Object.entries(contextAxes[machine]).map(([name, values]) => [name, values[0]])),
  ...easy[machine],
  ...facts,
});

/** The buttons, from the real machine. */
export function allowedOf(machine: MachineName, state: string, facts: Context = {}) {
  const definition = machines[machine] as MachineDefinition;
  return allowedEvents(definition, state, contextFor(machine, facts), 'admin').map(
    ({ type, label, means, ok, why }) => ({
      type,
      label,
      means,
      ok,
      why,
    }),
  );
}

export function stepOf(machine: MachineName, state: string, type: string, facts: Context = {}) {
  return decide(machines[machine] as MachineDefinition, state, contextFor(machine, facts), { type }, 'admin');
}

export function chartOf(name: string) {
  const definition = definitionOf(name);
  if (!definition) return null;
  return {
    name,
    ...chartModel(definition),
    events: Object.entries(definition.events).map(([type, { label, means, by }]) => ({
      type,
      label,
      means,
      by: [...by],
    })),
    guards: Object.entries(definition.whyNot).map(([guard, whyNot]) => ({ name: guard, whyNot })),
  };
}

export const machineRows = () =>
  Object.keys(machines).map((name) => {
    const chart = chartOf(name);
    return { name, states: chart?.states.length ?? 0, edges: chart?.edges.length ?? 0 };
  });
