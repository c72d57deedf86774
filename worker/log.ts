import { type Logger, pino } from 'pino';

/** Names under which secrets and personal data travel; their values never reach a log. */
const redacted = [
  'password',
  'token',
  'accessToken',
  'refreshToken',
  'consumerSecret',
  'appSecret',
  'apiKey',
  'authorization',
  'credentials',
  'shipTo',
  'email',
  'phone',
];

/** One JSON logger per process, on stderr: stdout carries the line that says "ready". */
export function createLog(name: string, level: string): Logger {
  return pino(
    {
      name,
      level,
      redact: { paths: redacted.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ fd: 2, sync: true }),
  );
}
