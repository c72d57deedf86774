import type { Tx } from '../../../db/database.ts';
import { importEcbFile, listRates, RateRefused, typeRate } from '../../../db/exchange-rates.ts';
import { askForRepricing } from '../../../db/prices-due.ts';
import type { Command } from '../../../db/steps.ts';
import { ecbSource, RateFileRefused } from '../../../pricing/ecb.ts';
import { daysBetween } from '../../../pricing/exchange.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError } from '../errors.ts';
import { answerOnce } from '../idempotency.ts';
import { reading } from '../reading.ts';
import { RateBody, RateImportBody, RateImported, RateList, RateQuery, RateSaved } from '../schemas/prices.ts';
import { type Api, staff } from '../types.ts';

const tags = ['prices'];
/** The bank's whole history is 2 MB. */
const maxFileBytes = 9 * 1024 * 1024;

async function refusing<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RateFileRefused) {
      const { place, why, remedy } = error;
      throw new ApiError('InvalidInput', `The file is refused, ${place}: ${why}`, { remedy, details: { place } });
    }
    if (error instanceof RateRefused) {
      throw new ApiError('InvalidInput', error.message, { remedy: error.remedy, details: { place: error.place } });
    }
    throw error;
  }
}

const everywhere = { connectionId: null, brandId: null } as const;
const reprice = (trx: Tx, source: string, command: Command) =>
  askForRepricing(trx, { cause: 'exchange-rate', source, ...everywhere }, command);

/** Dated exchange rates with their source: read, typed in, imported from the European Central Bank's file. */
export function rateRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/api/exchange-rates',
    {
      config: { access: staff },
      schema: {
        summary: 'The newest rate of each pair of currencies, or all of one pair',
        tags,
        querystring: RateQuery,
        response: { 200: RateList },
      },
    },
    async (request) => {
      const today = (await deps.clock.now()).toISOString().slice(0, 10);
      return reading(request, deps, async (trx) => {
        const rows = await listRates(trx, request.query);
        return {
          rows: rows.map(({ value, enteredAt, ...row }) => ({
            ...row,
            rate: value,
            ageDays: daysBetween(row.date, today),
            enteredAt: enteredAt?.toISOString() ?? null,
          })),
        };
      });
    },
  );

  app.post(
    '/api/exchange-rates',
    {
      config: { access: staff },
      schema: { summary: 'Type a rate in, with its reason', tags, body: RateBody, response: { 201: RateSaved } },
    },
    async (request, reply) =>
      answerOnce(request, reply, deps, async (trx, { command }) => {
        const { rate: value, sure = false, date = command.at.toISOString().slice(0, 10), ...rest } = request.body;
        await refusing(() => typeRate(trx, { ...rest, date, value, sure }, command));
        const repricing = await reprice(trx, `${rest.source}, ${date}, typed in by ${command.actor}`, command);
        return { status: 201, body: { ok: true as const, date, repricing } };
      }),
  );

  app.post(
    '/api/exchange-rates/import',
    {
      bodyLimit: maxFileBytes,
      config: { access: staff },
      schema: {
        summary: 'Take a file of the European Central Bank over, all of it or nothing',
        tags,
        body: RateImportBody,
        response: { 200: RateImported },
      },
    },
    async (request, reply) => {
      const text = request.body.text ?? (await fetched(deps));
      return answerOnce(request, reply, deps, async (trx, { command }) => {
        const report = await refusing(() => importEcbFile(trx, text, command));
        const repricing = report.new > 0 ? await reprice(trx, `${ecbSource}, ${report.newestDay}`, command) : null;
        return { status: 200, body: { ...report, repricing } };
      });
    },
  );
}

async function fetched({ rateFile }: ApiDeps): Promise<string> {
  if (rateFile) return rateFile();
  throw new ApiError('NotConfigured', 'No address of an exchange rate file is configured.', {
    remedy: 'Send the file itself, or set EXCHANGE_RATES_URL.',
  });
}
