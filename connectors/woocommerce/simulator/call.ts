import type { VendorRequest } from '../../simulator-kit/index.ts';
import type { JsonObject } from './json.ts';
import { type ListCache, pageHeaders, pageOf } from './lists.ts';
import type { Shop } from './shop.ts';

/** A call to the REST API, checked: who may do it, its arguments in their own types. */
export interface Call {
  shop: Shop;
  request: VendorRequest;
  /** The path as sent, for links. */
  path: string;
  params: Readonly<Record<string, string>>;
  query: JsonObject;
  body: JsonObject;
  lists: ListCache;
}

/** What a handler gives back; status 200 unless said otherwise. */
export interface Reply {
  status?: number;
  body: unknown;
  headers?: Record<string, string>;
  /** The path of what was created. */
  location?: string;
  /** A remark for the log. */
  summary?: string;
}

/** A page of a list: views of its rows, and the paging headers. A row whose view is null is counted, but not shown. */
export function viewPage<R>(call: Call, rows: readonly R[], view: (row: R) => unknown): Reply {
  const page = pageOf(rows, call.query);
  const headers = pageHeaders(page, `${call.shop.siteUrl}${call.path}`, call.request.query);
  return { body: page.rows.map(view).filter((row) => row !== null), headers };
}
