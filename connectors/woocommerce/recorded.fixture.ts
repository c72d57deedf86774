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

/** All numbered exchanges in the order in which they were made. */
export function recordedExchanges() {
  return readdirSync(folder)
    .filter((name) => /^\d{3}-.*\.json$/.test(name))
    .sort()
    .map((file) => {
      const text = readFileSync(new URL(file, folder), 'utf8');
      const { request, response }: { request: RecordedRequest; response: RecordedResponse } = JSON.parse(text);
      return { name: file.replace(/\.json$/, ''), request, response };
    });
}

interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

interface RecordedResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

/** Webhook deliveries as they arrived; their secret is `whsec-example`. */
export function recordedDeliveries(): { name: string; headers: Record<string, string>; rawBody: string }[] {
  return readdirSync(new URL('webhooks/', folder)).map((name) => {
    const { request } = recorded(`webhooks/${name.replace(/\.json$/, '')}`);
    const { headers, rawBody } = request as { headers: Record<string, string>; rawBody: string };
    return { name, headers, rawBody };
  });
}
