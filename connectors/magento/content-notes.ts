import { Type } from '@sinclair/typebox';
import type { OrderContent } from './order-mapping.ts';
import { check, type MagentoOrder } from './schema.ts';
import { asciiJson } from './stock-notes.ts';

const NOTE = 'Tradelane content ';

const contentSchema = Type.Object({
  currency: Type.String(),
  totalMinor: Type.Integer(),
  shippingMinor: Type.Integer(),
  lines: Type.Array(Type.Object({ sku: Type.String(), quantity: Type.Integer(), totalMinor: Type.Integer() })),
});

/** What a direct order is meant to hold, for a comment in it. In ASCII, as all that must come back as it was. */
export function textOfContent({ lines, ...content }: OrderContent): string {
  return `${NOTE}${asciiJson({ ...content, lines: [...lines].map(([sku, line]) => ({ sku, ...line })) })}`;
}

/** What a direct order was meant to hold, as noted in it; null when the note is gone or changed. */
export function intendedContent(order: MagentoOrder): OrderContent | null {
  for (const { comment } of order.status_histories ?? []) {
    if (comment?.startsWith(NOTE) !== true) continue;
    try {
      const verdict = check(contentSchema, JSON.parse(comment.slice(NOTE.length)));
      if (!verdict.ok) continue;
      const { lines, ...content } = verdict.value;
      return { ...content, lines: new Map(lines.map(({ sku, ...line }) => [sku, line])) };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return null;
}
