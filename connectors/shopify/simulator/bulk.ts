import { execute, type GraphQLSchema, Kind, parse, validate } from 'graphql';
import type { VendorAnswer, VendorRequest } from '../../simulator-kit/index.ts';
import { bulkProblems, runBulkQuery } from './bulk-query.ts';
import { idNumber, iso } from './catalogue.ts';
import type { BulkRecord } from './model.ts';
import type { Shop } from './shop.ts';

/** Where a call came in, for addresses in answers. */
export interface Place {
  readonly origin: string;
  readonly schema: GraphQLSchema;
  readonly roots: () => unknown;
}

const OPEN = new Set(['CREATED', 'RUNNING', 'CANCELING']);
const FORBIDDEN = new Set(['bulkOperationRunMutation', 'bulkOperationRunQuery', 'bulkOperationCancel']);

/** `bulkOperationRunQuery` */
export function startBulkQuery(
  shop: Shop,
  place: Place,
  { query, groupObjects }: { query: string; groupObjects: boolean },
) {
  const problems = bulkProblems(place.schema, query);
  if (problems.length > 0) {
    const userErrors = problems.map((message) => ({ field: ['query'], message, code: 'INVALID' }));
    return { bulkOperation: null, userErrors };
  }
  return begin(shop, place, { type: 'QUERY', query, isGrouped: groupObjects, path: null });
}

/** `bulkOperationRunMutation` over an uploaded file of variables. */
export function startBulkMutation(
  shop: Shop,
  place: Place,
  { mutation, stagedUploadPath }: { mutation: string; stagedUploadPath: string },
) {
  const refused = (message: string, code: string | null) => ({
    bulkOperation: null,
    userErrors: [{ field: null, message, code }],
  });
  const [definition] = parse(mutation).definitions;
  const root = definition?.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet.selections[0] : undefined;
  if (root?.kind !== Kind.FIELD || FORBIDDEN.has(root.name.value)) {
    return refused('You must use an allowed mutation name.', null);
  }
  if (validate(place.schema, parse(mutation)).length > 0)
    return refused('The mutation is not valid.', 'INVALID_MUTATION');
  const file = shop.uploads.get(stagedUploadPath);
  if (file === undefined || file === '') {
    return refused('The JSONL file could not be found. Try uploading the file again.', 'NO_SUCH_FILE');
  }
  return begin(shop, place, { type: 'MUTATION', query: mutation, isGrouped: true, path: stagedUploadPath });
}

function begin(
  shop: Shop,
  place: Place,
  {
    type,
    query,
    isGrouped,
    path,
  }: { type: BulkRecord['type']; query: string; isGrouped: boolean; path: string | null },
) {
  const running = [...shop.bulks.values()].filter((one) => one.type === type && OPEN.has(one.status));
  if (running.length >= shop.dials.bulkLimit) {
    const ids = running.map(({ id }) => gidOf(id)).join(', ');
    const message = `A bulk ${type.toLowerCase()} operation for this app and shop is already in progress: ${ids}.`;
    return { bulkOperation: null, userErrors: [{ field: null, message, code: 'OPERATION_IN_PROGRESS' }] };
  }
  const made: BulkRecord = {
    id: shop.newId(),
    type,
    status: 'CREATED',
    errorCode: null,
    query,
    isGrouped,
    path,
    pollsLeft: shop.dials.bulkPolls,
    createdMs: shop.nowMs(),
    completedMs: null,
    objectCount: 0,
    rootCount: 0,
  };
  shop.bulks.set(made.id, made);
  shop.changed();
  return { bulkOperation: bulkView(shop, place, made), userErrors: [] };
}

/** `bulkOperation`: asking brings the work nearer to its end. */
export async function askBulk(shop: Shop, place: Place, id: string) {
  const bulk = shop.bulks.get(idNumber('BulkOperation', id));
  if (bulk === undefined) return null;
  if (bulk.status === 'CANCELING') end(shop, bulk, 'CANCELED');
  else if (OPEN.has(bulk.status)) {
    bulk.status = 'RUNNING';
    bulk.pollsLeft -= 1;
    if (bulk.pollsLeft < 0) await finish(shop, place, bulk);
  }
  shop.changed();
  return bulkView(shop, place, bulk);
}

/** `bulkOperationCancel` */
export function cancelBulk(shop: Shop, place: Place, id: string) {
  const bulk = shop.bulks.get(idNumber('BulkOperation', id));
  if (bulk === undefined) {
    return { bulkOperation: null, userErrors: [{ field: ['id'], message: 'Bulk operation does not exist' }] };
  }
  if (OPEN.has(bulk.status)) bulk.status = 'CANCELING';
  shop.changed();
  return { bulkOperation: bulkView(shop, place, bulk), userErrors: [] };
}

async function finish(shop: Shop, place: Place, bulk: BulkRecord): Promise<void> {
  const { bulkEnd } = shop.dials;
  const made =
    bulk.type === 'QUERY'
      ? await runBulkQuery(place.schema, place.roots(), bulk.query, bulk.isGrouped && !shop.dials.bulkScattered)
      : await runMutations(shop, place, bulk);
  const lines = bulkEnd === '' ? made.lines : made.lines.slice(0, Math.ceil(made.lines.length / 2));
  bulk.objectCount = lines.length;
  bulk.rootCount = made.rootCount;
  if (lines.length > 0) shop.files.set(bulk.id, Buffer.from(`${lines.join('\n')}\n`));
  if (bulkEnd === 'FAILED') bulk.errorCode = 'INTERNAL_SERVER_ERROR';
  end(shop, bulk, bulkEnd === 'FAILED' || bulkEnd === 'CANCELED' || bulkEnd === 'EXPIRED' ? bulkEnd : 'COMPLETED');
}

/** Each line of the file is one call, told of by its number. */
async function runMutations(shop: Shop, place: Place, bulk: BulkRecord) {
  const document = parse(bulk.query);
  const input = (shop.uploads.get(bulk.path ?? '') ?? '').split('\n').filter((line) => line.trim() !== '');
  const lines: string[] = [];
  for (const [index, line] of input.entries()) {
    const variableValues = JSON.parse(line) as Record<string, unknown>;
    const result = await execute({ schema: place.schema, document, rootValue: place.roots(), variableValues });
    const errors = result.errors?.map(({ message }) => ({ message }));
    const body = errors === undefined ? { data: result.data } : { errors };
    lines.push(JSON.stringify({ ...body, __lineNumber: index }));
  }
  return { lines, rootCount: lines.length };
}

function end(shop: Shop, bulk: BulkRecord, status: BulkRecord['status']): void {
  bulk.status = status;
  bulk.completedMs = shop.nowMs();
}

function bulkView(shop: Shop, { origin }: Place, bulk: BulkRecord) {
  const file = shop.files.get(bulk.id);
  const address = file === undefined ? null : `${origin}/bulk-results/${bulk.id}.jsonl?Signature=simulated`;
  return {
    __typename: 'BulkOperation',
    id: gidOf(bulk.id),
    status: bulk.status,
    type: bulk.type,
    errorCode: bulk.errorCode,
    query: bulk.query,
    createdAt: iso(bulk.createdMs),
    completedAt: bulk.completedMs === null ? null : iso(bulk.completedMs),
    objectCount: String(bulk.objectCount),
    rootObjectCount: String(bulk.rootCount),
    fileSize: file === undefined ? null : String(file.length),
    url: bulk.status === 'COMPLETED' ? address : null,
    partialDataUrl: bulk.status === 'FAILED' || bulk.status === 'CANCELED' ? address : null,
  };
}

/** `stagedUploadsCreate`: an address, and the fields that must go before the file. */
export function stageUploads(shop: Shop, { origin }: Place, input: readonly { filename: string; resource: string }[]) {
  const stagedTargets = input.map(({ filename, resource }) => {
    const key = `tmp/1/bulk/${shop.newId()}/${filename}`;
    shop.uploads.set(key, '');
    const parameters = [
      {
        name: 'Content-Type',
        value: resource === 'BULK_MUTATION_VARIABLES' ? 'text/jsonl' : 'application/octet-stream',
      },
      { name: 'success_action_status', value: '201' },
      { name: 'acl', value: 'private' },
      { name: 'key', value: key },
      { name: 'policy', value: 'c2ltdWxhdGVk' },
    ];
    return { url: `${origin}/staged-uploads`, resourceUrl: `${origin}/staged-uploads/${key}`, parameters };
  });
  shop.changed();
  return { stagedTargets, userErrors: [] };
}

/** The file store beside the shop: takes forms (the file last), gives results out, also in parts. */
export function serveFiles(shop: Shop, request: VendorRequest): VendorAnswer | null {
  const { method, path } = request;
  if (method === 'POST' && path === '/staged-uploads') return takeUpload(shop, request);
  const id = /^\/bulk-results\/(\d+)\.jsonl$/.exec(path)?.[1];
  if (method !== 'GET' || id === undefined) return null;
  const file = shop.files.get(Number(id));
  if (file === undefined || shop.dials.bulkFilesGone) {
    const headers = { 'content-type': 'application/xml' };
    return { status: 400, headers, body: '<?xml version="1.0"?><Error><Code>ExpiredToken</Code></Error>' };
  }
  const headers = { 'content-type': 'application/jsonl' };
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  if (from === undefined || !shop.dials.bulkRanges) return { status: 200, headers, body: file };
  if (Number(from) >= file.length) {
    return { status: 416, headers: { 'content-range': `bytes */${file.length}` }, body: '' };
  }
  const last = Math.min(file.length - 1, to === '' || to === undefined ? file.length - 1 : Number(to));
  const range = { 'content-range': `bytes ${from}-${last}/${file.length}` };
  return { status: 206, headers: { ...headers, ...range }, body: file.subarray(Number(from), last + 1) };
}

function takeUpload(shop: Shop, { headers, body }: VendorRequest): VendorAnswer {
  const refused = (code: string): VendorAnswer => ({ status: 400, body: `<Error><Code>${code}</Code></Error>` });
  const boundary = /boundary="?([^";]+)"?/.exec(headers['content-type'] ?? '')?.[1];
  if (boundary === undefined) return refused('MalformedPOSTRequest');
  const parts = body.toString('utf8').split(`--${boundary}`).slice(1, -1);
  const fields = parts.map((part) => {
    const gap = part.indexOf('\r\n\r\n');
    return { name: /name="([^"]+)"/.exec(part.slice(0, gap))?.[1] ?? '', value: part.slice(gap + 4, -2) };
  });
  const key = fields.find(({ name }) => name === 'key')?.value ?? '';
  const last = fields.at(-1);
  if (!shop.uploads.has(key) || last?.name !== 'file') return refused('AccessDenied');
  shop.uploads.set(key, last.value);
  shop.changed();
  return { status: 201, body: '<PostResponse/>' };
}

function gidOf(id: number): string {
  return `gid://shopify/BulkOperation/${id}`;
}
