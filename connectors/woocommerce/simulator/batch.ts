import type { Call, Reply } from './call.ts';
import { WpError } from './errors.ts';
import { isObject, type JsonObject, numberOf } from './json.ts';

/** How a resource does one row of a batch; each answers the row's JSON. */
export interface BatchRows {
  create(call: Call, row: JsonObject): Promise<unknown> | unknown;
  update(call: Call, id: number, row: JsonObject): Promise<unknown> | unknown;
  /** Always for good. */
  remove(call: Call, id: number): Promise<unknown> | unknown;
}

/**
 * `POST /…/batch`: rows one after another, in order, without the checks of single calls and without a transaction.
 * A row that fails is answered as `{id, error}`, the call as a whole with 200.
 * @throws WpError 413 above the limit; then nothing is done
 */
export function batch(rows: BatchRows): (call: Call) => Promise<Reply> {
  return async (call) => {
    const { body, shop } = call;
    const [creates, updates, removes] = [listIn(body.create), listIn(body.update), listIn(body.delete)];
    const count = creates.length + updates.length + removes.length;
    if (count > shop.dials.batchLimit) {
      const message = `Unable to accept more than ${shop.dials.batchLimit} items for this request.`;
      throw new WpError(413, 'woocommerce_rest_request_entity_too_large', message);
    }
    const answer: JsonObject = {};
    let failed = 0;
    const run = async (name: string, list: unknown[], act: (row: JsonObject, id: number) => unknown) => {
      const answers: unknown[] = [];
      for (const item of list) {
        const row = isObject(item) ? item : { id: item };
        const id = numberOf(row.id);
        const result = await attempt(id, () => act(row, id));
        if (isObject(result) && result.error !== undefined) failed += 1;
        answers.push(result);
      }
      if (body[name] !== undefined) answer[name] = answers;
    };
    await run('create', creates, (row) => rows.create(call, row));
    await run('update', updates, (row, id) => rows.update(call, id, row));
    await run('delete', removes, (_row, id) => rows.remove(call, id));
    return { body: answer, summary: `${count} rows, ${failed} failed` };
  };
}

async function attempt(id: number, act: () => unknown): Promise<unknown> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof WpError)) throw error;
    return { id, error: error.body };
  }
}

function listIn(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
