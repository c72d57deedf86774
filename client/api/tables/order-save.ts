import type { PostalAddress } from '../../../connectors/contract/common.ts';
import { readConsignees, storeConsignee } from '../../../db/consignees.ts';
import type { Tx } from '../../../db/database.ts';
import { orderConsequences } from '../../../db/orders.ts';
import { lockMany } from '../../../db/step-many.ts';
import type { EditRow, RowOutcome } from '../schemas/tables.ts';
import type { TableEditor } from './adapter.ts';
import { addressCell, changedAddress, isAddressKey } from './address.ts';
import { columnChange, type Present, presentOf, type Since } from './compare.ts';
import type { Cell, Done, MachineTable, Seen } from './machine-save.ts';
import { addressFields, orderFields } from './order-fields.ts';
import { notEditable } from './product-cells.ts';

interface SavedField {
  readonly key: string;
  readonly value: unknown;
}

const fieldByKey = new Map([...orderFields, ...addressFields].map((field) => [field.column.key, field]));

/** Every consignee that an order has or had since its editor looked. */
function consigneesOf({ row, history }: Seen): string[] {
  return [row.consignee_id, ...history.flatMap(({ changed }) => changed.consignee_id ?? [])].map(String);
}

/** An address is replaced as a whole by each change: a cell's past is found by comparing the addresses. */
function presentAddressCell(
  { row, history }: Seen,
  version: number,
  key: string,
  addresses: Map<string, PostalAddress>,
): Present {
  const cell = (id: unknown) => addressCell(addresses.get(String(id)) ?? null, key);
  return presentOf(history, version, cell(row.consignee_id), (changed: Since['changed']) => {
    const pair = changed.consignee_id;
    return pair ? [cell(pair[0]), cell(pair[1])] : undefined;
  });
}

function cellOf(
  { version }: EditRow,
  key: string,
  seen: Seen,
  addresses: Map<string, PostalAddress>,
  isStaff: boolean,
): Cell<SavedField> | string {
  const field = fieldByKey.get(key);
  if (!field || (isAddressKey(key) && !isStaff)) return `Orders have no column ${key}.`;
  if (!field.column.editable) return notEditable(field);
  const isAddress = isAddressKey(key);
  const isErased = isAddress && !addresses.has(String(seen.row.consignee_id));
  return {
    name: `${seen.row.id} ${key}`,
    present: isAddress
      ? presentAddressCell(seen, version, key, addresses)
      : presentOf(seen.history, version, seen.row[key], columnChange(key)),
    parse: field.parse,
    locked: isErased ? 'The buyer was erased: there is no address any more.' : null,
    write: (value) => ({ key, value }),
  };
}

async function addressesOf(
  trx: Tx,
  ids: readonly string[],
  { deps }: TableEditor,
): Promise<Map<string, PostalAddress>> {
  return readConsignees(trx, deps.sealer, ids);
}

/** Saving of orders: the note and the consignee. */
export const orderSaving: MachineTable<SavedField> = {
  machine: 'order',
  noun: 'order',

  async cellsOf(trx, seen, editor) {
    const isStaff = editor.user.role !== 'brand';
    const addresses = isStaff ? await addressesOf(trx, seen.flatMap(consigneesOf), editor) : new Map();
    return (row, key, thing) => cellOf(row, key, thing, addresses, isStaff);
  },

  async changes(trx, { row, writes }, editor) {
    const note = writes.find(({ key }) => key === 'note');
    const address = writes.filter(({ key }) => isAddressKey(key));
    const columns: Record<string, unknown> = note ? { note: note.value } : {};
    if (address.length > 0) {
      const id = String(row.consignee_id);
      const present = (await addressesOf(trx, [id], editor)).get(id) ?? null;
      const next = changedAddress(present, address);
      columns.consignee_id = await storeConsignee(trx, editor.deps.sealer, next, editor.at);
    }
    return { changes: columns };
  },

  async follow(trx, done, { command }) {
    for (const { row, result } of await withConsequences(trx, done)) {
      const now = (await lockMany(trx, 'order', [row.id])).get(row.id);
      const own = { ...command, commandId: `${command.commandId}/order/${row.id}` };
      if (now) await orderConsequences(trx, now, { from: result.from, event: 'EDIT' }, own);
    }
    return () => [];
  },
};

/** Nothing hangs on an order that was never approved: only those that were, or that have a consignment, are looked at. */
async function withConsequences(trx: Tx, done: readonly Done<SavedField>[]): Promise<Done<SavedField>[]> {
  const planned: string[] = await trx('consignment_orders')
    .whereIn(
      'order_id',
      done.map(({ row }) => row.id),
    )
    .whereNull('left_at')
    .pluck('order_id');
  const ids = new Set(planned);
  return done.filter(({ row, result }) => ids.has(row.id) || !['NEW', 'EDITED'].includes(result.from));
}

/** What an edit keeps of an address: which sealed ones it lay between. */
export async function sealAddresses(
  trx: Tx,
  rows: readonly RowOutcome[],
): Promise<(row: RowOutcome) => { before: unknown; after: unknown }> {
  const saved = rows.filter(({ version }) => version !== null);
  const steps: { entity_id: string; changed: Since['changed'] }[] = await trx('transitions')
    .where({ machine: 'order' })
    .whereIn(
      ['entity_id', 'version'],
      saved.map(({ entity, version }) => [entity, version as number]),
    )
    .select('entity_id', 'changed');
  const pairs = new Map(steps.map(({ entity_id, changed }) => [entity_id, changed.consignee_id]));
  return ({ entity }) => {
    const [before, after] = pairs.get(entity) ?? [null, null];
    return { before: { consignee: before }, after: { consignee: after } };
  };
}

/** The cell of the sealed address that an edit kept the id of; null when the buyer was erased meanwhile. */
export async function openAddress(trx: Tx, key: string, kept: unknown, editor: TableEditor): Promise<unknown> {
  const id = typeof kept === 'object' && kept !== null && 'consignee' in kept ? kept.consignee : null;
  if (typeof id !== 'string') return null;
  return addressCell((await addressesOf(trx, [id], editor)).get(id) ?? null, key);
}
