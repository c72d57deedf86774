import { type Static, type TSchema, Type } from '@sinclair/typebox';
import type { brandsSchema } from '../answers.ts';
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

/** Names under which a level is looked for in the stock query's answer (all UNCONFIRMED). */
const levelKeys = ['realNum', 'stockNum', 'stock', 'quantity', 'num'];

function levelOf(entry: unknown): number | null {
  const value = isObject(entry) ? levelKeys.map((key) => entry[key]).find((one) => one !== undefined) : entry;
  const isScalar = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
  const quantity = isScalar ? Number(value) : Number.NaN;
  return Number.isSafeInteger(quantity) ? quantity : null;
}

/**
 * Offered levels by SKU id. The answer's shape is UNCONFIRMED in both gateways: a map by SKU id as writes answer it, or rows
 * that name theirs. What cannot be read is left out.
 */
export function levelsIn(model: unknown, externalSkuIds: readonly string[]): Map<string, number> {
  const rows = Array.isArray(model) ? model.filter(isObject).map((row) => [String(row.skuId), row] as const) : [];
  const entries = new Map<string, unknown>(isObject(model) ? Object.entries(model) : rows);
  const levels = new Map<string, number>();
  for (const externalSkuId of externalSkuIds) {
    const level = levelOf(entries.get(externalSkuId));
    if (level !== null) levels.set(externalSkuId, level);
  }
  return levels;
}

/** Brands by their own id, else by that of the shop's row; a row without any is none. */
export function brandsOf(rows: Static<typeof brandsSchema>): Named[] {
  return rows.flatMap((row) => {
    const id = text(row.brandId) ?? text(row.id);
    return id === null ? [] : [named(id, row.brandName, row.nameEn, row.nameInd, row.name)];
  });
}

/** The schema, or null: a list that is empty may be answered as none. */
export const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);
