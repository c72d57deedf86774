import { randomUUID } from 'node:crypto';
import type { DemoWorld } from '../demo/world.ts';
import { demoLogIns } from '../seed.ts';

/** Posts to the API as an admin, who may do what ops may not. @throws Error with what the API answered */
export type Admin = <Answer>(path: string, body: unknown) => Promise<Answer>;

export async function adminOf(demo: DemoWorld): Promise<Admin> {
  const call = async <Answer>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    const answer = await fetch(`${demo.world.urls.apiUrl}/api/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), ...headers },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 300)}`);
    return JSON.parse(text);
  };
  const admin = demoLogIns.find(({ role }) => role === 'admin');
  const { token } = await call<{ token: string }>('session', { email: admin?.email, password: admin?.password });
  return (path, body) => call(path, body, { authorization: `Bearer ${token}` });
}
