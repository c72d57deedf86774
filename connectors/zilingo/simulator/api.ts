import { Router, type VendorAnswer, type VendorRequest } from '../../simulator-kit/index.ts';
import { refused } from './answers.ts';
import type { World } from './model.ts';
import { byStatus, invoice } from './orders.ts';
import {
  byClientId,
  priceOfProduct,
  priceOfSkus,
  quantities,
  subCategory,
  updateQuantities,
  upload,
} from './products.ts';
import { addUnconfirmed } from './unconfirmed.ts';
import { loosened, objectOf } from './values.ts';

type Handler = (request: VendorRequest, params: Record<string, string>) => VendorAnswer | Promise<VendorAnswer>;

/** The body as JSON; what cannot be read is `undefined`. One client sends no content type. */
function bodyOf({ body }: VendorRequest): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

/** All calls; three versions live side by side. */
export function routesOf(world: World): Router<Handler> {
  const router = new Router<Handler>();
  const post = (path: string, operation: string, run: (world: World, sent: Record<string, unknown>) => VendorAnswer) =>
    router.on('POST', `/api/v1/products/${path}`, operation, (request) => run(world, objectOf(bodyOf(request))));
  post('upload', 'upload', upload);
  post('quantities/forSKUs', 'quantities', quantities);
  post('updateQuantities', 'updateQuantities', updateQuantities);
  post('updatePrice/forProduct', 'updatePrice forProduct', priceOfProduct);
  post('updatePrice/forSKUs', 'updatePrice forSKUs', priceOfSkus);
  router
    .on('GET', '/api/v1/products/byClientId/:id', 'byClientId', (_request, { id }) => byClientId(world, id))
    .on('GET', '/api/v1/subCategories/byId/:id', 'subCategory', (_request, { id }) => subCategory(id))
    .on('GET', '/api/v2/orders/byStatus/:status', 'orders byStatus', ({ stale }, { status }) =>
      byStatus(world, status, stale),
    )
    .on('GET', '/api/v4/orders/invoice/:id', 'invoice', (_request, { id }) => invoice(world, id));
  addUnconfirmed(router, world, bodyOf);
  return router;
}

/** Checks the three static headers, then serves the call. */
export async function serve(world: World, routes: Router<Handler>, request: VendorRequest): Promise<VendorAnswer> {
  const { sellerid, apikey, locale } = request.headers;
  // Status and wording of these refusals are UNCONFIRMED.
  if (sellerid !== world.options.sellerId || apikey !== world.options.apiKey) {
    return refused(world, 'Invalid seller id or api key', 401);
  }
  if (locale === undefined || locale === '') return refused(world, 'locale header is missing', 400);
  const match = routes.find(request.method, request.path);
  if (match !== undefined) {
    const answer = await match.route.handler(request, match.params);
    const isOrder = world.options.looseTypes && request.path.includes('/orders/');
    return isOrder && typeof answer.body === 'object' ? { ...answer, body: loosened(answer.body) } : answer;
  }
  return { status: 404, headers: { 'content-type': 'text/html' }, body: '<html><body>404 Not Found</body></html>' };
}
