import type { FastifyReply, FastifyRequest } from 'fastify';
import { listConfirmations } from '../../../db/queries/confirmations.ts';
import { readLink } from '../../../mail/links.ts';
import { escapeHtml } from '../../../mail/safe-text.ts';
import { guardText } from '../body-guard.ts';
import { answerByLink, type QuestionView, readQuestion } from '../confirm.ts';
import type { ApiDeps } from '../deps.ts';
import { asApiError } from '../errors.ts';
import { facts, paragraph, sendExpired, sendNotOurs, sendPage } from '../pages.ts';
import { reading } from '../reading.ts';
import { ConfirmationPage, ConfirmationQuery } from '../schemas/brands.ts';
import { type Api, everyone } from '../types.ts';

const longestReason = 1000;
const longestFormBytes = 16 * 1024;

/** Where a confirmation link leads: an open question, or what is said instead. */
type Found = { readonly view: QuestionView } | { readonly send: (reply: FastifyReply) => FastifyReply };

async function questionOf(deps: ApiDeps, token: string): Promise<Found> {
  const now = await deps.clock.now();
  const link = readLink(deps.sealer.mac, 'confirmation', token, now);
  if (!link.ok && link.why === 'not-ours') return { send: sendNotOurs };
  const view = await deps.db.tx('staff', (trx) => readQuestion(trx, link.claims.subject));
  if (!view) return { send: sendNotOurs };
  if (view.confirmation.outcome !== null) return { send: (reply) => sendDecided(reply, view) };
  if (!link.ok) {
    return { send: (reply) => sendExpired(reply, `Order ${view.orderNumber} could be answered until ${view.dueAt}.`) };
  }
  return { view };
}

const outcomes: Readonly<Record<string, string>> = {
  CONFIRMED: 'was confirmed',
  DECLINED: 'was declined',
  OVERDUE: 'was not answered in time; our operations team decides',
  WITHDRAWN: 'was changed or cancelled meanwhile; it needs no answer any more',
};

function sendDecided(reply: FastifyReply, { confirmation, orderNumber }: QuestionView): FastifyReply {
  return sendPage(reply, 409, 'This is decided already', [
    paragraph(`Order ${orderNumber} ${outcomes[confirmation.outcome ?? ''] ?? 'is decided'}.`),
    paragraph('Nothing was changed by opening this page. If that is not what you want, reply to the mail at once.'),
  ]);
}

/** Shows the order with both buttons; opening it decides nothing, because mail programs open links by themselves. */
function sendQuestion(reply: FastifyReply, view: QuestionView, token: string, answer: string): FastifyReply {
  const button = (value: 'confirm' | 'decline', label: string): string =>
    `<button type="submit" name="answer" value="${value}"${answer === value ? ' class="main"' : ''}>${label}</button>`;
  const decline = view.confirmation.on_decline === 'cancel';
  return sendPage(reply, 200, `Can you deliver order ${view.orderNumber}?`, [
    paragraph(`${view.brandName}, please decide with one of the buttons below.`),
    facts(view.facts),
    facts(view.items),
    `<form method="post" action="/confirmations/${escapeHtml(token)}">`,
    '<label for="reason">Reason, if you decline</label>',
    `<textarea id="reason" name="reason" maxlength="${longestReason}"></textarea>`,
    `<div class="buttons">${button('confirm', 'Confirm: we deliver it')}${button('decline', 'Decline')}</div>`,
    '</form>',
    paragraph(
      decline
        ? 'If you decline, we ask the marketplace to cancel the order.'
        : 'If you decline, our operations team gets the order back with your reason.',
      'muted',
    ),
  ]);
}

interface Form {
  readonly answer: 'confirm' | 'decline';
  readonly reason: string | null;
}

/** Reads the posted form; null when it is not one of this page. */
function formOf(body: unknown): Form | null {
  if (!(body instanceof URLSearchParams)) return null;
  const answer = body.get('answer');
  const reason = (body.get('reason') ?? '').trim();
  if ((answer !== 'confirm' && answer !== 'decline') || reason.length > longestReason) return null;
  guardText(reason);
  return { answer, reason: reason === '' ? null : reason };
}

async function decide(deps: ApiDeps, request: FastifyRequest, reply: FastifyReply, token: string) {
  const found = await questionOf(deps, token);
  if ('send' in found) return found.send(reply);
  const form = formOf(request.body);
  if (!form) {
    return sendPage(reply, 400, 'Please decide once more', [
      paragraph(`The form could not be read; a reason may have ${longestReason} characters. Go back and try again.`),
    ]);
  }
  const { confirmation, orderNumber } = found.view;
  const at = await deps.clock.now();
  const outcome = await deps.db.tx('staff', (trx) =>
    answerByLink(trx, { confirmationId: confirmation.id, ...form }, { at, correlationId: request.id }),
  );
  if (outcome.kind === 'decided') {
    const again = await questionOf(deps, token);
    return 'send' in again ? again.send(reply) : sendNotOurs(reply);
  }
  if (outcome.kind === 'blocked') {
    return sendPage(reply, 409, 'Thank you. Our operations team takes it from here', [
      paragraph(`Order ${orderNumber} cannot be approved right now: ${outcome.why}`),
      paragraph('They know that you said yes; you need not do anything.'),
    ]);
  }
  return sendPage(
    reply,
    200,
    form.answer === 'confirm' ? 'Confirmed. Thank you!' : 'Declined. Thank you for telling us',
    [
      paragraph(
        form.answer === 'confirm'
          ? `Order ${orderNumber} goes on; its label comes with one of the next label mails.`
          : `Order ${orderNumber} is not to be delivered. Please do not ship it.`,
      ),
    ],
  );
}

/** The pages behind the links in confirmation mails. Not part of the described API: they answer in HTML. */
function linkRoutes(app: Api, deps: ApiDeps): void {
  app.register((pages: Api, _options, done) => {
    pages.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: longestFormBytes },
      (_request, body, parsed) => parsed(null, new URLSearchParams(String(body))),
    );
    pages.setErrorHandler((error, request, reply) => {
      const shown = asApiError(error);
      if (shown.code === 'Internal') request.log.error({ err: error }, 'page failed');
      return sendPage(reply, shown.status, 'That did not work', [paragraph(shown.message)]);
    });
    const options = { config: { access: 'public' as const }, schema: { hide: true } };
    pages.get('/confirmations/:token', options, async (request, reply) => {
      const { token } = request.params as { token: string };
      const { answer } = request.query as { answer?: unknown };
      const found = await questionOf(deps, token);
      if ('send' in found) return found.send(reply);
      return sendQuestion(reply, found.view, token, answer === 'decline' ? 'decline' : 'confirm');
    });
    pages.post('/confirmations/:token', options, (request, reply) =>
      decide(deps, request, reply, (request.params as { token: string }).token),
    );
    done();
  });
}

/** Questions to brands, and the pages behind their links. */
export function confirmationRoutes(app: Api, deps: ApiDeps): void {
  linkRoutes(app, deps);
  app.get(
    '/api/confirmations',
    {
      config: { access: everyone },
      schema: {
        summary: 'Questions to brands whether they deliver an order, open ones first; decide by the order’s events',
        tags: ['confirmations'],
        querystring: ConfirmationQuery,
        response: { 200: ConfirmationPage },
      },
    },
    async (request) => reading(request, deps, (trx) => listConfirmations(trx, request.query)),
  );
}
