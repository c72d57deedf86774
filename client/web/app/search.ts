/** Filters of lists as they stand in the URL. */
export interface ListSearch {
  q?: string;
  /** One or several states, separated by commas. */
  state?: string;
  brand?: string;
  connection?: string;
}

/** Search of the listings page; `open` is the listing in the side panel. */
export interface ListingSearch extends ListSearch {
  open?: string;
}

/** Search of an editable table. */
export interface TableSearch extends ListSearch {
  /** `yes`: only rows with findings; only rows with unsaved changes. */
  findings?: string;
  changed?: string;
  /** Key of the column that sorts; − before it for descending. */
  sort?: string;
}

export interface LoginSearch {
  /** Where to go after logging in: a path of this dashboard. */
  to?: string;
}

const listKeys = ['q', 'state', 'brand', 'connection'] as const;

/** Reads flat filters; whatever is not one of them, or empty, is dropped. */
export function listSearch(raw: Record<string, unknown>): ListSearch {
  return pick(raw, listKeys);
}

export function listingSearch(raw: Record<string, unknown>): ListingSearch {
  return pick(raw, [...listKeys, 'open']);
}

export function tableSearch(raw: Record<string, unknown>): TableSearch {
  return pick(raw, [...listKeys, 'findings', 'changed', 'sort']);
}

/** Only paths of our own: another site's address in the link would be an open redirect. */
export function loginSearch(raw: Record<string, unknown>): LoginSearch {
  const { to } = raw;
  return typeof to === 'string' && /^\/(?![/\\])/.test(to) ? { to } : {};
}

function pick(raw: Record<string, unknown>, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    keys.flatMap((key): [string, string][] => {
      const value = raw[key];
      return typeof value === 'string' && value !== '' ? [[key, value]] : [];
    }),
  );
}

/** `?state=NEW&q=12` as plain text: no JSON, so that links can be typed and read. */
export function parseSearch(text: string): Record<string, unknown> {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (typeof value === 'string' && value !== '') params.set(key, value);
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** Whether two searches ask for the same. */
export function sameSearch(one: object, other: object): boolean {
  return stringifySearch({ ...one }) === stringifySearch({ ...other });
}

/** The search with one filter set, or removed by the empty string. */
export function withFilter<Search extends object>(search: Search, key: keyof Search & string, value: string): Search {
  const { [key]: _, ...rest } = search;
  return { ...rest, ...(value === '' ? {} : { [key]: value }) } as Search;
}
