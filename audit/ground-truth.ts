import { asLog, sinceReset } from './facts.ts';
import type { GroundTruth, Limits, Source, SourceKind } from './types.ts';

const readTimeoutMs = 30_000;

/** Reads a simulator's truth over its control surface. `url` has no slash at its end. */
export function httpGroundTruth(
  url: string,
  input: { name: string; connectionCode: string | null; kind: SourceKind },
): GroundTruth {
  const read = async (path: string): Promise<unknown> => {
    const answer = await fetch(`${url}/__control/${path}`, { signal: AbortSignal.timeout(readTimeoutMs) });
    if (!answer.ok) throw new Error(`${input.name}: /__control/${path} answered ${answer.status}`);
    return answer.json();
  };
  return {
    ...input,
    readLog: async () => asLog(await read('log'), input.name),
    readState: () => read('state'),
    readLimits: async () => asLimits(await read('limits'), input.name),
  };
}

function asLimits(value: unknown, from: string): Limits | null {
  if (typeof value !== 'object' || value === null) throw new Error(`${from}: the limits cannot be read`);
  const { perSecond, burst } = value as Record<string, unknown>;
  if (perSecond === null || perSecond === undefined) return null;
  if (typeof perSecond !== 'number' || typeof burst !== 'number')
    throw new Error(`${from}: the limits are not numbers`);
  return { perSecond, burst };
}

/**
 * Reads every log before anything else is asked, so that an order that is announced meanwhile is no loss.
 * @throws Error when one cannot be read: an audit without its witnesses says nothing
 */
export async function readSources(sources: readonly GroundTruth[]): Promise<Source[]> {
  return Promise.all(
    sources.map(async (truth) => {
      try {
        const [lines, limits] = await Promise.all([truth.readLog(), truth.readLimits()]);
        const { name, connectionCode, kind } = truth;
        return { name, connectionCode, kind, lines: sinceReset(lines), limits };
      } catch (error) {
        throw new Error(`the log of ${truth.name} cannot be read`, { cause: error });
      }
    }),
  );
}
