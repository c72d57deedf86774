import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import { idNumber, iso, itemView, locationView } from './catalogue.ts';
import type { LocationRecord, VariantRecord } from './model.ts';
import { MAX_PAGE } from './paging.ts';
import type { Shop } from './shop.ts';

const REASONS = new Set(
  `correction cycle_count_available damaged movement_canceled movement_created movement_received movement_updated other
  promotion quality_control received reservation_created reservation_deleted reservation_updated restock safety_stock
  shrinkage`.split(/\s+/),
);
const BOUND = 1_000_000_000;

interface Row {
  inventoryItemId: string;
  locationId: string;
  quantity: number;
  changeFromQuantity?: number | null;
}

interface SetInput {
  name: string;
  reason: string;
  referenceDocumentUri?: string | null;
  quantities: Row[];
}

interface Refusal {
  field: string[];
  message: string;
  code: string;
}

interface Place {
  variant: VariantRecord;
  location: LocationRecord;
  row: Row;
}

/**
 * `inventorySetQuantities`: all rows or none. The directive and `changeFromQuantity` are demanded at run time, which the
 * schema does not say.
 */
export function setQuantities(shop: Shop, input: SetInput, key: string | null) {
  if (key === null) {
    throw refusedCall('The @idempotent directive is required for this mutation but was not provided.', 'BAD_REQUEST');
  }
  if (input.quantities.some((row) => row.changeFromQuantity === undefined)) {
    throw refusedCall(
      'InventoryQuantityInput must include the following argument: changeFromQuantity.',
      'INVALID_FIELD_ARGUMENTS',
    );
  }
  if (input.quantities.length > MAX_PAGE) {
    const size = input.quantities.length;
    const message = `The input array size of ${size} is greater than the maximum allowed of ${MAX_PAGE}.`;
    throw refusedCall(message, 'MAX_INPUT_SIZE_EXCEEDED');
  }
  const hash = createHash('sha256').update(JSON.stringify(input)).digest('hex');
  const known = shop.keys.get(key);
  if (known !== undefined && known !== hash) {
    const message = 'The idempotency key was used with other parameters.';
    return { userErrors: [{ field: ['input'], message, code: 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH' }] };
  }
  const places: Place[] = [];
  const userErrors = [...wholeRefusals(input), ...rowRefusals(shop, input, places)];
  if (userErrors.length > 0) return { inventoryAdjustmentGroup: null, userErrors };
  shop.keys.set(key, hash);
  return { inventoryAdjustmentGroup: apply(shop, input, places), userErrors: [] };
}

function wholeRefusals({ name, reason }: SetInput): Refusal[] {
  const refusals: Refusal[] = [];
  if (name !== 'available' && name !== 'on_hand') {
    const message = "The quantity name must be either 'available' or 'on_hand'.";
    refusals.push({ field: ['input', 'name'], message, code: 'INVALID_NAME' });
  }
  if (!REASONS.has(reason)) {
    const message = `The specified reason is invalid. Valid values are: ${[...REASONS].join(', ')}.`;
    refusals.push({ field: ['input', 'reason'], message, code: 'INVALID_REASON' });
  }
  return refusals;
}

function rowRefusals(shop: Shop, { name, quantities }: SetInput, places: Place[]): Refusal[] {
  const refusals: Refusal[] = [];
  const seen = new Map<string, number>();
  for (const { inventoryItemId, locationId } of quantities) {
    const pair = `${inventoryItemId} ${locationId}`;
    seen.set(pair, (seen.get(pair) ?? 0) + 1);
  }
  for (const [index, row] of quantities.entries()) {
    const refuse = (part: string, code: string, message: string) => {
      refusals.push({ field: ['input', 'quantities', String(index), part], message, code });
    };
    const variant = shop.variantOfItem(idNumber('InventoryItem', row.inventoryItemId));
    const location = shop.locations.find(({ id }) => id === idNumber('Location', row.locationId));
    if ((seen.get(`${row.inventoryItemId} ${row.locationId}`) ?? 0) > 1) {
      const message = 'The combination of inventoryItemId and locationId must be unique.';
      refuse('locationId', 'NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR', message);
    }
    if (variant === undefined) {
      refuse('inventoryItemId', 'INVALID_INVENTORY_ITEM', 'The specified inventory item could not be found.');
    }
    if (location === undefined) {
      refuse('locationId', 'INVALID_LOCATION', 'The specified location could not be found.');
    }
    if (row.quantity > BOUND) {
      refuse(
        'quantity',
        'INVALID_QUANTITY_TOO_HIGH',
        `The quantity can't be higher than ${BOUND.toLocaleString('en')}.`,
      );
    } else if (row.quantity < -BOUND) {
      refuse(
        'quantity',
        'INVALID_QUANTITY_TOO_LOW',
        `The quantity can't be lower than -${BOUND.toLocaleString('en')}.`,
      );
    } else if (name === 'on_hand' && row.quantity < 0) {
      refuse('quantity', 'INVALID_QUANTITY_NEGATIVE', "The quantity can't be negative.");
    }
    if (variant === undefined || location === undefined) continue;
    if (variant.requiresComponents) {
      refuse(
        'inventoryItemId',
        'NON_MUTABLE_INVENTORY_ITEM',
        'The specified inventory item is not allowed to be adjusted.',
      );
    }
    const present = quantityOf(variant, location, name);
    if (row.changeFromQuantity !== null && row.changeFromQuantity !== present) {
      const message = 'The changeFromQuantity argument no longer matches the persisted quantity.';
      refuse('changeFromQuantity', 'CHANGE_FROM_QUANTITY_STALE', message);
    }
    places.push({ variant, location, row });
  }
  return refusals;
}

function apply(shop: Shop, input: SetInput, places: readonly Place[]) {
  const changes = places.flatMap(({ variant, location, row }) => {
    const delta = row.quantity - quantityOf(variant, location, input.name);
    if (delta === 0) return [];
    const available = (variant.levels[location.id]?.available ?? 0) + delta;
    shop.setAvailable(variant, location.id, available, 'api');
    const common = {
      delta,
      quantityAfterChange: null,
      item: itemView(shop, variant),
      location: locationView(location),
    };
    return [
      { name: 'available', ...common },
      { name: 'on_hand', ...common },
    ];
  });
  if (changes.length === 0) return null;
  return {
    id: `gid://shopify/InventoryAdjustmentGroup/${shop.newId()}`,
    createdAt: iso(shop.nowMs()),
    reason: input.reason,
    referenceDocumentUri: input.referenceDocumentUri ?? null,
    changes,
  };
}

function quantityOf(variant: VariantRecord, location: LocationRecord, name: string): number {
  const level = variant.levels[location.id];
  return (level?.available ?? 0) + (name === 'on_hand' ? (level?.committed ?? 0) : 0);
}

function refusedCall(message: string, code: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
