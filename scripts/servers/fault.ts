/** Something that the person at the keyboard can mend; printed without a stack. */
export class SetupFault extends Error {
  override readonly name = 'SetupFault';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(`${message}\nRemedy: ${remedy}`);
    this.remedy = remedy;
  }
}

/** The code of a system error such as ENOENT; undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Waits for a technical delay. */
export function sleep(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
