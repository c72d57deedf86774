import type { Static } from '@sinclair/typebox';
import type { ConnectionReport } from '../../../connectors/contract/common.ts';
import type { Row } from '../../../db/steps.ts';
import { demandHttps, withHttpWarning, withScheme } from '../addresses.ts';
import {
  connectorNamed,
  demandFit,
  noteTest,
  prove,
  refuseTaken,
  sealedColumns,
  storeConnection,
  storedCredentials,
  tested,
} from '../connect.ts';
import { connectionRow } from '../connect-row.ts';
import type { ApiDeps, ConnectorInfo, Values } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { answerOnceInParts } from '../idempotency.ts';
import { ById } from '../schemas/common.ts';
import {
  ConnectionBody,
  ConnectionTestBody,
  ConnectionTested,
  ConnectionTryBody,
  Report,
} from '../schemas/connections.ts';
import { type Api, adminOnly } from '../types.ts';

const tags = ['connections'];

function createRoute(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/connections',
    {
      config: { access: adminOnly },
      schema: {
        summary: 'Test an account and store it; a failed test stores nothing unless `saveAnyway`',
        tags,
        body: ConnectionBody,
        response: { 200: ConnectionTested, 201: ConnectionTested },
      },
    },
    async (request, reply) =>
      answerOnceInParts<Static<typeof ConnectionTested>>(request, reply, deps, async ({ command }) => {
        const { saveAnyway = false, plainHttp, ...asked } = request.body;
        const info = connectorNamed(deps, asked.connector);
        const input = { ...asked, settings: withScheme(info, asked.settings) };
        demandFit(info.settings, input.settings, 'settings');
        demandHttps(deps, input.settings, { plainHttp });
        demandFit(info.credentials, input.credentials, 'credentials');
        if (info.kind === 'store' && input.brandId === undefined) {
          throw new ApiError('InvalidInput', 'A shop belongs to a brand: name it in `brandId`.');
        }
        await refuseTaken(deps, input.code);
        let { credentials } = input;
        const onRenewed = (renewed: Values) => {
          credentials = renewed;
        };
        const answer = await tested(deps, () => deps.testConnection({ ...input, onRenewed }));
        const report = withHttpWarning(deps, input.settings, answer);
        const shown = shownReport(report);
        if (!report.ok && !saveAnyway) {
          return { status: 200, body: { id: null, saved: false, state: null, version: null, report: shown } };
        }
        const id = deps.newId();
        const { state, version } = await deps.db.tx('staff', (trx) =>
          storeConnection(trx, deps, { ...input, credentials, id, kind: info.kind }, report, command),
        );
        return { status: 201, body: { id, saved: true, state, version, report: shown } };
      }),
  );
}

function testRoute(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/connections/:id/test',
    {
      config: { access: adminOnly },
      schema: {
        summary: 'Test an account again, with its stored or with new credentials; new ones are stored if they work',
        tags,
        params: ById,
        body: ConnectionTestBody,
        response: { 200: ConnectionTested },
      },
    },
    async (request, reply) =>
      answerOnceInParts(request, reply, deps, async ({ command }) => {
        const { id } = request.params;
        const row = await connectionRow(deps, id);
        const info = connectorNamed(deps, String(row.connector));
        const { credentials: fresh, plainHttp } = request.body;
        const newSettings = request.body.settings && withScheme(info, request.body.settings);
        if (newSettings) demandHttps(deps, newSettings, { plainHttp, known: row.settings as Values });
        const { report, toStore } = await retested(deps, row, info, { newSettings, fresh });
        const after = await deps.db.tx('staff', async (trx) => {
          await noteTest(trx, deps, id, report, command);
          if (!report.ok) return null;
          if (request.body.settings)
            await trx('connections')
              .where({ id })
              .update({ settings: JSON.stringify(newSettings) });
          if (toStore)
            await trx('connections')
              .where({ id })
              .update(sealedColumns(deps, id, toStore));
          return prove(trx, id, command);
        });
        const { state, version } = after ?? row;
        const saved = after !== null && (fresh !== undefined || newSettings !== undefined);
        return { status: 200, body: { id, saved, state, version, report: shownReport(report) } };
      }),
  );
}

function tryRoute(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/connections/test',
    {
      config: { access: adminOnly },
      schema: {
        summary: 'Try credentials and settings that are not stored; says what the account offers to choose from',
        tags,
        body: ConnectionTryBody,
        response: { 200: Report },
      },
    },
    async (request, reply) =>
      answerOnceInParts<Static<typeof Report>>(request, reply, deps, async () => {
        const { connector, credentials, plainHttp } = request.body;
        const info = connectorNamed(deps, connector);
        const settings = withScheme(info, request.body.settings);
        demandFit(info.settings, settings, 'settings');
        demandFit(info.credentials, credentials, 'credentials');
        demandHttps(deps, settings, { plainHttp });
        const report = await tested(deps, () => deps.testConnection({ connector, settings, credentials }));
        return { status: 200, body: shownReport(withHttpWarning(deps, settings, report)) };
      }),
  );
}

/** A report in the form that answers have: plain, mutable copies. */
export function shownReport({ ok, account, facts, findings, choices = [] }: ConnectionReport): Static<typeof Report> {
  return {
    ok,
    account,
    facts: { ...facts },
    findings: [...findings],
    choices: choices.map(({ setting, options }) => ({ setting, options: [...options] })),
  };
}

/**
 * Tests a stored account. With what is stored it is opened as for any other call, so that a token that is renewed on the
 * way is stored; new settings or credentials are tried beside it.
 */
async function retested(
  deps: ApiDeps,
  row: Row,
  info: ConnectorInfo,
  { newSettings, fresh }: { newSettings: Values | undefined; fresh: Values | undefined },
): Promise<{ report: ConnectionReport; toStore: Values | undefined }> {
  if (newSettings === undefined && fresh === undefined) {
    const stored = async () => (await deps.openConnector(row.id, info.kind)).testConnection();
    return { report: await tested(deps, stored), toStore: undefined };
  }
  const settings = newSettings ?? (row.settings as Values);
  const credentials = fresh ?? storedCredentials(deps, row);
  demandFit(info.settings, settings, 'settings');
  demandFit(info.credentials, credentials, 'credentials');
  let toStore = fresh;
  const onRenewed = (renewed: Values) => {
    toStore = renewed;
  };
  const report = await tested(deps, () =>
    deps.testConnection({ connector: info.name, settings, credentials, onRenewed }),
  );
  return { report, toStore };
}

/** New accounts, and new credentials for old ones: always tested before they are stored. */
export function connectionTestRoutes(app: Api, deps: ApiDeps): void {
  createRoute(app, deps);
  tryRoute(app, deps);
  testRoute(app, deps);
}
