/** Looks for the Temporal binary on the PATH, in our cache and where `go install` puts it. */
export function findTemporal(env?: Record<string, string | undefined>): string | null;

/**
 * Finds or fetches the Temporal binary; null when TEMPORAL_ADDRESS makes it unnecessary.
 * @throws Error that names all ways to get it
 */
export function ensureTemporal(options?: {
  log?: (line: string) => void;
  env?: Record<string, string | undefined>;
}): Promise<string | null>;
