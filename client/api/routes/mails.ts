import type { FastifyReply } from 'fastify';
import { findMail, listMails } from '../../../db/queries/logistics.ts';
import type { ApiDeps, MailCatcher } from '../deps.ts';
import { ApiError, notFound } from '../errors.ts';
import { reading } from '../reading.ts';
import { PrintQuery } from '../schemas/brands.ts';
import { ById, ListQuery } from '../schemas/common.ts';
import { CaughtMailDetail, CaughtMailId, CaughtMailPage, MailDetail, MailPage } from '../schemas/operations.ts';
import { type Api, everyone, staff } from '../types.ts';
import { plainName, sendLabels } from './files.ts';

const contentTypes: Readonly<Record<string, string>> = {
  PDF: 'application/pdf',
  PNG: 'image/png',
  ZPL: 'text/plain; charset=utf-8',
  CSV: 'text/csv; charset=utf-8',
};

/** Mail bodies are shown in a frame of their own: no script, no request to anywhere, no access to the page around. */
const mailPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "frame-ancestors 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  'sandbox',
].join('; ');

function sendMailBody(reply: FastifyReply, html: string): FastifyReply {
  return reply
    .header('content-security-policy', mailPolicy)
    .header('x-frame-options', 'SAMEORIGIN')
    .type('text/html; charset=utf-8')
    .send(html);
}

/** Mails to brands, the documents in them, and what the local mail catcher holds. */
export function mailRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/mails',
    {
      config: { access: everyone },
      schema: {
        summary: 'Mails to brands, newest first; state WAITING or SENT',
        tags: ['mails'],
        querystring: ListQuery,
        response: { 200: MailPage },
      },
    },
    async (request) => reading(request, deps, (trx) => listMails(trx, request.query)),
  );

  const mailOf = (request: Parameters<typeof reading>[0], id: string) =>
    reading(request, deps, async (trx) => {
      const mail = await findMail(trx, id);
      if (!mail) throw notFound('mail', id);
      return mail;
    });

  app.get(
    '/api/mails/:id',
    {
      config: { access: everyone },
      schema: { summary: 'One mail with its text', tags: ['mails'], params: ById, response: { 200: MailDetail } },
    },
    async (request) => mailOf(request, request.params.id),
  );

  app.get(
    '/api/mails/:id/body.html',
    {
      config: { access: everyone },
      schema: { summary: 'The mail as its reader sees it, for a frame', tags: ['mails'], params: ById },
    },
    async (request, reply) => sendMailBody(reply, (await mailOf(request, request.params.id)).html),
  );

  app.get(
    '/api/documents/:id',
    {
      config: { access: everyone },
      schema: {
        summary: 'A label or another document, as its bytes; a PDF also on another paper, to print it again',
        tags: ['documents'],
        params: ById,
        querystring: PrintQuery,
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const row = await reading(request, deps, (trx) =>
        trx('documents').where({ id }).first('format', 'file_name', 'bytes', 'sha256'),
      );
      if (!row) throw notFound('document', id);
      const { format, startCell } = request.query;
      if (format && row.format !== 'PDF') {
        throw new ApiError('InvalidInput', `This document is ${row.format}; only PDF can be put on another paper.`);
      }
      if (format) return sendLabels(reply, { pdf: row.bytes, fileName: row.file_name, paper: format, startCell });
      const type = contentTypes[row.format] ?? 'application/octet-stream';
      return reply
        .header('content-disposition', `inline; filename="${plainName(row.file_name)}"`)
        .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'")
        .header('x-frame-options', 'SAMEORIGIN')
        .header('etag', `"${(row.sha256 as Buffer).toString('hex')}"`)
        .type(type)
        .send(row.bytes);
    },
  );
}

function catcherOf({ mailCatcher }: ApiDeps): MailCatcher {
  if (mailCatcher) return mailCatcher;
  throw new ApiError('NotConfigured', 'There is no local mail catcher: mails go to the configured mail server.');
}

/** Mails that the local mail catcher holds: what brands would have received. Only in a local world. */
export function caughtMailRoutes(app: Api, deps: ApiDeps): void {
  const tags = ['mails'];
  app.get(
    '/api/caught-mails',
    {
      config: { access: staff },
      schema: { summary: 'Mails in the local mail catcher', tags, response: { 200: CaughtMailPage } },
    },
    async () => {
      const mails = await catcherOf(deps).list();
      return { rows: mails.map((mail) => ({ ...mail, to: [...mail.to] })) };
    },
  );

  const caughtOf = async (id: string) => {
    const mail = await catcherOf(deps).one(id);
    if (!mail) throw notFound('caught mail', id);
    return { ...mail, to: [...mail.to], attachments: [...mail.attachments] };
  };

  app.get(
    '/api/caught-mails/:id',
    {
      config: { access: staff },
      schema: { summary: 'One caught mail', tags, params: CaughtMailId, response: { 200: CaughtMailDetail } },
    },
    async (request) => caughtOf(request.params.id),
  );

  app.get(
    '/api/caught-mails/:id/body.html',
    {
      config: { access: staff },
      schema: { summary: 'A caught mail as its reader sees it, for a frame', tags, params: CaughtMailId },
    },
    async (request, reply) => {
      const { html, text } = await caughtOf(request.params.id);
      const escaped = (text ?? '').replaceAll('&', '&amp;').replaceAll('<', '&lt;');
      return sendMailBody(reply, html ?? `<pre>${escaped}</pre>`);
    },
  );
}
