import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { verifyStandardHint } from './standard-hint.ts';

const secret = 'a-secret-of-more-than-24-characters';
const body = JSON.stringify({ type: 'order.changed', data: { id: 'JD 1/2' } });

interface Parts {
  readonly at?: Date;
  readonly text?: string;
  /** What the signature is made of, where that is something else. */
  readonly signed?: string;
  readonly key?: string;
}

function delivery({ at = new Date(), text = body, signed, key = secret }: Parts = {}) {
  const id = 'd-1';
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(key, { format: 'raw' }).sign(id, at, signed ?? text),
  };
  return { headers, rawBody: Buffer.from(text) };
}

describe('a hint in the standard form', () => {
  it('names what changed, and its copies by the id of the delivery', () => {
    expect(verifyStandardHint(delivery(), secret)).toEqual({
      kind: 'hint',
      dedupeKey: 'd-1',
      topic: 'order.changed',
      resource: 'order',
      externalId: 'JD 1/2',
    });
  });

  it('is believed under an old and a new secret at once', () => {
    const { headers, rawBody } = delivery({ key: 'an-older-secret-of-24-characters' });
    const both = `${headers['webhook-signature']} ${delivery().headers['webhook-signature']}`;
    expect(verifyStandardHint({ headers: { ...headers, 'webhook-signature': both }, rawBody }, secret).kind).toBe(
      'hint',
    );
  });

  it.each([
    ['another secret', delivery({ key: 'another-secret-of-24-characters' })],
    ['a changed body', delivery({ signed: `${body} ` })],
    ['an old time', delivery({ at: new Date(Date.now() - 6 * 60_000) })],
    ['a time to come', delivery({ at: new Date(Date.now() + 6 * 60_000) })],
    ['no headers', { headers: {}, rawBody: Buffer.from(body) }],
    ['no JSON', delivery({ text: 'order 1 changed' })],
    ['an unknown type', delivery({ text: '{"type":"order.eaten","data":{"id":"1"}}' })],
    ['no id', delivery({ text: '{"type":"order.changed","data":{"id":""}}' })],
    ['nothing', delivery({ text: '' })],
  ])('with %s is refused', (_what, given) => {
    expect(verifyStandardHint(given, secret)).toMatchObject({ kind: 'refused' });
  });
});
