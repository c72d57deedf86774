import { type Static, Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { Webhook } from 'standardwebhooks';
import type { WebhookDelivery, WebhookVerdict } from '../../connectors/contract/common.ts';

/** What somebody beside a platform that has no webhooks of its own tells us: which of its things changed, nothing more. */
const Hint = Type.Object({
  type: Type.Union([Type.Literal('order.changed'), Type.Literal('product.changed'), Type.Literal('stock.changed')]),
  data: Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) }),
});
const isHint = TypeCompiler.Compile(Hint);

const resourceOf: Record<Static<typeof Hint>['type'], 'order' | 'product' | 'stock'> = {
  'order.changed': 'order',
  'product.changed': 'product',
  'stock.changed': 'stock',
};

/** Shorter secrets can be guessed. */
export const minSecretLength = 24;

/**
 * Verifies a hint in the form of the Standard Webhooks specification (standardwebhooks.com): headers `webhook-id`,
 * `webhook-timestamp` (epoch seconds, at most five minutes away from now) and `webhook-signature`, several signatures being
 * allowed while a secret is changed. It is how accounts are told of whose platform no webhooks are known.
 */
export function verifyStandardHint({ headers, rawBody }: WebhookDelivery, secret: string): WebhookVerdict {
  let said: unknown;
  try {
    // Bytes: a secret that looks like base64 is still a text to us.
    said = new Webhook(secret, { format: 'raw' }).verify(rawBody, { ...headers });
  } catch (error) {
    return { kind: 'refused', why: error instanceof Error ? error.message : String(error) };
  }
  if (!isHint.Check(said)) {
    const [first] = isHint.Errors(said);
    return { kind: 'refused', why: `the body is no hint: ${first?.path || '/'} ${first?.message ?? ''}`.trim() };
  }
  return {
    kind: 'hint',
    dedupeKey: headers['webhook-id'] ?? '',
    topic: said.type,
    resource: resourceOf[said.type],
    externalId: said.data.id,
  };
}
