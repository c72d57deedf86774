import { randomUUID } from 'node:crypto';
import type { ImportDetail, ImportRows } from '../../../client/api/schemas/imports.ts';
import type { DemoWorld } from '../../demo/world.ts';
import { demoLogIns } from '../../seed.ts';
import { until } from '../wait.ts';

/** The brand without a shop, with what it can do by itself over the API. */
export interface BrandClient {
  upload(file: Buffer, name: string): Promise<string>;
  detail(id: string): Promise<ImportDetail>;
  rows(id: string, query: string): Promise<ImportRows>;
  text(path: string): Promise<string>;
  send(method: 'POST' | 'PATCH', path: string, body: unknown): Promise<{ id: string; phase: string }>;
  /** Waits until nothing happens to an import by itself. */
  settled(id: string): Promise<ImportDetail>;
}

const busy = ['uploading', 'reading', 'applying', 'listing'];
const patienceMs = 600_000;

export async function brandClient(demo: DemoWorld): Promise<BrandClient> {
  const base = `${demo.world.urls.apiUrl}/api/`;
  const call = async (
    method: string,
    path: string,
    init: { body?: Buffer | string; type?: string; token?: string },
  ) => {
    const answer = await fetch(base + path, {
      method,
      headers: {
        ...(init.type ? { 'content-type': init.type, 'idempotency-key': randomUUID() } : {}),
        ...(init.token ? { authorization: `Bearer ${init.token}` } : {}),
      },
      ...(init.body === undefined ? {} : { body: new Uint8Array(Buffer.from(init.body as string)) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 300)}`);
    return text;
  };
  const person = demoLogIns.find(({ email }) => email === 'csv@tradelane.test');
  const credentials = JSON.stringify({ email: person?.email, password: person?.password });
  const { token } = JSON.parse(await call('POST', 'session', { body: credentials, type: 'application/json' }));
  const client: BrandClient = {
    async upload(file, name) {
      const text = await call('POST', `imports?fileName=${name}`, { body: file, type: 'text/csv', token });
      return JSON.parse(text).id;
    },
    detail: async (id) => JSON.parse(await call('GET', `imports/${id}`, { token })),
    rows: async (id, query) => JSON.parse(await call('GET', `imports/${id}/rows?${query}`, { token })),
    text: (path) => call('GET', path, { token }),
    send: async (method, path, body) =>
      JSON.parse(await call(method, path, { body: JSON.stringify(body), type: 'application/json', token })),
    settled: (id) =>
      until(
        `import ${id} comes to rest`,
        async () => {
          const detail = await client.detail(id);
          return busy.includes(detail.phase) ? null : detail;
        },
        patienceMs,
      ),
  };
  return client;
}
