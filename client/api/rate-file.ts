import type { Logger } from 'pino';
import { createHttpClient, publicOnlyLookup } from '../../connectors/transport/index.ts';
import { ApiError } from './errors.ts';

/** The bank's whole history is 8 MB as XML. */
const maxBytes = 8_000_000;

/**
 * Fetches a file of exchange rates from the configured address.
 * @throws ApiError ConnectionTestFailed when it cannot be had
 */
export async function fetchRateFile(
  url: string,
  { allowPrivateTargets, log }: { allowPrivateTargets: boolean; log: Logger },
): Promise<string> {
  const http = createHttpClient({
    connectionId: 'exchange-rates',
    log,
    maxResponseBytes: maxBytes,
    ...(allowPrivateTargets ? {} : { lookup: publicOnlyLookup(), publicTargetsOnly: true }),
  });
  const remedy = 'Import the file by hand, or correct EXCHANGE_RATES_URL.';
  try {
    const answer = await http.send({ method: 'GET', url, operation: 'exchange-rates.fetch', effect: false });
    if (answer.status === 200) return answer.text;
    throw new ApiError('ConnectionTestFailed', `${url} answered ${answer.status}.`, { remedy });
  } catch (cause) {
    if (cause instanceof ApiError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const error = new ApiError('ConnectionTestFailed', `${url} cannot be fetched: ${reason}`, { remedy });
    error.cause = cause;
    throw error;
  } finally {
    await http.close();
  }
}
