import type { VendorRequest } from '../../simulator-kit/index.ts';
import type { Access } from './auth.ts';
import type { ListOptions } from './criteria.ts';
import type { JsonObject } from './json.ts';
import type { Shop } from './shop.ts';

export interface Call {
  shop: Shop;
  access: Access;
  request: VendorRequest;
  params: Readonly<Record<string, string>>;
  query: JsonObject;
  body: unknown;
}

export interface Handler {
  /** Null: everybody may. */
  right: string | null;
  /** Only with multi-source inventory. */
  msi?: boolean;
  run: (call: Call) => unknown;
}

export const listOptions = ({ dials }: Shop): ListOptions => dials;
export const p = (call: Call, name: string): string => call.params[name] ?? '';
export const field = (row: JsonObject, name: string): unknown => row[name];
