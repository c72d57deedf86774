import type { CarrierCapabilities, CarrierConnector, CarrierLimits } from '../../../connectors/contract/carrier.ts';
import { ConnectorError } from '../../../connectors/errors.ts';
import {
  type AskedAccounts,
  askAccounts,
  consignmentToShip,
  type OpenCarrier,
} from '../../../db/carrier-candidates.ts';
import { changeCarrier } from '../../../db/carrier-changes.ts';
import { customsPapersOf, releaseCustoms, withdrawRelease } from '../../../db/customs-gate.ts';
import type { Tx } from '../../../db/database.ts';
import { listCouriers } from '../../../db/pickups.ts';
import { lock, type Row } from '../../../db/steps.ts';
import type { ApiDeps, OpenedConnector } from '../deps.ts';
import { ApiError, notFound, refusal } from '../errors.ts';
import { answerOnce } from '../idempotency.ts';
import { reading } from '../reading.ts';
import {
  CarrierChoiceBody,
  CarrierChosen,
  ComparedCarriers,
  Couriers,
  CustomsPapers,
  ReleaseBody,
} from '../schemas/carriers.ts';
import { ById } from '../schemas/common.ts';
import { Done } from '../schemas/session.ts';
import { type Api, staff } from '../types.ts';

/** What a connector can do that does not say so: one plain parcel. */
const least: CarrierCapabilities = {
  ...{ rates: false, multiPiece: false, void: 'none', pickup: false, manifest: false, paperlessCustoms: false },
  ...{ labelFormats: ['PDF'], maxPieces: 1, trackingPush: false, breakBulk: false, bookingLookup: false },
  labelRefetch: false,
};

/** The latest of them are enough to see what is unsettled: those stand first. */
const mostCouriers = 100;

const opening =
  (deps: ApiDeps): OpenCarrier =>
  async (connectionId) => {
    const connector: OpenedConnector & Partial<Pick<CarrierConnector, 'check'>> = await deps.openConnector(
      connectionId,
      'carrier',
    );
    const limits = connector.limits as CarrierLimits | undefined;
    return {
      capabilities: { ...least, ...connector.capabilities },
      ...(limits ? { limits } : {}),
      check: (request) => connector.check?.(request) ?? [],
    };
  };

interface Compared {
  readonly row: Row;
  readonly asked: AskedAccounts;
}

/** Asks all accounts for a consignment as it is now. @throws ApiError where it is not there or holds nothing to be shipped */
async function compare(deps: ApiDeps, id: string): Promise<Compared> {
  const now = await deps.clock.now();
  const { row, found } = await deps.db
    .tx('staff', async (trx) => {
      const one = (await trx('consignments').where({ id }).first()) as Row | undefined;
      if (!one) throw notFound('consignment', id);
      return { row: one, found: await consignmentToShip(trx, deps.sealer, one, now) };
    })
    .catch((error: unknown) => {
      throw error instanceof ConnectorError ? new ApiError('NotAllowedInState', error.message) : error;
    });
  if (!found) {
    const remedy = 'Look at its orders: lines, weights and the brand’s address to ship from.';
    throw new ApiError('NotAllowedInState', `${row.number} holds nothing that a carrier could be asked for.`, {
      remedy,
    });
  }
  return { row, asked: await askAccounts(found, opening(deps)) };
}

const accountsOf = ({ asked }: Compared) => [...asked.choice.considered];

/** @throws ApiError where the account cannot carry it */
function demandPossible({ row, asked }: Compared, connectionId: string): void {
  const account = asked.choice.considered.find((one) => one.connectionId === connectionId);
  if (row.carrier_connection_id === connectionId) {
    throw new ApiError('NotAllowedInState', `${row.number} travels with this account already.`);
  }
  if (!account) {
    const remedy = 'Name one of the accounts of the comparison.';
    throw new ApiError('NotAllowedInState', 'This account carries nothing for the brand at present.', { remedy });
  }
  // What ops ruled out a person may choose all the same, with the reason; what the carrier refuses nobody can.
  if (account.verdict !== 'refused') return;
  const remedy = 'Mend what is named, or choose another account.';
  throw new ApiError('NotAllowedInState', `${account.code} does not take it: ${account.why}`, { remedy });
}

async function choose(
  trx: Tx,
  compared: Compared,
  body: typeof CarrierChoiceBody.static,
  command: Parameters<typeof changeCarrier>[2],
) {
  const { row, asked } = compared;
  const { connectionId, dryRun = false, why, version = row.version } = body;
  const now = await lock(trx, 'consignment', row.id);
  if (!now) throw notFound('consignment', row.id);
  demandPossible({ row: now, asked }, connectionId);
  const code = (id: unknown) => asked.choice.considered.find((one) => one.connectionId === id)?.code ?? '';
  const said = { ok: true as const, dryRun, accounts: accountsOf(compared) };
  const codes = { from: code(now.carrier_connection_id), to: code(connectionId) };
  if (dryRun) return { ...said, ...codes, state: now.state, version: now.version };
  if (why === undefined) {
    throw new ApiError('InvalidInput', 'Say why this carrier is chosen.', { remedy: 'Send the reason in `why`.' });
  }
  const result = await changeCarrier(
    trx,
    {
      ...{ row: now, connectionId, advice: asked, fingerprint: null, expectedVersion: version },
      reason: `Chosen by ${command.actor}: ${why}`,
      lockedBy: command.actor,
    },
    command,
  );
  if (!result.ok) throw refusal(result);
  return { ...said, ...codes, state: result.state, version: result.version };
}

function consignmentCarriers(app: Api, deps: ApiDeps): void {
  const tags = ['consignments'];
  app.get(
    '/api/consignments/:id/carriers',
    {
      config: { access: staff },
      schema: {
        summary: 'All accounts asked for a consignment as it is now: price by the rate card, or why not',
        ...{ tags, params: ById, response: { 200: ComparedCarriers } },
      },
    },
    async (request) => {
      const compared = await compare(deps, request.params.id);
      const { row } = compared;
      return {
        ...{ consignment: String(row.number), state: row.state, version: row.version },
        ...{ connectionId: String(row.carrier_connection_id), accounts: accountsOf(compared) },
      };
    },
  );
  app.post(
    '/api/consignments/:id/carrier',
    {
      config: { access: staff },
      schema: {
        summary: 'Choose another carrier for an open consignment, with the reason; with dryRun only compare',
        ...{ tags, params: ById, body: CarrierChoiceBody, response: { 200: CarrierChosen } },
      },
    },
    async (request, reply) => {
      const compared = await compare(deps, request.params.id);
      return answerOnce(request, reply, deps, async (trx, { command }) => ({
        status: 200,
        body: await choose(trx, compared, request.body, command),
      }));
    },
  );
}

async function orderRow(trx: Tx, id: string): Promise<Row> {
  const order = await lock(trx, 'order', id);
  if (!order) throw notFound('order', id);
  return order;
}

function orderCustoms(app: Api, deps: ApiDeps): void {
  const tags = ['orders'];
  app.get(
    '/api/orders/:id/customs',
    {
      config: { access: staff },
      schema: {
        summary: 'What an order’s customs papers lack, and who let it go without',
        ...{ tags, params: ById, response: { 200: CustomsPapers } },
      },
    },
    async (request) =>
      reading(request, deps, async (trx) => {
        const order = (await trx('orders').where({ id: request.params.id }).first()) as Row | undefined;
        if (!order) throw notFound('order', request.params.id);
        const { missing, release } = await customsPapersOf(trx, order);
        return {
          missing: [...missing],
          release: release && { ...release, missing: [...release.missing], at: release.at.toISOString() },
        };
      }),
  );
  app.post(
    '/api/orders/:id/customs-release',
    {
      config: { access: staff },
      schema: {
        summary: 'Let an order go although its customs papers lack something; covers what is missing now',
        ...{ tags, params: ById, body: ReleaseBody, response: { 200: Done } },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const released = await releaseCustoms(trx, await orderRow(trx, request.params.id), request.body.why, command);
        if (!released.ok) throw new ApiError('NotAllowedInState', released.why);
        return { status: 200, body: { ok: true as const } };
      }),
  );
  app.post(
    '/api/orders/:id/customs-release/withdraw',
    {
      config: { access: staff },
      schema: {
        summary: 'Take a release back: what is missing holds the order up again',
        ...{ tags, params: ById, response: { 200: Done } },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { id } = await orderRow(trx, request.params.id);
        if (!(await withdrawRelease(trx, id, command))) throw notFound('release in force of order', id);
        return { status: 200, body: { ok: true as const } };
      }),
  );
}

/** What people decide about carriers by hand: another account, customs papers that lack something, couriers. */
export function carrierCareRoutes(app: Api, deps: ApiDeps): void {
  consignmentCarriers(app, deps);
  orderCustoms(app, deps);
  app.get(
    '/api/carriers/couriers',
    {
      config: { access: staff },
      schema: {
        summary: 'The latest couriers; those first whose call nobody knows the outcome of',
        ...{ tags: ['carriers'], response: { 200: Couriers } },
      },
    },
    async (request) =>
      reading(request, deps, async (trx) => ({
        rows: (await listCouriers(trx, mostCouriers)).map(({ readyAt, closesAt, ...courier }) => ({
          ...courier,
          ...{ readyAt: readyAt.toISOString(), closesAt: closesAt.toISOString() },
        })),
      })),
  );
}
