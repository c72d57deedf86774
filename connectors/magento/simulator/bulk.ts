import { createHash } from 'node:crypto';
import { MagentoError } from './errors.ts';
import { isObject, type JsonObject } from './json.ts';
import type { BulkRecord } from './model.ts';
import { dateText, type Shop } from './shop.ts';

/** What a bulk's rows do, by route; the answer becomes the operation's result. */
export type BulkHandler = (body: JsonObject) => unknown;

/** `POST /async/bulk/V1/{route}` with a list, `/async/V1/{route}` with one body: accepted, done later. */
export function acceptBulk(shop: Shop, topic: string, bodies: readonly unknown[]): JsonObject {
  if (shop.dials.inputLimits && bodies.length > 5000) {
    throw new MagentoError(400, 'Maximum items of type "%type" is %max', { type: 'mixed', max: 5000 });
  }
  const hex = shop.tools.random.text(32, '0123456789abcdef');
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  const operations = bodies.filter(isObject).map((body, id) => ({
    ...{ id, body, status: 4 },
    ...{ message: null, errorCode: null, result: null },
  }));
  shop.bulks.set(uuid, { uuid, topic, startMs: shop.nowMs(), storeId: 0, operations });
  shop.changed();
  return {
    bulk_uuid: uuid,
    request_items: operations.map(({ id, body }) => ({
      id,
      data_hash: createHash('sha256').update(JSON.stringify(body)).digest('hex'),
      status: 'accepted',
    })),
    errors: false,
  };
}

/** What the consumer `async.operations.all` does: works on everything that is open; answers how many. */
export function runConsumer(shop: Shop, handlers: Readonly<Record<string, BulkHandler>>): number {
  if (shop.dials.consumerStopped) return 0;
  let count = 0;
  for (const bulk of shop.bulks.values()) {
    for (const operation of bulk.operations.filter(({ status }) => status === 4)) {
      count += 1;
      try {
        operation.result = JSON.stringify(handlers[bulk.topic]?.(operation.body) ?? null);
        operation.message = 'Service execution success Magento\\Catalog\\Model\\ProductRepository\\Interceptor::save';
        operation.status = 1;
      } catch (error) {
        if (!(error instanceof MagentoError)) throw error;
        operation.status = /deadlock|lock wait|connection/i.test(error.message) ? 2 : 3;
        operation.message = error.filled;
        operation.errorCode = 0;
      }
    }
  }
  if (count > 0) shop.changed();
  return count;
}

/** `GET /bulk/{uuid}/status` and `…/detailed-status`. */
export function bulkStatus(shop: Shop, uuid: string, isDetailed: boolean): JsonObject {
  const bulk = shop.bulks.get(uuid);
  if (bulk === undefined) throw new MagentoError(404, 'Bulk uuid %bulkUuid not exist', { bulkUuid: uuid });
  return {
    operations_list: bulk.operations.map((operation) => operationView(bulk, operation, isDetailed)),
    user_type: 2,
    bulk_id: uuid,
    description: `Topic ${bulk.topic}`,
    start_time: dateText(bulk.startMs),
    user_id: 1,
    operation_count: bulk.operations.length,
  };
}

function operationView(bulk: BulkRecord, operation: BulkRecord['operations'][number], isDetailed: boolean): JsonObject {
  const { id, status, message: result_message, errorCode: error_code, result } = operation;
  if (!isDetailed) return { id, status, result_message, error_code };
  const meta = { entity_id: null, entity_link: '', meta_information: JSON.stringify(operation.body), store_id: '0' };
  return {
    id,
    bulk_uuid: bulk.uuid,
    topic_name: bulk.topic,
    serialized_data: status === 3 ? JSON.stringify(meta) : null,
    result_serialized_data: result,
    ...{ status, result_message, error_code },
  };
}
