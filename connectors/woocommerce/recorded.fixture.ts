import { existsSync, readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../../../shared/reference/recorded/woocommerce-11.0.1/', import.meta.url);

/** Why tests over recordings of a real shop cannot run here; null where they can. */
export const noRecordings: string | null = existsSync(folder) ? null : 'no recordings of a real shop on this machine';

/** The exchange of that name, e.g. `046-order-create`. */
export function recorded(name: string): {
  request: Record<string, unknown>;
  response: { status: number; body: unknown };
} {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
}

/** Webhook deliveries as they arrived; their secret is `whsec-example`. */
export function recordedDeliveries(): { name: string; headers: Record<string, string>; rawBody: string }[] {
  return readdirSync(new URL('webhooks/', folder)).map((name) => {
    const { request } = recorded(`webhooks/${name.replace(/\.json$/, '')}`);
    const { headers, rawBody } = request as { headers: Record<string, string>; rawBody: string };
    return { name, headers, rawBody };
  });
}
