import fastifyCookie from '@fastify/cookie';
import fastifySwagger from '@fastify/swagger';
import fastify, { type FastifyBaseLogger, LogController, type RouteOptions } from 'fastify';
import { authenticate } from './auth.ts';
import { guardText, guardValue, parseJson } from './body-guard.ts';
import type { ApiDeps } from './deps.ts';
import { ApiError, handleError } from './errors.ts';
import { type Draining, healthRoutes } from './health.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { openApiOptions } from './openapi.ts';
import { brandRoutes } from './routes/brands.ts';
import { carrierCareRoutes } from './routes/carrier-care.ts';
import { carrierRoutes } from './routes/carriers.ts';
import { confirmationRoutes } from './routes/confirmations.ts';
import { connectionRoutes } from './routes/connections.ts';
import { driftRoutes } from './routes/drift.ts';
import { effectRoutes } from './routes/effects.ts';
import { fieldRoutes } from './routes/fields.ts';
import { fileRoutes } from './routes/files.ts';
import { freightRoutes } from './routes/freight.ts';
import { freightAuditRoutes } from './routes/freight-audit.ts';
import { importRoutes } from './routes/imports.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { listingRuleRoutes } from './routes/listing-rules.ts';
import { listingRoutes } from './routes/listings.ts';
import { logisticsRoutes } from './routes/logistics.ts';
import { caughtMailRoutes, mailRoutes } from './routes/mails.ts';
import { mappingRoutes } from './routes/mappings.ts';
import { orderRoutes } from './routes/orders.ts';
import { overviewRoutes } from './routes/overview.ts';
import { priceRoutes } from './routes/prices.ts';
import { problemRoutes } from './routes/problems.ts';
import { productRoutes } from './routes/products.ts';
import { rateRoutes } from './routes/rates.ts';
import { ruleRoutes } from './routes/rules.ts';
import { sessionRoutes } from './routes/session.ts';
import { stockRoutes } from './routes/stock.ts';
import { tableRoutes } from './routes/tables.ts';
import { translationRoutes } from './routes/translations.ts';
import { userRoutes } from './routes/users.ts';
import { whyPriceRoutes } from './routes/why-price.ts';
import { whyStockRoutes } from './routes/why-stock.ts';
import { CommandHeaders, ErrorAnswer } from './schemas/common.ts';
import { type Api, type SchemaTypes, staff } from './types.ts';
import { validatorCompiler } from './validation.ts';
import { contentSecurityPolicy, secureHeaders, webRoutes } from './web.ts';
import { webhookRoutes } from './webhooks.ts';

/** Largest JSON body; a bulk of 500 rows is a tenth of it. */
export const maxBodyBytes = 1024 * 1024;
const maxUrlLength = 4096;
const correlationPattern = /^[A-Za-z0-9._:-]{8,100}$/;

export interface ApiParts {
  readonly app: Api;
  readonly metrics: Metrics;
  readonly draining: Draining;
}

/** Builds the API. Nothing listens yet: tests use `inject`, the process `listen`. */
export function buildApi(deps: ApiDeps): Api {
  return buildApiParts(deps).app;
}

export function buildApiParts(deps: ApiDeps): ApiParts {
  const metrics = createMetrics(deps);
  const draining: Draining = { isDraining: false };
  const app: Api = fastify({
    loggerInstance: deps.log as FastifyBaseLogger,
    // Own lines below: the framework's would hold the query, and a query may hold a buyer's name.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    trustProxy: false,
    genReqId: (request) => {
      const given = request.headers['x-correlation-id'];
      return typeof given === 'string' && correlationPattern.test(given) ? given : deps.newId();
    },
    routerOptions: { maxParamLength: 300, ignoreTrailingSlash: false },
    forceCloseConnections: 'idle',
    return503OnClosing: true,
  }).withTypeProvider<SchemaTypes>();
  app.setValidatorCompiler(validatorCompiler);
  app.setErrorHandler(handleError);
  app.addSchema(ErrorAnswer);
  guardInput(app);
  demandAccess(app);
  app.decorateRequest('user', null);
  app.decorateRequest('sessionToken', null);
  app.register(fastifyCookie);
  app.register(fastifySwagger, openApiOptions);
  observe(app, deps, metrics);
  app.addHook('onRequest', authenticate(deps));
  app.addHook('onClose', async () => metrics.close());
  app.register((routes, _options, done) => {
    const typed = routes.withTypeProvider<SchemaTypes>();
    addRoutes(typed, deps);
    healthRoutes(typed, deps, { metrics, draining, metricsFor: staff });
    done();
  });
  webRoutes(app, deps);
  return { app, metrics, draining };
}

function addRoutes(app: Api, deps: ApiDeps): void {
  sessionRoutes(app, deps);
  userRoutes(app, deps);
  overviewRoutes(app, deps);
  orderRoutes(app, deps);
  productRoutes(app, deps);
  fieldRoutes(app, deps);
  ruleRoutes(app, deps);
  listingRuleRoutes(app, deps);
  mappingRoutes(app, deps);
  translationRoutes(app, deps);
  importRoutes(app, deps);
  listingRoutes(app, deps);
  tableRoutes(app, deps);
  problemRoutes(app, deps);
  incidentRoutes(app, deps);
  connectionRoutes(app, deps);
  logisticsRoutes(app, deps);
  freightRoutes(app, deps);
  freightAuditRoutes(app, deps);
  carrierRoutes(app, deps);
  carrierCareRoutes(app, deps);
  mailRoutes(app, deps);
  caughtMailRoutes(app, deps);
  fileRoutes(app, deps);
  brandRoutes(app, deps);
  confirmationRoutes(app, deps);
  effectRoutes(app, deps);
  priceRoutes(app, deps);
  rateRoutes(app, deps);
  whyPriceRoutes(app, deps);
  stockRoutes(app, deps);
  driftRoutes(app, deps);
  whyStockRoutes(app, deps);
  webhookRoutes(app, deps);
  app.get(
    '/api/openapi.json',
    { config: { access: 'public' }, schema: { hide: true } },
    async () => app.swagger() as unknown as Record<string, unknown>,
  );
}

/** Everything that comes in is text that the rest of the system can bear, before any schema is asked. */
function guardInput(app: Api): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, Buffer.isBuffer(body) && body.length > 0 ? parseJson(body) : undefined);
    } catch (error) {
      done(error instanceof Error ? error : new ApiError('InvalidInput', 'The body cannot be read.'));
    }
  });
  app.addHook('onRequest', async (request) => {
    if (request.url.length > maxUrlLength) throw new ApiError('InvalidInput', 'The address is too long.');
    guardText(request.url);
  });
  app.addHook('preValidation', async (request) => {
    guardValue(request.query);
    guardValue(request.params);
  });
}

/** A route of the API that does not say who may call it is a fault of ours, found when the process starts. */
function demandAccess(app: Api): void {
  app.addHook('onRoute', (route: RouteOptions) => {
    const { url, config, schema } = route;
    if (/^\/(api|hooks)\//.test(url) && config?.access === undefined)
      throw new Error(`${url} does not say for whom it is`);
    if (config?.access === undefined) return;
    const described = (schema ?? {}) as { response?: Record<string, unknown> };
    const refused = { $ref: 'Error#' };
    const response = { ...described.response, '4xx': refused, '5xx': described.response?.['503'] ?? refused };
    const changes = ['POST', 'PATCH', 'PUT'].includes(String(route.method));
    const keyed = changes && config.access !== 'public' ? { headers: CommandHeaders } : {};
    route.schema = { ...schema, ...keyed, response };
  });
}

function observe(app: Api, deps: ApiDeps, metrics: Metrics): void {
  const { publicUrl } = deps.config.api;
  const policy = contentSecurityPolicy(deps.config.allowPrivateTargets);
  const https = publicUrl?.startsWith('https:') ?? false;
  app.addHook('onSend', async (request, reply) => {
    secureHeaders(reply, policy, https);
    reply.header('x-correlation-id', request.id);
    if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const line = { method: request.method, route, status: reply.statusCode, durationMs: Math.round(reply.elapsedTime) };
    metrics.observe(line);
    request.log.info({ ...line, correlationId: request.id, user: request.user?.id ?? null }, 'request');
  });
}
