import { findProblem, listProblems, type ProblemItem } from '../../../db/queries/problems.ts';
import { historyOf } from '../../../db/queries/timeline.ts';
import type { Command } from '../../../db/steps.ts';
import { answerBulk, stepsOf } from '../bulk.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, notFound } from '../errors.ts';
import { answerOnce } from '../idempotency.ts';
import { buttonsOf, reading } from '../reading.ts';
import { type Allowed, BulkAnswer, BulkBody, ById, Stepped } from '../schemas/common.ts';
import { ProblemDetail, ProblemEventBody, ProblemPage, ProblemQuery } from '../schemas/operations.ts';
import { stepOrRefuse } from '../stepping.ts';
import { type Api, everyone } from '../types.ts';

const rowOf = ({ summary }: ProblemItem, allowed: Allowed[]) => ({ ...summary, allowed });

/** What an event changes of a problem beside its state. @throws ApiError when a snooze does not say until when. */
function changesOf(type: string, until: string | undefined, { at }: Command): Record<string, Date | null> {
  if (type === 'SNOOZE') {
    const wakes = new Date(until ?? Number.NaN);
    // A day that the month does not have would become the next month's first.
    if (Number.isNaN(wakes.getTime()) || wakes <= at || wakes.getUTCDate() !== Number(until?.slice(8, 10))) {
      throw new ApiError('InvalidInput', 'A snooze says until when: `until` is a time in the future.');
    }
    return { snoozed_until: wakes };
  }
  if (type === 'RESOLVE') return { resolved_at: at, snoozed_until: null };
  return { resolved_at: null, snoozed_until: null };
}

const tags = ['problems'];

function readRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/problems',
    {
      config: { access: everyone },
      schema: { summary: 'Problems, last seen first', tags, querystring: ProblemQuery, response: { 200: ProblemPage } },
    },
    async (request) =>
      reading(request, deps, async (trx, user) => {
        const { items, next, total } = await listProblems(trx, request.query);
        const allowed = await buttonsOf(trx, 'problem', items, user);
        return { rows: items.map((item, index) => rowOf(item, allowed[index] ?? [])), next, total };
      }),
  );

  app.get(
    '/api/problems/:id',
    {
      config: { access: everyone },
      schema: { summary: 'One problem with its history', tags, params: ById, response: { 200: ProblemDetail } },
    },
    async (request) =>
      reading(request, deps, async (trx, user) => {
        const { id } = request.params;
        const item = await findProblem(trx, id);
        if (!item) throw notFound('problem', id);
        const timeline = await historyOf(trx, [{ machine: 'problem', id }]);
        const [allowed = []] = await buttonsOf(trx, 'problem', [item], user);
        return { ...rowOf(item, allowed), timeline };
      }),
  );
}

function commandRoutes(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/problems/:id/events',
    {
      config: { access: everyone },
      schema: {
        summary: 'Send an event to a problem: SNOOZE (with `until`), WAKE, RESOLVE, REOPEN',
        tags,
        params: ById,
        body: ProblemEventBody,
        response: { 200: Stepped },
      },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { type, version: expectedVersion, until } = request.body;
        const changes = changesOf(type, until, command);
        const input = { id: request.params.id, event: type, expectedVersion, changes };
        const { state, version } = await stepOrRefuse(trx, 'problem', input, command);
        return { status: 200, body: { ok: true, state, version } };
      }),
  );

  app.post(
    '/api/problems/bulk',
    {
      config: { access: everyone },
      schema: { summary: 'RESOLVE, WAKE or REOPEN many problems', tags, body: BulkBody, response: { 200: BulkAnswer } },
    },
    async (request, reply) => {
      const { type } = request.body;
      if (type === 'SNOOZE') throw new ApiError('InvalidInput', 'A snooze says until when: send it one by one.');
      const changes = changesOf(type, undefined, {
        commandId: '',
        actor: '',
        role: 'system',
        at: await deps.clock.now(),
      });
      return answerBulk(request, reply, deps, request.body, stepsOf(deps, 'problem', type, changes));
    },
  );
}

/** Problems: what a person should know or do, each with its remedy. */
export function problemRoutes(app: Api, deps: ApiDeps): void {
  readRoutes(app, deps);
  commandRoutes(app, deps);
}
