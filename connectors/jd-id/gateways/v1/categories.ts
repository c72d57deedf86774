import { type Static, Type } from '@sinclair/typebox';
import { fits } from '../../answers.ts';
import { text } from '../../mapping.ts';
import type { Category } from '../gateway.ts';
import { named } from '../readers.ts';

const scalar = Type.Union([Type.Number(), Type.String()]);
const maybe = Type.Optional(Type.Union([scalar, Type.Null()]));

const categorySchema = Type.Object({
  id: maybe,
  cateId: maybe,
  cateName: maybe,
  cateNameEn: maybe,
  /** The same once more: the parent is nested upwards. */
  parentCateVo: Type.Optional(Type.Unknown()),
});
export const categoryTreeSchema = Type.Array(categorySchema);

/** More levels than any tree has; a guard against a parent that is its own. */
const MAX_LEVELS = 10;

/**
 * A tree that is told from its leaves upwards as a flat list, each category once, parents first. `cateId` is the
 * category; `id` may be a row of the shop's own list (one source), and stands in where there is nothing else.
 */
export function categoriesV1(rows: Static<typeof categoryTreeSchema>): Category[] {
  const found = new Map<string, Category>();
  for (const row of rows) for (const category of chain(row, 1)) found.set(category.id, category);
  return [...found.values()];
}

function chain(row: Static<typeof categorySchema>, level: number): Category[] {
  const id = text(row.cateId) ?? text(row.id);
  if (id === null || id === '0') return [];
  const parents =
    level < MAX_LEVELS && fits(categorySchema, row.parentCateVo) ? chain(row.parentCateVo, level + 1) : [];
  const parentId = parents.at(-1)?.id ?? null;
  return [...parents, { ...named(id, row.cateNameEn, row.cateName), parentId: parentId === id ? null : parentId }];
}
