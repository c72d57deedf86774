/** The Node 24 that the project brings along. */
export const nodePath: string;

/**
 * Makes sure that node_modules is what package-lock.json says and that its install scripts did run.
 * @returns true when something was installed
 */
export function ensureInstalled(options?: { log?: (line: string) => void; folder?: string }): Promise<boolean>;

/** Compares npm's record of what it installed with the lock file. Packages for other platforms may be missing. */
export function matchesLock(folder: string): boolean;
