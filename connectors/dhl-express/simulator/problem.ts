import type { VendorAnswer } from '../../simulator-kit/index.ts';

const TITLES: Readonly<Record<number, [title: string, message: string]>> = {
  400: ['Bad request', 'Bad request'],
  401: ['Unauthorized', 'Invalid Credentials'],
  404: ['Not data found', 'Not data found'],
  405: ['Method Not Allowed', 'Method Not Allowed'],
  422: ['Validation error', 'Unprocessable Entity'],
  429: ['Too Many Requests', 'Too Many Requests'],
  500: ['Internal Server Error', 'Internal Server Error'],
};

/** A refusal inside a handler; becomes an `application/problem+json` answer. */
export class Problem extends Error {
  readonly status: number;
  readonly additionalDetails: readonly string[];
  readonly title: string | undefined;

  constructor(status: number, detail: string, more: { additionalDetails?: readonly string[]; title?: string } = {}) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.additionalDetails = more.additionalDetails ?? [];
    this.title = more.title;
  }
}

/** Problems of a body: one stands in `detail`, several in `additionalDetails`. */
export function validationProblem(problems: readonly string[]): Problem {
  const [first = '', ...others] = problems;
  if (others.length === 0) return new Problem(422, first);
  return new Problem(422, 'Multiple problems found, see Additional Details', { additionalDetails: problems });
}

/** The carrier's error body: all values are strings, and a 500 says `code` where the others say `status`. */
export function problemAnswer(path: string, problem: Problem): VendorAnswer {
  const [title, message] = TITLES[problem.status] ?? ['Error', 'Error'];
  const { additionalDetails } = problem;
  return {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json' },
    body: {
      instance: path.replace(/^\/mydhlapi(\/test)?/, '/expressapi'),
      detail: problem.message,
      title: problem.title ?? title,
      message,
      ...(additionalDetails.length === 0 ? {} : { additionalDetails }),
      [problem.status === 500 ? 'code' : 'status']: String(problem.status),
    },
    // Field paths only: what stands in the fields may be personal.
    summary: `${problem.status}: ${/^(\d+):/.exec(problem.message)?.[1] ?? problem.title ?? title}`,
  };
}
