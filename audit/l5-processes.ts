import type { Tx } from '../db/database.ts';
import { consignmentKey, orderKey } from '../db/follow-ups.ts';
import { machines } from '../state-machines/index.ts';
import type { Finding, OpenWorkflow, Verdict, WorkflowStanding } from './types.ts';

export interface ProcessBooks {
  readonly waiting: readonly { readonly id: number; readonly topic: string; readonly business_key: string }[];
  readonly orders: readonly { readonly id: string; readonly number: string; readonly state: string }[];
  readonly consignments: readonly { readonly id: string; readonly number: string; readonly state: string }[];
}

export async function loadProcesses(trx: Tx): Promise<ProcessBooks> {
  return {
    waiting: await trx('outbox').whereNull('delivered_at').orderBy('id').select('id', 'topic', 'business_key'),
    orders: await trx('orders').orderBy('number').select('id', 'number', 'state'),
    consignments: await trx('consignments').orderBy('number').select('id', 'number', 'state'),
  };
}

/** Ids of processes that should be open and are not in the list. */
export function missingProcesses(input: {
  books: ProcessBooks;
  workflows: readonly OpenWorkflow[];
  installation: string;
}): string[] {
  const open = new Set(input.workflows.map(({ workflowId }) => workflowId));
  const orders = input.books.orders.filter(({ state }) => !machines.order.closed.includes(state));
  const consignments = input.books.consignments.filter(({ state }) => state === 'CLOSED');
  return [...orders.map(({ id }) => orderKey(id)), ...consignments.map(({ id }) => consignmentKey(id))]
    .map((key) => `${input.installation}/${key}`)
    .filter((id) => !open.has(id));
}

/**
 * L5: nothing waits in the outbox; each open order has exactly one open workflow under its business key, each closed one
 * none; a closed consignment that waits for its labels has one, a finished one none.
 */
export function checkProcesses(input: {
  books: ProcessBooks;
  workflows: readonly OpenWorkflow[] | null;
  installation: string;
  /** Of processes that the list lacks. */
  standings?: ReadonlyMap<string, WorkflowStanding | null>;
}): Verdict {
  const { books, workflows, installation, standings = new Map<string, WorkflowStanding | null>() } = input;
  const findings: Finding[] = books.waiting.map(({ id, topic, business_key }) => ({
    what: 'follow-up work that was not delivered',
    ids: [String(id)],
    detail: `${topic} ${business_key}`,
  }));
  const figures = { 'L5.outboxWaiting': books.waiting.length };
  if (workflows === null)
    return { checked: 0, findings, figures, note: 'only the outbox: open workflows cannot be listed' };
  const open = Map.groupBy(workflows, ({ workflowId }) => workflowId);
  const count = (key: string): number => {
    const id = `${installation}/${key}`;
    const found = open.get(id)?.length ?? 0;
    open.delete(id);
    return found === 0 && standings.get(id)?.isRunning ? 1 : found;
  };
  const endOf = (key: string): string | undefined => standings.get(`${installation}/${key}`)?.text;
  for (const { id, number, state } of books.orders) {
    const due = machines.order.closed.includes(state) ? 0 : 1;
    const key = orderKey(id);
    findings.push(...compare(count(key), due, due, { number, id, state, ended: endOf(key) }));
  }
  for (const { id, number, state } of books.consignments) {
    // Open and booked consignments need none: the ticker and the label mail take care of them. One more does no harm.
    const isDone = machines.consignment.closed.includes(state);
    const key = consignmentKey(id);
    const thing = { number, id, state, ended: endOf(key) };
    findings.push(...compare(count(key), state === 'CLOSED' ? 1 : 0, isDone ? 0 : 1, thing));
  }
  const prefixes = [orderKey(''), consignmentKey('')].map((key) => `${installation}/${key}`);
  for (const workflowId of open.keys()) {
    if (!prefixes.some((prefix) => workflowId.startsWith(prefix))) continue;
    findings.push({
      what: 'a workflow of something that is not here',
      ids: [workflowId],
      detail: 'no row has this id',
    });
  }
  return {
    checked: books.orders.length + books.consignments.length,
    findings,
    figures: { ...figures, 'L5.openWorkflows': workflows.length },
  };
}

function compare(
  found: number,
  least: number,
  most: number,
  thing: { number: string; id: string; state: string; ended: string | undefined },
): Finding[] {
  if (found >= least && found <= most) return [];
  const what =
    found < least ? 'no open workflow' : most === 0 ? 'a workflow that should have ended' : 'several open workflows';
  const ended = thing.ended === undefined ? '' : `; the last one: ${thing.ended}`;
  return [{ what, ids: [thing.number, thing.id], detail: `${thing.state}, ${found} open${ended}` }];
}
