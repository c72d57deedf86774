import { auditPolicy, measureParcel, setAuditPolicy } from '../../../db/freight-audit.ts';
import { takeBill } from '../../../db/freight-bills.ts';
import { listAudits } from '../../../db/queries/freight-audits.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, notFound } from '../errors.ts';
import { answerOnce } from '../idempotency.ts';
import { reading } from '../reading.ts';
import { ById } from '../schemas/common.ts';
import {
  AuditPolicyBody,
  AuditPolicySet,
  AuditQuery,
  BillBody,
  BillTaken,
  FreightAudits,
  Measured,
  MeasurementBody,
} from '../schemas/freight-audit.ts';
import { type Api, adminOnly, staff } from '../types.ts';

function audits(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/freight/audits',
    {
      config: { access: staff },
      schema: {
        summary: 'What carriers charge for consignments, compared with the rate card; the newest 500',
        tags: ['rate cards'],
        querystring: AuditQuery,
        response: { 200: FreightAudits },
      },
    },
    async (request) => {
      const { brand, connection, verdict } = request.query;
      const filter = {
        ...(brand === undefined ? {} : { brandId: brand }),
        ...(connection === undefined ? {} : { connectionId: connection }),
        ...(verdict === undefined ? {} : { verdict }),
      };
      return reading(request, deps, async (trx) => {
        const rows = await listAudits(trx, filter);
        return {
          rows: rows.map((row) => ({ ...row, statements: [...row.statements], findings: [...row.findings] })),
        };
      });
    },
  );
}

function policy(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/connections/:id/freight-audit',
    {
      config: { access: adminOnly },
      schema: {
        summary: 'How freight of this carrier account is compared; what is not named stays as it is',
        tags: ['connections'],
        params: ById,
        body: AuditPolicyBody,
        response: { 200: AuditPolicySet },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { id } = request.params;
        if (!(await trx('connections').where({ id, kind: 'carrier' }).first('id')))
          throw notFound('carrier account', id);
        const before = await auditPolicy(trx, id);
        const {
          askCarrier = before.askCarrier,
          toleranceBasisPoints = before.tolerance.basisPoints,
          toleranceLeastHundredths = before.tolerance.leastHundredths,
        } = request.body;
        const tolerance = { basisPoints: toleranceBasisPoints, leastHundredths: toleranceLeastHundredths };
        await setAuditPolicy(trx, id, { askCarrier, tolerance }, command);
        const body = { ok: true as const, askCarrier, toleranceBasisPoints, toleranceLeastHundredths };
        return { status: 200, body };
      }),
  );
}

function bills(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/freight/bills',
    {
      config: { access: adminOnly },
      schema: {
        summary: 'Take a carrier’s bill as CSV; with dryRun only say what is wrong with it',
        tags: ['rate cards'],
        body: BillBody,
        response: { 200: BillTaken },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx) => {
        const { csv, connectionId, dryRun = false } = request.body;
        const carrier = await trx('connections').where({ id: connectionId, kind: 'carrier' }).first('id');
        if (!carrier) throw notFound('carrier account', connectionId);
        const found = await takeBill(trx, { csv, connectionId, dryRun });
        const body = {
          ok: found.ok,
          dryRun,
          rows: found.rows,
          taken: found.ok ? [...found.taken] : [],
          unknown: found.ok ? [...found.unknown] : [],
          faults: found.ok ? [] : [...found.faults],
        };
        return { status: 200, body };
      }),
  );
}

function measurements(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/parcels/:id/measurement',
    {
      config: { access: staff },
      schema: {
        summary: 'What a parcel weighs and measures; until it is booked this replaces the estimate',
        tags: ['consignments'],
        params: ById,
        body: MeasurementBody,
        response: { 200: Measured },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { id } = request.params;
        const outcome = await measureParcel(trx, id, request.body, command);
        if (outcome.ok) return { status: 200, body: outcome };
        if (outcome.why === 'not-found') throw notFound('parcel', id);
        throw new ApiError('NotAllowedInState', 'The parcel is voided: it is not sent.');
      }),
  );
}

/** What freight really costs: comparisons, their policy, bills, and measured parcels. */
export function freightAuditRoutes(app: Api, deps: ApiDeps): void {
  audits(app, deps);
  policy(app, deps);
  bills(app, deps);
  measurements(app, deps);
}
