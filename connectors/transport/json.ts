import { ConnectorError } from '../errors.ts';
import type { IncomingAnswer, OutgoingCall } from './client.ts';
import { excerpt } from './redact.ts';

/**
 * Reads an answer's text as JSON. HTML, an empty body and cut JSON are an answer that says nothing about what happened,
 * also with status 200. Warnings that a program printed before its JSON are skipped.
 *
 * @throws ConnectorError Unavailable, or OutcomeUnknown for effects
 */
export function parseJsonAnswer(answer: IncomingAnswer, call: Pick<OutgoingCall, 'operation' | 'effect'>): unknown {
  const text = answer.text.trim();
  const whole = tryParse(text);
  if (whole !== undefined) return whole.value;
  for (const start of possibleStarts(text)) {
    const parsed = tryParse(text.slice(start));
    if (parsed !== undefined) return parsed.value;
  }
  throw unreadableAnswer(answer, call, text === '' ? 'an empty body' : looksLikeHtml(answer) ? 'HTML' : 'broken JSON');
}

/** The error for an answer that cannot be understood, so that nobody knows what the other side did. */
export function unreadableAnswer(
  answer: IncomingAnswer,
  call: Pick<OutgoingCall, 'operation' | 'effect'>,
  what: string,
): ConnectorError {
  const kind = call.effect ? 'OutcomeUnknown' : 'Unavailable';
  return new ConnectorError(kind, `${call.operation}: status ${answer.status} with ${what} in place of an answer`, {
    status: answer.status,
    code: 'unreadable_answer',
    bodyExcerpt: excerpt(answer.text),
  });
}

/** True for pages as web servers, firewalls and maintenance modes send them. */
export function looksLikeHtml(answer: IncomingAnswer): boolean {
  if (/^\s*<(?:!doctype\s+html|html|head|body)\b/iu.test(answer.text)) return true;
  return /^text\/html\b/iu.test(answer.headers['content-type'] ?? '') && tryParse(answer.text) === undefined;
}

/** Places behind printed warnings at which JSON may begin: a bracket at the start of a line, or after a tag. */
function possibleStarts(text: string): number[] {
  if (/^<(?:!doctype|html)\b/iu.test(text)) return [];
  return [...text.matchAll(/(?:[\n>])\s*([[{])/gu)].slice(0, 5).map((match) => match.index + match[0].length - 1);
}

function tryParse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
