/** The queue of the processes themselves and of everything that touches only the database. */
export const orchestrationQueue = 'tradelane';
/** Calls of one account run on a queue of their own, so that a slow account holds up nobody else. */
export const connectionQueue = (connectionId: string): string => `tradelane-connection-${connectionId}`;
/** The signal that says "read your row again"; it carries nothing that could be out of date. */
export const wakeSignal = 'wake';
