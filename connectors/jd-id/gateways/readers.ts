import { type TSchema, Type } from '@sinclair/typebox';
import { text } from '../mapping.ts';
import type { Named } from './gateway.ts';

type Scalar = string | number | null | undefined;

/** A count that may have come as text; null where it is none. */
export function count(value: Scalar): number | null {
  const number = Number(text(value) ?? Number.NaN);
  return Number.isSafeInteger(number) ? number : null;
}

/** The English name, else the Indonesian one, else the id. */
export function named(id: string | number, ...names: readonly Scalar[]): Named {
  return { id: String(id), name: names.map(text).find((name) => name !== null) ?? String(id) };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Offered levels by SKU id. The answer's shape is UNCONFIRMED in both gateways: what cannot be read is left out. */
export function levelsIn(model: unknown, externalSkuIds: readonly string[]): Map<string, number> {
  const levels = new Map<string, number>();
  for (const externalSkuId of externalSkuIds) {
    const entry = isObject(model) ? model[externalSkuId] : undefined;
    const level = isObject(entry) ? entry.realNum : entry;
    const quantity = typeof level === 'number' || typeof level === 'string' ? Number(level) : Number.NaN;
    if (Number.isSafeInteger(quantity) && level !== '') levels.set(externalSkuId, quantity);
  }
  return levels;
}

/** The schema, or null: a list that is empty may be answered as none. */
export const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);
