import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { isDatabaseAway } from '../../db/database.ts';
import { SealBroken } from '../../db/sealing.ts';
import { StepRefused, type StepResult } from '../../db/steps.ts';

/** Every code that an answer may carry, with its HTTP status. Codes never change their meaning. */
export const errorCodes = {
  InvalidInput: 400,
  InvalidIdempotencyKey: 400,
  NotLoggedIn: 401,
  LoginRefused: 401,
  WebhookRefused: 401,
  Forbidden: 403,
  NotYourEvent: 403,
  NotFound: 404,
  GuardRefused: 409,
  NotAllowedInState: 409,
  VersionConflict: 409,
  IdempotencyKeyReused: 409,
  AlreadyThere: 409,
  InUse: 409,
  BodyTooLarge: 413,
  WrongContentType: 415,
  UnknownEvent: 422,
  ConnectionTestFailed: 422,
  NotConfigured: 422,
  TooManyAttempts: 429,
  Internal: 500,
  TemporalAway: 503,
  DatabaseAway: 503,
  Busy: 503,
} as const;
export type ErrorCode = keyof typeof errorCodes;

export interface ErrorExtras {
  readonly remedy?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Sent as `Retry-After`, in whole seconds. */
  readonly retryAfterSeconds?: number;
}

/** A refusal as the caller sees it. Its message is shown to people: no stack, no SQL, no secret. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly extras: ErrorExtras;

  constructor(code: ErrorCode, message: string, extras: ErrorExtras = {}) {
    super(message);
    this.code = code;
    this.status = errorCodes[code];
    this.extras = extras;
  }
}

export interface ErrorBody {
  error: { code: string; message: string; remedy?: string; details?: Record<string, unknown> };
}

export function errorBody({ code, message, extras }: ApiError): ErrorBody {
  return {
    error: {
      code,
      message,
      ...(extras.remedy === undefined ? {} : { remedy: extras.remedy }),
      ...(extras.details === undefined ? {} : { details: { ...extras.details } }),
    },
  };
}

export function notFound(what: string, id: string): ApiError {
  return new ApiError('NotFound', `There is no ${what} ${id}.`);
}

/** A machine's refusal as an answer. */
export function refusal(result: Extract<StepResult, { ok: false }>): ApiError {
  const details = result.state === null ? {} : { details: { state: result.state, version: result.version } };
  const remedy = result.code === 'VersionConflict' ? { remedy: 'Look at the present version and decide again.' } : {};
  return new ApiError(result.code, result.why, { ...details, ...remedy });
}

/** What PostgreSQL's own refusals mean to a caller. Its messages are never shown: they quote values. */
const databaseRefusals: readonly (readonly [test: RegExp, code: ErrorCode, message: string])[] = [
  [/^22/, 'InvalidInput', 'A value is not one that can be stored.'],
  [/^23505$/, 'AlreadyThere', 'There is one already with the same identity.'],
  [/^23503$/, 'InUse', 'It refers to something that is not there, or something still refers to it.'],
  [/^23/, 'InvalidInput', 'A value is outside of what may be stored.'],
  [/^42501$/, 'Forbidden', 'That is not yours to change.'],
  [/^TL004$/, 'VersionConflict', 'It was changed by somebody else at the same moment.'],
  [/^(40001|40P01|55P03)$/, 'Busy', 'Somebody else is changing the same rows.'],
];

/** Codes of Fastify's own refusals. */
const frameworkRefusals: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['BodyTooLarge', 'The body is larger than this endpoint takes.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['WrongContentType', 'This endpoint takes application/json.'],
};

/** Turns whatever was thrown into what the caller may know. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof StepRefused) return refusal(error.result);
  if (isDatabaseAway(error)) {
    return new ApiError('DatabaseAway', 'The database cannot be reached right now.', { retryAfterSeconds: 5 });
  }
  if (error instanceof SealBroken) {
    return new ApiError('NotConfigured', 'A stored secret cannot be opened with the present master key.', {
      remedy: 'Start with the master key that sealed it, or enter the credentials again.',
    });
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const refused = databaseRefusals.find(([test]) => /^[0-9A-Z]{5}$/.test(code) && test.test(code));
  if (refused) {
    return new ApiError(refused[1], refused[2], refused[1] === 'Busy' ? { retryAfterSeconds: 1 } : {});
  }
  return ofFramework(error, code);
}

function ofFramework(error: unknown, code: string): ApiError {
  const known = frameworkRefusals[code];
  if (known) return new ApiError(known[0], known[1]);
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status >= 400 && status < 500) {
    return new ApiError('InvalidInput', error instanceof Error ? error.message : 'The request cannot be read.');
  }
  return new ApiError('Internal', 'Something went wrong here. It was logged under the correlation id of this answer.');
}

/** The one place where errors become answers. Only what nobody expected is logged as an error, with its stack. */
export function handleError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const shown = asApiError(error);
  if (shown.code === 'Internal') request.log.error({ err: error }, 'request failed');
  else if (shown.status >= 500) request.log.warn({ code: shown.code, reason: error.message }, 'request refused');
  if (shown.extras.retryAfterSeconds !== undefined) reply.header('retry-after', shown.extras.retryAfterSeconds);
  return reply.code(shown.status).type('application/json; charset=utf-8').send(errorBody(shown));
}

/** How often a transaction is begun anew that PostgreSQL ended to break a circle of waiting ones. */
const attempts = 4;

/** Runs a whole transaction, and again when it lost to another one that changes the same rows. */
export async function untilNotBusy<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === attempts || asApiError(error).code !== 'Busy') throw error;
    }
  }
}
