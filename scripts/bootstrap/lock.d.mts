/** Folder for what survives `node_modules` and is shared by all clones. */
export function cacheDir(env?: Record<string, string | undefined>): string;

/** Runs `work` while holding the lock `name`; waits for another holder and takes over from one that died. */
export function withLock<T>(name: string, onWait: () => void, work: () => Promise<T>): Promise<T>;
