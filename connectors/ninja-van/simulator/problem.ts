import type { SeededRandom, VendorAnswer } from '../../simulator-kit/index.ts';

/** One thing that is wrong with a body. */
export interface Detail {
  reason: string;
  field: string;
  message: string;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Request Error',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
};

/** A refusal inside a handler; becomes the carrier's error body. The codes are this simulator's own. */
export class Problem extends Error {
  readonly status: number;
  readonly details: readonly Detail[];

  constructor(status: number, message: string, details: readonly Detail[] = []) {
    super(message);
    this.name = 'Problem';
    this.status = status;
    this.details = details;
  }
}

/** The carrier's error body. */
export function problemAnswer(random: SeededRandom, problem: Problem): VendorAnswer {
  const requestId = random.text(32, '0123456789abcdef');
  const { status, message, details } = problem;
  return {
    status,
    body: {
      error: {
        code: `10${status}`,
        request_id: requestId,
        title: TITLES[status] ?? 'Error',
        message,
        details,
      },
    },
    requestId,
    // Fields only: what stands in them may be personal.
    summary: `${status}: ${details.map(({ field }) => field).join(', ') || message}`,
  };
}
