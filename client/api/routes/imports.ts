import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Tx } from '../../../db/database.ts';
import {
  confirmImport,
  discardImport,
  findImport,
  type ImportRow,
  lockImport,
  readAgain,
} from '../../../db/imports.ts';
import type { Outcome } from '../../../db/imports-preview.ts';
import { importedRows } from '../../../db/imports-queries.ts';
import { beginUndo } from '../../../db/imports-undo.ts';
import { UploadRefused, uploadFile } from '../../../db/imports-upload.ts';
import { readPage } from '../../../db/queries/paging.ts';
import { scopeOf } from '../../../db/users.ts';
import { userOf } from '../auth.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, notFound } from '../errors.ts';
import { type Asked, answerOnce, askedOf } from '../idempotency.ts';
import { errorsFile, templateFile } from '../import-files.ts';
import {
  answered,
  brandOf,
  corrected,
  detailOf,
  inPhase,
  isCorrectable,
  isDiscardable,
  summaries,
} from '../imports.ts';
import { reading } from '../reading.ts';
import { ById } from '../schemas/common.ts';
import {
  ImportAccepted,
  ImportCommand,
  ImportDetail,
  ImportPage,
  ImportPatch,
  ImportRows,
  ImportsQuery,
  RowsQuery,
  TemplateQuery,
  UploadQuery,
} from '../schemas/imports.ts';
import { type Api, everyone } from '../types.ts';

const tags = ['imports'];
const config = { access: everyone };

async function mustFind(trx: Tx, id: string): Promise<ImportRow> {
  const row = await findImport(trx, id);
  if (!row) throw notFound('import', id);
  return row;
}

function readRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/imports',
    {
      config,
      schema: {
        summary: 'Imports of files, newest first',
        tags,
        querystring: ImportsQuery,
        response: { 200: ImportPage },
      },
    },
    async (request) =>
      reading(request, deps, async (trx) => {
        const { brand, ...paging } = request.query;
        const sorting = { table: 'imports', alias: 'i', column: 'uploaded_at', direction: 'desc' } as const;
        const all = trx('imports as i')
          .select('i.*')
          .modify((query) => {
            if (brand) query.where('i.brand_id', brand);
          });
        const { items, next, total } = await readPage<ImportRow>(all, sorting, paging);
        return { rows: await summaries(trx, items), next, total };
      }),
  );

  app.get(
    '/api/imports/template.csv',
    {
      config,
      schema: {
        summary: 'A file to fill in, with the columns that the brand used last',
        tags,
        querystring: TemplateQuery,
      },
    },
    async (request, reply) => {
      const text = await reading(request, deps, async (trx, user) => {
        const brand = await brandOf(trx, user, request.query.brand);
        const { currency } = await trx('brands').where({ id: brand.id }).first('currency');
        const last = await trx('imports')
          .where({ brand_id: brand.id, kind: 'products', phase: 'done' })
          .orderBy('finished_at', 'desc')
          .first('mapping');
        const headers = ((last?.mapping ?? []) as ImportRow['mapping'])
          .filter(({ field }) => field !== null)
          .map(({ header }) => header);
        return templateFile(headers, currency);
      });
      return sendFile(reply, 'template.csv').send(text);
    },
  );

  app.get(
    '/api/imports/:id',
    {
      config,
      schema: {
        summary: 'One import: counts, encodings, mapping, questions',
        tags,
        params: ById,
        response: { 200: ImportDetail },
      },
    },
    async (request) => reading(request, deps, async (trx) => detailOf(trx, await mustFind(trx, request.params.id))),
  );

  app.get(
    '/api/imports/:id/rows',
    {
      config,
      schema: {
        summary: 'Rows of an import with what they change and what was found',
        tags,
        params: ById,
        querystring: RowsQuery,
        response: { 200: ImportRows },
      },
    },
    async (request) =>
      reading(request, deps, async (trx) => {
        const { id: importId } = request.params;
        await mustFind(trx, importId);
        const { outcome, findings = false, after = 0, limit } = request.query;
        const outcomes = (outcome?.split(',') ?? []) as Outcome[];
        const rows = await importedRows(trx, { importId, outcomes, withFindings: findings, after, limit });
        const shown = rows.map(({ byteFrom: _from, byteLength: _length, ...row }) => ({
          ...row,
          kept: [...row.kept],
          findings: row.findings.map((finding) => ({ ...finding })),
        }));
        return { rows: shown, next: rows.length < limit ? null : (rows.at(-1)?.rowNumber ?? null) };
      }),
  );

  app.get(
    '/api/imports/:id/errors.csv',
    { config, schema: { summary: 'Everything that was not taken over, with its original bytes', tags, params: ById } },
    async (request, reply) => {
      const row = await reading(request, deps, (trx) => mustFind(trx, request.params.id));
      const name = `${row.file_name.replace(/\.[^.]*$/, '')}-errors.csv`;
      return sendFile(reply, name).send(errorsFile(deps.db, scopeOf(userOf(request)), row.id));
    },
  );
}

const sendFile = (reply: FastifyReply, name: string): FastifyReply =>
  reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name.replaceAll(/[^A-Za-z0-9._-]+/g, '_')}"`);

/** Takes a file as it comes. The same Idempotency-Key again answers with the import that it became. */
async function upload(request: FastifyRequest<{ Querystring: { brand?: string; fileName?: string } }>, deps: ApiDeps) {
  const { user, command } = await askedOf(request, deps);
  const brand = await reading(request, deps, (trx) => brandOf(trx, user, request.query.brand));
  const { body } = request;
  if (!(body instanceof Readable)) {
    throw new ApiError('WrongContentType', 'This endpoint takes a file: text/csv or application/octet-stream.');
  }
  const known = await deps.db.tx(scopeOf(user), (trx) =>
    trx('imports').where({ command_id: command.commandId }).first('id', 'phase'),
  );
  if (known) return { id: known.id as string, phase: known.phase as string };
  const id = deps.newId();
  const fileName = request.query.fileName ?? 'products.csv';
  try {
    await uploadFile(deps.db, { id, brandId: brand.id, fileName, body }, command);
  } catch (error) {
    if (error instanceof UploadRefused) throw new ApiError('InvalidInput', error.message, { remedy: error.remedy });
    throw error;
  }
  const row = await deps.db.tx(scopeOf(user), (trx) => mustFind(trx, id));
  return { id, phase: row.phase };
}

function uploadRoute(app: Api, deps: ApiDeps): void {
  app.register((routes: Api, _options, done) => {
    // The bytes are passed on as they come: a file is larger than memory should be.
    routes.addContentTypeParser(['text/csv', 'text/plain', 'application/octet-stream'], (_request, payload, parsed) =>
      parsed(null, payload),
    );
    routes.post(
      '/api/imports',
      {
        config,
        schema: {
          summary:
            'Send a file of products; the body is the file (text/csv or application/octet-stream, at most 300 MiB)',
          tags,
          querystring: UploadQuery,
          response: { 201: ImportAccepted },
        },
      },
      async (request, reply) => reply.code(201).send(await upload(request, deps)),
    );
    done();
  });
}

function commandRoutes(app: Api, deps: ApiDeps): void {
  const change = (
    request: FastifyRequest<{ Params: { id: string } }>,
    reply: FastifyReply,
    work: (trx: Tx, row: ImportRow, asked: Asked) => Promise<string>,
  ) =>
    answerOnce(request, reply, deps, async (trx, asked) => {
      const row = await lockImport(trx, request.params.id);
      if (!row) throw notFound('import', request.params.id);
      const id = await work(trx, row, asked);
      const { phase } = await mustFind(trx, id);
      return { status: 200, body: { id, phase } };
    });

  app.patch(
    '/api/imports/:id',
    {
      config,
      schema: {
        summary: 'Correct what columns mean, answer questions; the file is read again',
        tags,
        params: ById,
        body: ImportPatch,
        response: { 200: ImportAccepted },
      },
    },
    async (request, reply) =>
      change(request, reply, async (trx, row, { command }) => {
        inPhase(row, isCorrectable(row), 'corrected');
        const { mapping, answers } = request.body;
        const changes = {
          ...(mapping ? { mapping: corrected(row, mapping) } : {}),
          ...(answers ? { answers: answered(row, answers) } : {}),
        };
        await readAgain(trx, row, changes, command);
        return row.id;
      }),
  );

  const post = (
    name: string,
    summary: string,
    work: (trx: Tx, row: ImportRow, asked: Asked) => Promise<string>,
  ): void => {
    app.post(
      `/api/imports/:id/${name}`,
      { config, schema: { summary, tags, params: ById, body: ImportCommand, response: { 200: ImportAccepted } } },
      async (request, reply) => change(request as FastifyRequest<{ Params: { id: string } }>, reply, work),
    );
  };
  post('confirm', 'Apply what the preview shows', async (trx, row, { command }) => {
    inPhase(row, row.phase === 'preview', 'confirmed');
    await confirmImport(trx, row, command);
    return row.id;
  });
  post('discard', 'Give a preview up; nothing of it was written', async (trx, row, { command }) => {
    inPhase(row, isDiscardable(row), 'discarded');
    await discardImport(trx, row.id, command);
    return row.id;
  });
  post(
    'undo',
    'Plan the undo of an applied import: a new import with a preview of its own',
    async (trx, row, { command }) => {
      inPhase(row, row.phase === 'done', 'undone');
      const id = deps.newId();
      await beginUndo(trx, row, id, command);
      return id;
    },
  );
}

/** Files of brands: sent, corrected, confirmed, undone. */
export function importRoutes(app: Api, deps: ApiDeps): void {
  readRoutes(app, deps);
  uploadRoute(app, deps);
  commandRoutes(app, deps);
}
