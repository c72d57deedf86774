import type { Tx } from '../db/database.ts';
import { type MachineDefinition, machineNames, machines, roles } from '../state-machines/index.ts';
import { edgesOf, initialStateOf } from '../state-machines/kit.ts';
import { currentName, type Rename, renames } from '../state-machines/renames.ts';
import type { Finding, Verdict } from './types.ts';

/** One kind of step that occurs in the history, with how often and one example. */
export interface StepKind {
  readonly machine: string;
  readonly from_state: string;
  readonly event: string;
  readonly to_state: string;
  readonly role: string;
  readonly count: number;
  readonly example: string;
}

/** A single record or thing that the queries already found wrong. */
export interface HistoryFault {
  readonly machine: string;
  readonly entity_id: string;
  readonly detail: string;
}

export interface HistoryBooks {
  readonly things: number;
  readonly records: number;
  readonly kinds: readonly StepKind[];
  /** Versions that don't run 1…n. */
  readonly gaps: readonly HistoryFault[];
  /** Steps that don't begin where the one before ended. */
  readonly jumps: readonly HistoryFault[];
  /** Rows whose state or version is not the last step's, rows without history, history without row. */
  readonly strays: readonly HistoryFault[];
  /** Records whose hash does not follow from the one before and their own content. */
  readonly broken: readonly HistoryFault[];
  /** Records that name nobody. */
  readonly nameless: readonly HistoryFault[];
}

const mostRows = 1000;

export async function loadHistory(trx: Tx): Promise<HistoryBooks> {
  const rowsOf = async <Row>(sql: string, bindings: readonly string[] = []): Promise<Row[]> =>
    (await trx.raw(sql, [...bindings])).rows;
  const [totals] = await rowsOf<{ things: number; records: number }>(
    'select count(*)::int as records, count(distinct (machine, entity_id))::int as things from transitions',
  );
  const strays: HistoryFault[] = [];
  const tables = await rowsOf<{ machine: string; table_name: string }>(
    'select machine, table_name from machine_tables',
  );
  for (const { machine, table_name } of tables) {
    const { rows } = await trx.raw(straySql, [machine, machine, table_name, mostRows]);
    strays.push(...rows);
  }
  return {
    things: totals?.things ?? 0,
    records: totals?.records ?? 0,
    kinds: await rowsOf(
      `select machine, from_state, event, to_state, role, count(*)::int as count, min(entity_id::text) as example
       from transitions group by 1, 2, 3, 4, 5`,
    ),
    gaps: await rowsOf(
      `select machine, entity_id, format('%s records, versions %s to %s', count(*), min(version), max(version)) as detail
       from transitions group by machine, entity_id
       having min(version) <> 1 or max(version) <> count(*) limit ${mostRows}`,
    ),
    jumps: await rowsOf(
      `select machine, entity_id, format('version %s begins in %L after %L', version, from_state, before) as detail
       from (select machine, entity_id, version, from_state,
               coalesce(lag(to_state) over (partition by machine, entity_id order by version), '') as before
             from transitions) t
       where from_state <> before limit ${mostRows}`,
    ),
    strays,
    broken: await rowsOf(
      `select machine, entity_id, format('version %s (record %s)', version, id) as detail
       from (select t.machine, t.entity_id, t.version, t.id, t.chain_hash,
               transition_hash(lag(t.chain_hash) over (partition by t.machine, t.entity_id order by t.version), t) as due
             from transitions t) h
       where chain_hash is distinct from due order by id limit ${mostRows}`,
    ),
    nameless: await rowsOf(
      `select machine, entity_id, format('version %s', version) as detail
       from transitions where btrim(actor) = '' or btrim(command_id) = '' limit ${mostRows}`,
    ),
  };
}

const straySql = `
  select ?::text as machine, coalesce(r.id, t.entity_id) as entity_id,
    case when r.id is null then 'history without a row'
         when t.entity_id is null then 'a row without history'
         else format('the row is %s at version %s, its history ends in %s at %s', r.state, r.version, t.to_state, t.version)
    end as detail
  from (select distinct on (entity_id) entity_id, to_state, version from transitions where machine = ?
        order by entity_id, version desc) t
  full join ?? r on r.id = t.entity_id
  where r.id is null or t.entity_id is null or r.state <> t.to_state or r.version <> t.version
  limit ?`;

/** L4: every thing's versions run 1…n, each step is one of the code's machines, and the end of history is the row. */
export function checkHistory(books: HistoryBooks, renamed: readonly Rename[] = renames): Verdict {
  const judge = stepJudge(renamed);
  const illegal = books.kinds.flatMap((kind): Finding[] => {
    const what = judge(kind);
    const step = `${kind.machine}: ${kind.from_state || '(new)'} – ${kind.event} → ${kind.to_state}`;
    return what ? [{ what, ids: [kind.example], detail: `${step} by ${kind.role}, ${kind.count} times` }] : [];
  });
  const faults = (what: string, rows: readonly HistoryFault[]): Finding[] =>
    rows.map(({ machine, entity_id, detail }) => ({ what, ids: [entity_id], detail: `${machine}: ${detail}` }));
  const findings = [
    ...faults('versions with a gap', books.gaps),
    ...faults('a step that does not begin where the last one ended', books.jumps),
    ...illegal,
    ...faults('row and history differ', books.strays),
    ...faults('the chain of hashes is broken', books.broken),
    ...faults('a step without a writer', books.nameless),
  ];
  const figures = { 'L4.things': books.things, 'L4.records': books.records };
  return { checked: books.records, findings, figures, ...(books.records === 0 ? { note: 'there is no history' } : {}) };
}

/** Says what is wrong with a kind of step, by the machines of the code; null = nothing. */
function stepJudge(renamed: readonly Rename[]): (kind: StepKind) => string | null {
  const edges = new Set<string>();
  const definitions = new Map<string, MachineDefinition>();
  for (const name of machineNames) {
    const definition = machines[name] as MachineDefinition;
    definitions.set(name, definition);
    edges.add([name, '', 'CREATE', initialStateOf(definition)].join('|'));
    for (const { from, event, to } of edgesOf(definition)) edges.add([name, from, event, to].join('|'));
  }
  return ({ machine, from_state, event, to_state, role }) => {
    const definition = definitions.get(machine);
    if (!definition) return 'a machine that the code does not have';
    if (!(roles as readonly string[]).includes(role)) return 'an unknown role';
    if (event === 'RENAMED') {
      const known = renamed.some((one) => one.machine === machine && one.from === from_state && one.to === to_state);
      return known ? null : 'a renamed state that the code does not list';
    }
    const today = (state: string) => (state === '' ? '' : currentName(machine, state, renamed));
    if (!edges.has([machine, today(from_state), event, today(to_state)].join('|')))
      return 'a step that the machine does not know';
    const rule = (definition.events as Record<string, { by: readonly string[] }>)[event];
    return rule && !rule.by.includes(role) ? 'a step that was not this role’s' : null;
  };
}
