import type { Static } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';
import type { Row } from '../../../db/steps.ts';
import { demandHttps, demandPublicTargets, withScheme } from '../addresses.ts';
import { userOf } from '../auth.ts';
import { connectorNamed, demandFit, refuseTaken, storedCredentials } from '../connect.ts';
import { connectionRow } from '../connect-row.ts';
import type { ApiDeps, ConnectorInfo, Values } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { asked, finishHandOver } from '../hand-over-arrivals.ts';
import { beginHandOver, type Draft, demandHandOver, lookAt } from '../hand-overs.ts';
import { answerOnceInParts } from '../idempotency.ts';
import { ById } from '../schemas/common.ts';
import { AuthorizeAgainBody, AuthorizeBody, HandOverBegun, HandOverDetail } from '../schemas/connections.ts';
import { type Api, adminOnly } from '../types.ts';
import { shownReport } from './connection-tests.ts';

const tags = ['connections'];

type Begun = Static<typeof HandOverBegun>;

interface Wish {
  readonly info: ConnectorInfo;
  readonly connectionId: string | null;
  readonly draft: Draft;
  readonly credentials: Values;
}

/** Looks at everything that can be looked at before the owner is asked, and begins. */
async function begin(deps: ApiDeps, request: FastifyRequest, wish: Wish) {
  const { info, draft } = wish;
  demandHandOver(deps, info);
  demandFit(info.settings, draft.settings, 'settings');
  await demandPublicTargets(deps, draft.settings);
  const user = userOf(request);
  const begun = await asked(() => beginHandOver(deps, { ...wish, user, sessionToken: request.sessionToken ?? '' }));
  // What stands in the address is nobody else's business: it is not kept with the answer.
  return { status: 201, body: begun, kept: { ...begun, authorizeUrl: null } };
}

async function demandBrand(deps: ApiDeps, info: ConnectorInfo, brandId: string | undefined): Promise<void> {
  if (info.kind !== 'store') return;
  if (brandId === undefined) throw new ApiError('InvalidInput', 'A shop belongs to a brand: name it in `brandId`.');
  const brand = await deps.db.tx('staff', (trx) => trx('brands').where({ id: brandId }).first('id'));
  if (!brand) throw new ApiError('InvalidInput', `There is no brand ${brandId}.`);
}

function beginRoutes(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/connections/authorize',
    {
      config: { access: adminOnly },
      schema: {
        summary: 'Let the owner of a shop hand over access: answers with the page where the owner agrees',
        tags,
        body: AuthorizeBody,
        response: { 201: HandOverBegun },
      },
    },
    async (request, reply) =>
      answerOnceInParts<Begun>(request, reply, deps, async () => {
        const { code, name, brandId, plainHttp, credentials = {} } = request.body;
        const info = connectorNamed(deps, request.body.connector);
        const settings = withScheme(info, request.body.settings);
        demandHttps(deps, settings, { plainHttp });
        await demandBrand(deps, info, brandId);
        await refuseTaken(deps, code);
        const draft = { code, name, settings, ...(brandId === undefined ? {} : { brandId }) };
        return begin(deps, request, { info, connectionId: null, draft, credentials });
      }),
  );

  app.post(
    '/api/connections/:id/authorize',
    {
      config: { access: adminOnly },
      schema: {
        summary: 'Let the owner hand over access again; the old credentials stay until the new ones are proved',
        tags,
        params: ById,
        body: AuthorizeAgainBody,
        response: { 201: HandOverBegun },
      },
    },
    async (request, reply) =>
      answerOnceInParts<Begun>(request, reply, deps, async () => {
        const row = await connectionRow(deps, request.params.id);
        const info = connectorNamed(deps, String(row.connector));
        const known = row.settings as Values;
        const settings = withScheme(info, request.body.settings ?? known);
        demandHttps(deps, settings, { plainHttp: request.body.plainHttp, known });
        const credentials = { ...appOf(deps, row, info), ...request.body.credentials };
        return begin(deps, request, { info, connectionId: row.id, draft: { settings }, credentials });
      }),
  );
}

/** What the way needs and the account has already: the same app asks again. */
function appOf(deps: ApiDeps, row: Row, info: ConnectorInfo): Values {
  const needed = info.ways?.find(({ handOver }) => handOver)?.credentials ?? [];
  if (needed.length === 0 || row.credentials_sealed === null) return {};
  const stored = storedCredentials(deps, row);
  return Object.fromEntries(needed.filter((name) => name in stored).map((name) => [name, stored[name]]));
}

/** Hand-overs for whoever began them: where they stand, and the test of what arrived. */
export function handOverRoutes(app: Api, deps: ApiDeps): void {
  beginRoutes(app, deps);
  const shown = async (request: FastifyRequest, id: string) => {
    const seen = await lookAt(deps, id, userOf(request));
    return { ...seen, report: seen.report && shownReport(seen.report) };
  };
  app.get(
    '/api/hand-overs/:id',
    {
      config: { access: adminOnly },
      schema: { summary: 'How far a hand-over has come', tags, params: ById, response: { 200: HandOverDetail } },
    },
    async (request) => shown(request, request.params.id),
  );
  app.post(
    '/api/hand-overs/:id/finish',
    {
      config: { access: adminOnly },
      schema: {
        summary: 'Test what arrived and store it if it works; harmless when nothing has arrived, and when repeated',
        tags,
        params: ById,
        response: { 200: HandOverDetail },
      },
    },
    async (request, reply) =>
      answerOnceInParts(request, reply, deps, async () => {
        await lookAt(deps, request.params.id, userOf(request));
        await finishHandOver(deps, request.params.id, request.id);
        return { status: 200, body: await shown(request, request.params.id) };
      }),
  );
}
