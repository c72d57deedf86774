import { demoLogIns } from './seed.ts';

interface Listed {
  id: string;
  version: number;
  state: string;
  orderedAt?: string;
  brand: { code: string };
}

/** Leaves a third of each catalogue for whoever looks at the demo world. */
const shareToApprove = 2 / 3;
/** An order that nobody approved is approved by the colleague, so that the world goes on by itself. */
const patienceMs = 3 * 60 * 1000;

/**
 * The colleague in ops that the demo world of `npm start` brings along: approves most of the products of these brands at the beginning and,
 * after some minutes, orders that nobody else approved. It uses the HTTP API like everybody else.
 */
export function colleagueOf(apiUrl: string, brands: readonly string[]) {
  let token: string | null = null;
  const begun = new Set<string>();
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${apiUrl}/api/${path}`, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.status === 401) token = null;
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}`);
    return response.json();
  };
  const logIn = async (): Promise<void> => {
    if (token) return;
    const ops = demoLogIns.find(({ role }) => role === 'ops');
    token = ((await call('POST', 'session', { email: ops?.email, password: ops?.password })) as { token: string })
      .token;
  };
  const approve = (kind: 'products' | 'orders', rows: readonly Listed[]): Promise<unknown> =>
    call('POST', `${kind}/bulk`, { type: 'APPROVE', items: rows.map(({ id, version }) => ({ id, version })) });

  return async function work(): Promise<void> {
    await logIn();
    if (begun.size < brands.length) {
      const { rows } = (await call('GET', 'products?limit=200&state=NEW')) as { rows: Listed[] };
      for (const brand of brands.filter((code) => !begun.has(code))) {
        const own = rows.filter((row) => row.brand.code === brand);
        if (own.length === 0) continue;
        await approve('products', own.slice(0, Math.floor(own.length * shareToApprove)));
        begun.add(brand);
      }
    }
    const { rows } = (await call('GET', 'orders?limit=50&state=NEW')) as { rows: Listed[] };
    const waiting = rows.filter(({ orderedAt }) => orderedAt && Date.now() - Date.parse(orderedAt) > patienceMs);
    if (waiting.length > 0) await approve('orders', waiting);
  };
}
