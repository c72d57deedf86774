import { findEdit, listEdits } from '../../../db/edits.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../errors.ts';
import { reading } from '../reading.ts';
import { ById } from '../schemas/common.ts';
import {
  EditAnswer,
  EditBody,
  EditDetail,
  EditList,
  EditListQuery,
  TablePage,
  TableParams,
  TableQuery,
  UndoBody,
} from '../schemas/tables.ts';
import { demandOnce } from '../tables/edit.ts';
import { tableNamed } from '../tables/registry.ts';
import { answerEdit } from '../tables/run.ts';
import { undoRequest } from '../tables/undo.ts';
import { type Api, everyone } from '../types.ts';

const tags = ['tables'];

function readRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/tables/:table',
    {
      config: { access: everyone },
      schema: {
        summary: 'One page of an editable table, paged by key',
        tags,
        params: TableParams,
        querystring: TableQuery,
        response: { 200: TablePage },
      },
    },
    async (request) => {
      const table = tableNamed(request.params.table);
      const at = await deps.clock.now();
      return reading(request, deps, async (trx, user) => {
        const { rows, next, states } = await table.read(trx, request.query, { user, deps, at });
        const wanted = request.query.state?.split(',');
        const total = states
          ? Object.entries(states).reduce((sum, [state, n]) => sum + (wanted?.includes(state) === false ? 0 : n), 0)
          : null;
        return {
          columns: [...table.columns(user)],
          rows: [...rows],
          next,
          total,
          states: states ? { ...states } : null,
        };
      });
    },
  );

  app.get(
    '/api/edits',
    {
      config: { access: everyone },
      schema: {
        summary: 'Edits from tables, newest first',
        tags,
        querystring: EditListQuery,
        response: { 200: EditList },
      },
    },
    async (request) => reading(request, deps, (trx) => listEdits(trx, request.query)),
  );

  app.get(
    '/api/edits/:id',
    {
      config: { access: everyone },
      schema: { summary: 'One edit with its rows and fields', tags, params: ById, response: { 200: EditDetail } },
    },
    async (request) =>
      reading(request, deps, async (trx) => {
        const edit = await findEdit(trx, request.params.id);
        if (!edit) throw notFound('edit', request.params.id);
        return edit;
      }),
  );
}

function commandRoutes(app: Api, deps: ApiDeps): void {
  app.post(
    '/api/tables/:table/edits',
    {
      config: { access: everyone },
      schema: {
        summary: 'Save changed rows; each field is answered',
        tags,
        params: TableParams,
        body: EditBody,
        response: { 200: EditAnswer },
      },
    },
    async (request, reply) => {
      const { dryRun, rows } = request.body;
      demandOnce(rows);
      const table = tableNamed(request.params.table);
      return answerEdit(request, reply, deps, { dryRun, requestOf: async () => ({ table, rows, undoOf: null }) });
    },
  );

  app.post(
    '/api/edits/:id/undo',
    {
      config: { access: everyone },
      schema: {
        summary: 'Take an edit back, as an edit of its own',
        tags,
        params: ById,
        body: UndoBody,
        response: { 200: EditAnswer },
      },
    },
    async (request, reply) =>
      answerEdit(request, reply, deps, {
        dryRun: request.body.dryRun,
        requestOf: (trx, asked) => undoRequest(trx, request.params.id, asked, deps),
      }),
  );
}

/** Editable tables: rows with what can be edited in them, edits with an answer for each field, and undoing. */
export function tableRoutes(app: Api, deps: ApiDeps): void {
  readRoutes(app, deps);
  commandRoutes(app, deps);
}
