import type { RouteMatch, Router, VendorAnswer, VendorRequest } from '../../simulator-kit/index.ts';
import { authenticate } from './auth.ts';
import type { Call, Reply } from './call.ts';
import { answerConsent, isConsent } from './consent.ts';
import { noRoute, WpError } from './errors.ts';
import { PICTURE_PNG, UPLOADS_PATH } from './images.ts';
import { isObject, type JsonObject, phpJson, phpQuery } from './json.ts';
import { ListCache, trimFields } from './lists.ts';
import { checkParams, type ParamSpecs } from './params.ts';
import type { Access, RouteSpec } from './routes.ts';
import type { Shop } from './shop.ts';

const REFUSALS: Readonly<Record<Exclude<Access, 'public'>, [string, string]>> = {
  list: ['cannot_view', 'Sorry, you cannot list resources.'],
  view: ['cannot_view', 'Sorry, you cannot view this resource.'],
  create: ['cannot_create', 'Sorry, you are not allowed to create resources.'],
  edit: ['cannot_edit', 'Sorry, you are not allowed to edit this resource.'],
  delete: ['cannot_delete', 'Sorry, you are not allowed to delete this resource.'],
  batch: ['cannot_batch', 'Sorry, you are not allowed to batch manipulate this resource.'],
};
const HTML = { 'content-type': 'text/html; charset=UTF-8' };
const WARNING =
  '<br />\n<b>Warning</b>:  Undefined array key "length" in <b>/srv/shop/wp-content/plugins/extra/extra.php</b> ' +
  'on line <b>42</b><br />\n';

/** The shop's web server: the REST API, its pictures, and HTML for everything else. */
export class RestApi {
  readonly #shop: Shop;
  readonly #router: Router<RouteSpec>;
  readonly #lists = new ListCache();

  constructor(shop: Shop, router: Router<RouteSpec>) {
    this.#shop = shop;
    this.#router = router;
  }

  /** The name of a call for log and faults, e.g. `products.list`. */
  operation(request: VendorRequest): string {
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    if (method === 'OPTIONS') return 'options';
    return this.#find(method, request.path)?.route.operation ?? 'unknown';
  }

  async handle(request: VendorRequest): Promise<VendorAnswer> {
    const { dials } = this.#shop;
    const restRoute = new Map(request.query).get('rest_route');
    if (request.path === '/' && restRoute !== undefined) return this.#withoutKeys(request, `/wp-json${restRoute}`);
    if (request.path.startsWith(UPLOADS_PATH)) {
      return { status: 200, headers: { 'content-type': 'image/png' }, body: PICTURE_PNG };
    }
    if (isConsent(this.#shop, request)) return answerConsent(this.#shop, request);
    const isRest = /^\/wp-json(\/|$)/.test(request.path) && !dials.plainPermalinks;
    if (!isRest) return htmlPage(request.path === '/' ? 200 : 404, this.#shop.options.siteName ?? 'shop');
    return this.#rest(request, true);
  }

  /** Under `?rest_route=` WooCommerce doesn't know its own requests: keys are not looked at. */
  #withoutKeys(request: VendorRequest, path: string): Promise<VendorAnswer> {
    const query = request.query.filter(([name]) => name !== 'rest_route');
    return this.#rest({ ...request, path: path.replace(/(.)\/$/, '$1'), query }, false);
  }

  async #rest(request: VendorRequest, looksAtKeys: boolean): Promise<VendorAnswer> {
    const headers: Record<string, string> = { link: `<${this.#shop.siteUrl}/wp-json/>; rel="https://api.w.org/"` };
    try {
      const isWoo = looksAtKeys && /^\/wp-json\/wc[/-]/.test(request.path);
      const isKnown = isWoo && authenticate(this.#shop, request) !== null;
      const methods = this.#router.methodsAt(request.path);
      const isPublic = this.#find('GET', request.path)?.route.handler.access === 'public';
      if (methods.length > 0 && (isKnown || isPublic)) headers.allow = methods.join(', ');
      if (request.method === 'OPTIONS') return this.#json(200, this.#describe(request.path), headers);
      const reply = await this.#serve(request, isKnown);
      const location = reply.location === undefined ? {} : { location: `${this.#shop.siteUrl}${reply.location}` };
      const trimmed = trimFields(reply.body, phpQuery(request.query)._fields);
      const answer = this.#json(reply.status ?? 200, trimmed, { ...headers, ...location, ...reply.headers });
      return reply.summary === undefined ? answer : { ...answer, summary: reply.summary };
    } catch (error) {
      if (!(error instanceof WpError)) throw error;
      return { ...this.#json(error.status, error.body, headers), summary: error.code };
    }
  }

  async #serve(request: VendorRequest, isKnown: boolean): Promise<Reply> {
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const match = this.#find(method, request.path);
    if (match === undefined) throw noRoute();
    const { spec, params } = { spec: match.route.handler, params: match.params };
    const isRead = method === 'GET' || method === 'DELETE';
    const specs = typeof spec.params === 'function' ? spec.params(this.#shop) : spec.params;
    const sentQuery = phpQuery(request.query);
    const sentBody = parseBody(request);
    const call: Call = {
      shop: this.#shop,
      request,
      path: request.path,
      params,
      query: isRead ? checkParams({ ...sentBody, ...sentQuery }, specs, true) : sentQuery,
      body: isRead ? sentBody : checkParams(sentBody, specs, spec.access === 'create'),
      lists: this.#lists,
    };
    if (spec.access !== 'public' && !isKnown) {
      const [code, message] = REFUSALS[spec.access];
      throw new WpError(401, `woocommerce_rest_${code}`, message);
    }
    return spec.handler(call);
  }

  #find(method: string, path: string): RouteMatch<RouteSpec> | undefined {
    const match = this.#router.find(method, path);
    const { withoutVariationsRoute, withoutAnalytics } = this.#shop.dials;
    const operation = match?.route.operation;
    const isHidden =
      (withoutVariationsRoute && operation === 'all-variations.list') ||
      (withoutAnalytics && operation === 'analytics-variations.list');
    return isHidden ? undefined : match;
  }

  /** Answers `OPTIONS`: the methods with the arguments that the simulator checks. */
  #describe(path: string): JsonObject {
    const methods = this.#router.methodsAt(path);
    if (methods.length === 0) throw noRoute();
    const argsOf = (method: string): ParamSpecs => {
      const params = this.#router.find(method, path)?.route.handler.params ?? {};
      return typeof params === 'function' ? params(this.#shop) : params;
    };
    const endpoints = methods.map((method) => ({ methods: [method], args: argsOf(method) }));
    return { namespace: 'wc/v3', methods, endpoints, schema: { type: 'object', properties: argsOf('POST') } };
  }

  #json(status: number, body: unknown, headers: Record<string, string>): VendorAnswer {
    const warning = this.#shop.dials.phpWarning ? WARNING : '';
    const type = { 'content-type': 'application/json; charset=UTF-8' };
    return { status, headers: { ...type, ...headers }, body: `${warning}${phpJson(body)}` };
  }
}

/** Only what is said to be JSON or a form is read; other bodies are overlooked, as WordPress core does. */
function parseBody(request: VendorRequest): JsonObject {
  if (request.body.length === 0) return {};
  const text = request.body.toString('utf8');
  const type = request.headers['content-type'] ?? '';
  if (/x-www-form-urlencoded/i.test(type)) return phpQuery([...new URLSearchParams(text)]);
  if (!/json/i.test(type)) return {};
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body : {};
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const data = { json_error_code: 4, json_error_message: 'Syntax error' };
    throw new WpError(400, 'rest_invalid_json', 'Invalid JSON body passed.', data);
  }
}

function htmlPage(status: number, title: string): VendorAnswer {
  const text = status === 404 ? 'Page not found' : title;
  return {
    status,
    headers: HTML,
    body: `<!DOCTYPE html><html><head><title>${text}</title></head><body></body></html>`,
  };
}

/** The answer of the host in front of the shop to too many calls: HTML, the shop itself has no limit. */
export function throttledPage(inside200: boolean): VendorAnswer {
  const body = '<html><head><title>429 Too Many Requests</title></head><body><h1>Too Many Requests</h1></body></html>';
  return { status: inside200 ? 200 : 429, headers: HTML, body };
}

/** The shop's answer when its program breaks (its exact text is UNCONFIRMED). */
export function criticalError(): VendorAnswer {
  const message = '<p>There has been a critical error on this website.</p>';
  const body = { code: 'internal_server_error', message, data: { status: 500 }, additional_errors: [] };
  return { status: 500, body };
}
