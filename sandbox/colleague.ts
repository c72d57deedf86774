import { demoLogIns } from './seed.ts';

interface Listed {
  id: string;
  version: number;
  state: string;
  orderedAt?: string;
}

/** Leaves some of the catalogue for whoever looks at the demo world. */
const productsToApprove = 24;
/** An order that nobody approved is approved by the colleague, so that the world goes on by itself. */
const patienceMs = 3 * 60 * 1000;

/**
 * The colleague in ops that the demo world of `npm start` brings along: approves the first products at the beginning and,
 * after some minutes, orders that nobody else approved. It uses the HTTP API like everybody else.
 */
export function colleagueOf(apiUrl: string) {
  let token: string | null = null;
  let begun = false;
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
    if (!begun) {
      const { rows } = (await call('GET', 'products?limit=100&state=NEW')) as { rows: Listed[] };
      if (rows.length > productsToApprove) await approve('products', rows.slice(0, productsToApprove));
      begun = rows.length > 0;
    }
    const { rows } = (await call('GET', 'orders?limit=50&state=NEW')) as { rows: Listed[] };
    const waiting = rows.filter(({ orderedAt }) => orderedAt && Date.now() - Date.parse(orderedAt) > patienceMs);
    if (waiting.length > 0) await approve('orders', waiting);
  };
}
