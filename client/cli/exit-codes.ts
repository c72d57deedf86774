/** What the process ends with. Scripts may rely on these; `docs/cli.md` lists them. */
export const exitCodes = {
  ok: 0,
  refused: 1,
  usage: 2,
  unreachable: 3,
  notFound: 4,
  notAllowed: 5,
  internal: 70,
  interrupted: 130,
  unread: 141,
} as const;
export type ExitName = keyof typeof exitCodes;

export const exitMeanings: Readonly<Record<ExitName, string>> = {
  ok: 'done',
  refused: 'refused, or a check failed: the output says why',
  usage: 'wrong arguments, input or configuration; nothing was done',
  unreachable: 'the API, the database or Temporal cannot be reached',
  notFound: 'there is no such thing',
  notAllowed: 'not logged in, or not allowed for this person',
  internal: 'a fault of ours, or the set-up failed',
  interrupted: 'interrupted from the keyboard',
  unread: 'whoever read the output stopped reading, as `head` does',
};

export interface FaultExtras {
  readonly remedy?: string;
  /** The API's stable code, where it was the API that refused. */
  readonly code?: string;
  readonly details?: unknown;
}

/** Why a command could not do what it was asked, in words for the person at the terminal. */
export class CliFault extends Error {
  override readonly name = 'CliFault';
  readonly exit: ExitName;
  readonly extras: FaultExtras;

  constructor(exit: ExitName, message: string, extras: FaultExtras = {}) {
    super(message);
    this.exit = exit;
    this.extras = extras;
  }
}
