import type { CarrierMessage } from '../contract/carrier.ts';

/**
 * Keys that say a little more and that nothing depends on. The API refuses what it does not know, and what it knows differs by
 * version and by call: then it is sent without them.
 */
const dispensable = ['getRateEstimates', 'provinceName', 'placeOfIncoterm', 'shipmentType', 'exportReasonType'];

function refusedKey({ message }: CarrierMessage): string | null {
  return /extraneous key\s*[[('"]*(\w+)/i.exec(message)?.[1] ?? null;
}

/**
 * The body without the keys that a refusal names; null where it is about anything else as well, or about a key that is
 * needed. A refused call did nothing, so the rest may be sent again.
 */
export function withoutRefusedKeys(
  body: Readonly<Record<string, unknown>>,
  refusal: readonly CarrierMessage[],
): Record<string, unknown> | null {
  const keys = refusal.filter(({ level }) => level === 'error').map(refusedKey);
  const isMinor = keys.length > 0 && keys.every((key) => key !== null && dispensable.includes(key));
  return isMinor ? pruned(body, keys) : null;
}

/** Goods keep their own reasons of export: they are known to be taken there. */
function pruned(body: Readonly<Record<string, unknown>>, keys: readonly (string | null)[]): Record<string, unknown> {
  const kept = Object.entries(body).filter(([key]) => !keys.includes(key));
  return Object.fromEntries(
    kept.map(([key, value]) => [key, key === 'lineItems' || !isRecord(value) ? value : pruned(value, keys)]),
  );
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
