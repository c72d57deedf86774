import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningSimulator } from '../../simulator-kit/index.ts';
import { type Answer, call, type Signer } from './client.fixture.ts';
import { startWooCommerceSimulator } from './index.ts';
import {
  type Exchange,
  hasRecordings,
  IdMap,
  isPlain,
  kindOfPath,
  recordedExchanges,
  shapeDifferences,
  valueDifferences,
} from './recordings.fixture.ts';

/** Differences on purpose: what isn't compared, by file number, and why. */
interface Difference {
  reason: string;
  /** Paths of the body whose inside isn't compared; 'all' = the call isn't simulated at all. */
  free: RegExp | 'all';
}

const SCHEMA = {
  reason: "the arguments are those that the simulator checks; WordPress's descriptions and its schema aren't kept",
  free: /^(endpoints\[\d+\]\.args|schema)$/,
};
const NOT_SIMULATED = {
  reason: 'no connector touches this resource, so the simulator has none of it',
  free: 'all',
} as const;
const CUT = { reason: 'the recording was cut to its first three rows', free: /^more$/ };

const DIFFERENCES: Readonly<Record<string, Difference>> = {
  '001': {
    reason: "the namespaces are those of one shop's plugins; wc/v3 and its siblings are named",
    free: /^namespaces$/,
  },
  '007': SCHEMA,
  '008': SCHEMA,
  '009': SCHEMA,
  '010': SCHEMA,
  '011': SCHEMA,
  '012': NOT_SIMULATED,
  '013': NOT_SIMULATED,
  '014': SCHEMA,
  '015': SCHEMA,
  '016': SCHEMA,
  '017': {
    reason: 'the choices of countries and states are a small selection, and the explanations are in other words',
    free: /\.(options|label|description|tip)$/,
  },
  '032': CUT,
  '033': CUT,
  '066': { reason: 'a map with the ids of comments as keys', free: /^meta_data\[\d+\]\.value$/ },
  '067': { reason: 'a map with the ids of comments as keys', free: /^meta_data\[\d+\]\.value$/ },
};

const SCHEMA_FILES = Object.keys(DIFFERENCES).filter((number) => DIFFERENCES[number] === SCHEMA);

/** Products that the shop draws at random: any number of any ids. */
const RANDOM = /(^|\.)related_ids$/;

const signer: Signer = { consumerKey: 'ck_replay', consumerSecret: 'cs_replay' };
const UNKNOWN: Signer = { consumerKey: 'ck_unknown', consumerSecret: 'cs_replay' };
const WRONG: Signer = { consumerKey: 'ck_replay', consumerSecret: 'cs_wrong' };

function signerOf({ name }: Exchange): Signer | null {
  if (name === 'index' || name === 'no-credentials') return null;
  if (name === 'unknown-consumer-key') return UNKNOWN;
  return name === 'wrong-signature' ? WRONG : signer;
}

/** The bodies as they were sent before the recording was cut. */
function sentBody({ name, request }: Exchange): unknown {
  const bulk = (from: number) => (_row: unknown, index: number) => ({
    name: `Bulk ${from + index}`,
    sku: `BULK-${from + index}`,
    regular_price: '10.00',
    manage_stock: true,
    stock_quantity: index,
  });
  if (name === 'products-batch-create-0') return { create: Array.from({ length: 60 }, bulk(0)) };
  if (name === 'products-batch-create-1') return { create: Array.from({ length: 60 }, bulk(60)) };
  if (name === 'products-batch-over-limit') {
    return { create: Array.from({ length: 101 }, (_row, index) => ({ name: `Over ${index}` })) };
  }
  return request.body;
}

function errorCode(body: unknown): unknown {
  return isPlain(body) ? body.code : undefined;
}

const LIST_HEADERS = ['x-wp-total', 'x-wp-totalpages'];

if (!hasRecordings) {
  process.stderr.write('replay of recorded WooCommerce exchanges skipped: no recordings beside the repository\n');
}

describe.skipIf(!hasRecordings)('recorded exchanges with a real shop', () => {
  let simulator: RunningSimulator;
  const ids = new IdMap();
  beforeAll(async () => {
    simulator = await startWooCommerceSimulator({ ...signer });
    // Ids that differ from the recorded ones: a product and a category that the recorded shop didn't have.
    await call(simulator.url, 'POST', '/__control/products', {
      body: { name: 'Shifts the ids', status: 'draft', category_names: ['Shifted'] },
      signer: null,
    });
    await call(simulator.url, 'DELETE', '/wp-json/wc/v3/products/11', { query: { force: 'true' }, signer });
  });
  afterAll(() => simulator.close());

  async function send(exchange: Exchange): Promise<Answer> {
    const { method, path, query } = exchange.request;
    const body = ids.translate(sentBody(exchange), kindOfPath(path));
    return call(simulator.url, method, ids.translatePath(path), { query, body, signer: signerOf(exchange) });
  }

  it.each(hasRecordings ? recordedExchanges() : [])('$file', async (exchange) => {
    const { response, request } = exchange;
    const difference = DIFFERENCES[exchange.file.slice(0, 3)];
    const free = difference?.free;
    const answer = await send(exchange);
    if (free === 'all') {
      expect(answer.status).toBe(404);
      return;
    }
    ids.learn(response.body, answer.body, kindOfPath(request.path));
    expect(answer.status).toBe(response.status);
    expect(errorCode(answer.body)).toBe(errorCode(response.body));
    const isFree = (path: string) => RANDOM.test(path) || free?.test(path) === true;
    const body = difference === CUT ? firstRows(answer.body) : answer.body;
    expect(shapeDifferences(response.body, body, isFree)).toEqual([]);
    expect(valueDifferences(response.body, body, isFree)).toEqual([]);
    expect(answer.headers.get('allow')).toBe(response.headers.allow ?? null);
    for (const name of LIST_HEADERS) expect(answer.headers.get(name)).toBe(response.headers[name] ?? null);
    expect(answer.headers.has('location')).toBe(response.headers.location !== undefined);
    expect(relations(answer.headers.get('link'))).toEqual(relations(response.headers.link ?? null));
  });

  it.each(SCHEMA_FILES)('checks arguments as the recorded schema says: %s', async (number) => {
    const exchange = recordedExchanges().find(({ file }) => file.startsWith(number));
    if (exchange === undefined) throw new Error(`no recording ${number}`);
    const wanted = checkedArguments(exchange.response.body);
    const checked = checkedArguments((await send(exchange)).body);
    expect(checked.size).toBeGreaterThan(0);
    for (const [name, spec] of checked) expect([name, spec]).toEqual([name, wanted.get(name)]);
  });
});

/** The arguments of `OPTIONS` as `method argument` → what is checked of it. */
function checkedArguments(body: unknown): Map<string, unknown> {
  const checked = new Map<string, unknown>();
  if (!isPlain(body) || !Array.isArray(body.endpoints)) return checked;
  for (const { methods, args } of body.endpoints) {
    for (const [name, spec] of Object.entries<Record<string, unknown>>(args)) {
      const values = Array.isArray(spec.enum) ? [...new Set(spec.enum)].sort() : null;
      const { minimum = null, maximum = null, required = false } = spec;
      checked.set(`${methods[0]} ${name}`, { type: [spec.type].flat().sort(), values, minimum, maximum, required });
    }
  }
  return checked;
}

function firstRows(body: unknown): unknown {
  return isPlain(body) && Array.isArray(body.create) ? { ...body, create: body.create.slice(0, 3) } : body;
}

function relations(link: string | null): string[] {
  return [...(link ?? '').matchAll(/rel="([^"]+)"/g)].map(([, relation]) => relation ?? '');
}
