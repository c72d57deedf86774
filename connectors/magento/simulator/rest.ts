import type { Router, VendorAnswer, VendorRequest } from '../../simulator-kit/index.ts';
import type { Access } from './auth.ts';
import { acceptBulk } from './bulk.ts';
import type { Handler } from './call.ts';
import { trim } from './criteria.ts';
import { MagentoError } from './errors.ts';
import { phpQuery, textOf } from './json.ts';
import { BULK_TOPICS } from './routes.ts';
import type { Shop } from './shop.ts';

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' };
const SCOPES = new Set(['default', 'all']);

interface Place {
  kind: 'sync' | 'async' | 'bulk';
  /** Below `V1`, with a leading slash. */
  route: string;
}

/** The shop's web server and its REST interface. */
export class RestApi {
  readonly #shop: Shop;
  readonly #access: Access;
  readonly #routes: Router<Handler>;

  constructor(shop: Shop, access: Access, routes: Router<Handler>) {
    this.#shop = shop;
    this.#access = access;
    this.#routes = routes;
  }

  operation(request: VendorRequest): string {
    const place = placeOf(request.path);
    if (place === null) return 'unknown';
    const name = this.#routes.find(request.method, place.route)?.route.operation ?? 'unknown';
    return place.kind === 'sync' ? name : `${place.kind}.${name}`;
  }

  handle(request: VendorRequest): VendorAnswer {
    const { dials } = this.#shop;
    if (dials.maintenance) return page(503, 'Service Temporarily Unavailable');
    if (dials.refuseEncodedSlash && /%2f/i.test(request.path)) return page(404, 'Not Found');
    try {
      return this.#serve(request);
    } catch (error) {
      if (!(error instanceof MagentoError)) throw error;
      const { status, message, parameters } = error;
      return answer(status, { message, ...(parameters === undefined ? {} : { parameters }) });
    }
  }

  #serve(request: VendorRequest): VendorAnswer {
    if (!['GET', 'POST', 'PUT', 'DELETE'].includes(request.method)) {
      throw new MagentoError(405, 'The %1 HTTP method is not supported.', [request.method]);
    }
    const place = placeOf(request.path);
    const match = place === null ? undefined : this.#routes.find(request.method, place.route);
    const isHidden = match?.route.handler.msi === true && this.#shop.dials.legacyStock;
    if (place === null || match === undefined || isHidden || (place.kind !== 'sync' && request.method === 'GET')) {
      throw new MagentoError(404, 'Request does not match any route.');
    }
    const { handler } = match.route;
    if (handler.right !== null) this.#access.demand(request, handler.right);
    const body = readBody(request);
    if (place.kind !== 'sync') return this.#accept(place, request.method, body);
    this.#maybeDeadlock(request.method, match.route.operation);
    const query = phpQuery(request.query);
    const call = { shop: this.#shop, access: this.#access, request, params: match.params, query, body };
    const result = handler.run(call);
    const fields = textOf(query.fields);
    return answer(200, fields === '' ? result : trim(result, fields));
  }

  #accept(place: Place, method: string, body: unknown): VendorAnswer {
    const topic = BULK_TOPICS[`${method} ${place.route}`];
    if (topic === undefined) throw new MagentoError(404, 'Request does not match any route.');
    return answer(202, acceptBulk(this.#shop, topic, place.kind === 'bulk' && Array.isArray(body) ? body : [body]));
  }

  #maybeDeadlock(method: string, operation: string): void {
    const { deadlockEvery } = this.#shop.dials;
    if (deadlockEvery === 0 || method === 'GET' || operation === 'token') return;
    this.#shop.writes += 1;
    if (this.#shop.writes % deadlockEvery === 0) {
      throw new MagentoError(400, 'Database deadlock found when trying to get lock');
    }
  }
}

function placeOf(path: string): Place | null {
  const match = /^(?:\/index\.php)?\/rest(?:\/(\w+))??(\/async(?:\/bulk)?)?\/V1(\/.*)$/.exec(path);
  if (match === null) return null;
  const [, scope, mode, route = ''] = match;
  if (scope !== undefined && !SCOPES.has(scope)) return null;
  return { kind: mode === undefined ? 'sync' : mode === '/async' ? 'async' : 'bulk', route };
}

function readBody(request: VendorRequest): unknown {
  if (request.body.length === 0) return undefined;
  const type = request.headers['content-type'] ?? '';
  if (type === '') throw new MagentoError(400, 'Content-Type header is empty.');
  if (!/^application\/json\b/i.test(type)) {
    throw new MagentoError(400, 'Server cannot understand Content-Type HTTP header media type %1', [type]);
  }
  try {
    return JSON.parse(request.body.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new MagentoError(400, 'Decoding error.');
    throw error;
  }
}

function answer(status: number, result: unknown): VendorAnswer {
  return { status, headers: JSON_HEADERS, body: JSON.stringify(result ?? null) };
}

function page(status: number, title: string): VendorAnswer {
  const body = `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
  return { status, headers: { 'content-type': 'text/html; charset=UTF-8' }, body };
}

/** What stands in front of the shop turns calls away in HTML; inside a 200 it is a page as well. */
export function throttledPage(isInside200: boolean): VendorAnswer {
  return page(isInside200 ? 200 : 429, 'Too Many Requests');
}

/** The shop's answer when its program breaks. */
export function internalError(): VendorAnswer {
  const message = 'Internal Error. Details are available in Magento log file. Report ID: webapi-0000000000000';
  return answer(500, { message });
}
