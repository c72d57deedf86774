import type { FastifyReply } from 'fastify';
import { linkUrlOf } from '../../../config/link-url.ts';
import { readPrints } from '../../../db/label-prints.ts';
import { riseToStaff } from '../../../db/queries/rise.ts';
import { printBatch } from '../../../labels/batch.ts';
import { isPaper, onPaper, type Paper } from '../../../labels/papers.ts';
import { readLink } from '../../../mail/links.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError, asApiError, notFound } from '../errors.ts';
import { paragraph, sendExpired, sendNotOurs, sendPage } from '../pages.ts';
import { reading } from '../reading.ts';
import { ConsignmentPrintQuery } from '../schemas/brands.ts';
import { ById } from '../schemas/common.ts';
import { type Api, everyone } from '../types.ts';

/** A file name that any browser and any header can bear. */
export const plainName = (name: string): string =>
  name.replaceAll(/[^A-Za-z0-9._-]+/g, '_').slice(0, 120) || 'document';

/** A PDF on the paper that was asked for; what to know about it stands in a header. */
export async function sendLabels(
  reply: FastifyReply,
  input: { pdf: Buffer; fileName: string; paper: Paper; startCell: number },
): Promise<FastifyReply> {
  const { pdf, notes } = await onPaper(input.pdf, input.paper, { startCell: input.startCell });
  if (notes.length > 0) reply.header('x-label-notes', notes.join(' ').replaceAll('×', 'x'));
  return reply
    .header('content-disposition', `inline; filename="${plainName(input.fileName)}"`)
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'")
    .header('x-frame-options', 'SAMEORIGIN')
    .type('application/pdf')
    .send(pdf);
}

/** What was asked for cannot be put on paper: said with the text that is at fault. */
export function unprintable(error: unknown): unknown {
  const names = ['UnreadableLabel', 'TextTooLong', 'UnprintableCode'];
  if (!(error instanceof Error && names.includes(error.name))) return error;
  return new ApiError('NotConfigured', `It cannot be printed: ${error.message}`, {
    remedy: 'Mend the named text at the order, or leave that part out with `parts`.',
  });
}

/** Labels by links in mails: signed, until they expire. They answer in HTML when something is wrong. */
function linkRoutes(app: Api, deps: ApiDeps): void {
  app.register((pages: Api, _options, done) => {
    pages.setErrorHandler((error, request, reply) => {
      const shown = asApiError(error);
      if (shown.code === 'Internal') request.log.error({ err: error }, 'file failed');
      return sendPage(reply, shown.status, 'That did not work', [paragraph(shown.message)]);
    });
    pages.get('/files/:token', { config: { access: 'public' }, schema: { hide: true } }, async (request, reply) => {
      const { token } = request.params as { token: string };
      const link = readLink(deps.sealer.mac, 'file', token, await deps.clock.now());
      if (!link.ok && link.why === 'not-ours') return sendNotOurs(reply);
      if (!link.ok) return sendExpired(reply, 'Links to labels work for two weeks.');
      const { subject, detail } = link.claims;
      const row = await deps.db.tx('staff', (trx) =>
        trx('mails')
          .join('documents', 'documents.id', detail === 'zpl' ? 'mails.zpl_document_id' : 'mails.document_id')
          .where('mails.id', subject)
          .first('documents.bytes', 'documents.file_name'),
      );
      if (!row || !(isPaper(detail) || detail === 'zpl')) return sendNotOurs(reply);
      reply.header('cache-control', 'private, no-store').header('x-robots-tag', 'noindex');
      if (detail === 'zpl') {
        const attached = `attachment; filename="${plainName(row.file_name)}"`;
        return reply.header('content-disposition', attached).type('application/octet-stream').send(row.bytes);
      }
      return sendLabels(reply, { pdf: row.bytes, fileName: row.file_name, paper: detail, startCell: 1 });
    });
    done();
  });
}

/** Labels to download: by links in mails, and again for a consignment, which books nothing. */
export function fileRoutes(app: Api, deps: ApiDeps): void {
  linkRoutes(app, deps);
  app.get(
    '/api/consignments/:id/labels.pdf',
    {
      config: { access: everyone },
      schema: {
        summary: 'Print a consignment’s labels and slips again, on any paper; nothing is booked',
        tags: ['consignments'],
        params: ById,
        querystring: ConsignmentPrintQuery,
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { format = 'thermal-100x150', startCell, parts } = request.query;
      const wanted = parts.split(',');
      const { number, prints } = await reading(request, deps, async (trx) => {
        const row = await trx('consignments').where({ id }).first('number');
        if (!row) throw notFound('consignment', id);
        await riseToStaff(trx);
        const read = await readPrints(trx, deps.sealer, {
          consignmentIds: [id],
          parts: {
            carrier: wanted.includes('carrier'),
            ownLabels: wanted.includes('own') ? 'always' : 'never',
            packingSlips: wanted.includes('slips'),
          },
          linkUrl: linkUrlOf(deps.config.api),
        });
        return { number: row.number as string, prints: read };
      });
      const batch = await printBatch({ cover: null, consignments: prints }).catch((error: unknown) => {
        throw unprintable(error);
      });
      if (batch.pages === 0 && batch.zpl) {
        const remedy = 'Send its label to a label printer: it is on the consignment’s page as it came.';
        throw new ApiError('NotFound', `The label of ${number} is ZPL, for label printers only.`, { remedy });
      }
      if (batch.pages === 0) throw new ApiError('NotFound', `${number} has none of these documents yet.`);
      return sendLabels(reply, { pdf: batch.pdf, fileName: `${number}.pdf`, paper: format, startCell });
    },
  );
}
