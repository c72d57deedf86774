import type { Static } from '@sinclair/typebox';
import type { ConnectionReport } from '../../../connectors/contract/common.ts';
import type { Row } from '../../../db/steps.ts';
import { connectorNamed, credentialsOf, demandFit, noteTest, prove, storeConnection, tested } from '../connect.ts';
import { connectionRow } from '../connect-row.ts';
import type { ApiDeps, ConnectorInfo, Values } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { answerOnceInParts } from '../idempotency.ts';
import { ById } from '../schemas/common.ts';
import { ConnectionBody, ConnectionTestBody, ConnectionTested } from '../schemas/connections.ts';
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
        const { saveAnyway = false, ...input } = request.body;
        const info = connectorNamed(deps, input.connector);
        demandFit(info.settings, input.settings, 'settings');
        demandFit(info.credentials, input.credentials, 'credentials');
        if (info.kind === 'store' && input.brandId === undefined) {
          throw new ApiError('InvalidInput', 'A shop belongs to a brand: name it in `brandId`.');
        }
        await refuseTaken(deps, input.code);
        let { credentials } = input;
        const onRenewed = (renewed: Values) => {
          credentials = renewed;
        };
        const report = await tested(deps, () => deps.testConnection({ ...input, onRenewed }));
        const shown = { ...report, facts: { ...report.facts }, findings: [...report.findings] };
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
        const { settings: newSettings, credentials: fresh } = request.body;
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
        const shown = { ...report, facts: { ...report.facts }, findings: [...report.findings] };
        return { status: 200, body: { id, saved, state, version, report: shown } };
      }),
  );
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

async function refuseTaken(deps: ApiDeps, code: string): Promise<void> {
  const taken = await deps.db.tx('staff', (trx) => trx('connections').where({ code }).first('id'));
  if (taken) throw new ApiError('AlreadyThere', `There is a connection with the code ${code} already.`);
}

function storedCredentials({ sealer }: ApiDeps, row: Row): Values {
  if (row.credentials_sealed === null) throw new ApiError('NotConfigured', 'No credentials are stored for it.');
  return sealer.openJson(row.credentials_sealed as Buffer, credentialsOf(row.id)) as Values;
}

const sealedColumns = ({ sealer }: ApiDeps, id: string, credentials: Values) => ({
  credentials_sealed: sealer.sealJson(credentials, credentialsOf(id)),
  credentials_key_id: sealer.keyId,
});

/** New accounts, and new credentials for old ones: always tested before they are stored. */
export function connectionTestRoutes(app: Api, deps: ApiDeps): void {
  createRoute(app, deps);
  testRoute(app, deps);
}
