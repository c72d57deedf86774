import axios, { AxiosError } from 'axios';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConnectorError } from '../errors.ts';
import { policyAdapter } from './axios.ts';
import { policyFetch } from './fetch.ts';
import { looksLikeHtml, parseJsonAnswer } from './json.ts';
import { type ClosableHttpClient, createHttpClient } from './policy.ts';
import { httpText, type RawServer, rawServer } from './raw-server.fixture.ts';

let server: RawServer;
let client: ClosableHttpClient;
beforeAll(async () => {
  server = await rawServer((socket, text) => {
    if (text.includes('/lost')) socket.resetAndDestroy();
    else if (text.includes('/bad')) socket.write(httpText(400, {}, '{"code":"no"}'));
    else if (text.includes('/empty')) socket.write('HTTP/1.1 204 X\r\n\r\n');
    else socket.write(httpText(200, { 'content-type': 'application/json' }, '{"ok":true}'));
  });
  client = createHttpClient({ connectionId: 'c', log: pino({ level: 'silent' }) });
});
afterAll(async () => {
  await client.close();
  await server.close();
});

const last = () => server.requests.at(-1) ?? '';

describe('policyAdapter', () => {
  const through = (effect: boolean) =>
    axios.create({ adapter: policyAdapter(client, { operation: 'axios.call', effect }) });

  it('carries method, parameters, credentials and body', async () => {
    const { data } = await through(true).post(
      `${server.url}/x`,
      { a: 'ü' },
      { params: { b: 'c d' }, auth: { username: 'u', password: 'p' } },
    );
    expect(data).toEqual({ ok: true });
    expect(last()).toMatch(/^POST \/x\?b=c(%20|\+)d HTTP/);
    expect(last()).toContain('authorization: Basic dTpw');
    expect(last()).toContain('"a":');
  });

  it('turns lost answers into our errors and other statuses into those of axios', async () => {
    const lost = await through(true)
      .post(`${server.url}/lost`, {})
      .catch((error: unknown) => error);
    expect(lost instanceof ConnectorError && lost.kind).toBe('OutcomeUnknown');
    const bad = await through(false)
      .get(`${server.url}/bad`)
      .catch((error: unknown) => error);
    expect(bad instanceof AxiosError && bad.response?.data).toEqual({ code: 'no' });
  });
});

describe('policyFetch', () => {
  it('answers with a Response and throws our errors', async () => {
    const send = policyFetch(client, (request) => ({ operation: 'fetch.call', effect: request.method !== 'GET' }));
    const answer = await send(`${server.url}/x`, { method: 'POST', body: 'hello', headers: { 'x-a': 'b' } });
    expect(await answer.json()).toEqual({ ok: true });
    expect(last()).toContain('x-a: b');
    expect(last().endsWith('hello')).toBe(true);
    expect((await send(`${server.url}/empty`)).status).toBe(204);
    const lost = await send(`${server.url}/lost`).catch((error: unknown) => error);
    expect(lost instanceof ConnectorError && lost.kind).toBe('Unavailable');
  });
});

describe('parseJsonAnswer', () => {
  const read = { operation: 'things.read', effect: false };
  const answer = (text: string, type = 'application/json') => ({
    status: 200,
    headers: { 'content-type': type },
    text,
  });

  it('reads JSON under any content type and behind printed warnings', () => {
    expect(parseJsonAnswer(answer('{"a":1}', 'text/plain'), read)).toEqual({ a: 1 });
    expect(parseJsonAnswer(answer('{"a":1}', 'text/html'), read)).toEqual({ a: 1 });
    const warned = '<br />\n<b>Warning</b>: Undefined index [x] in a.php on line <b>3</b><br />\n[{"a":1}]';
    expect(parseJsonAnswer(answer(warned, 'text/html'), read)).toEqual([{ a: 1 }]);
  });

  it('takes HTML, nothing and cut JSON for no answer', () => {
    const page = '<!DOCTYPE html><html><script>\n{"a":1}\n</script></html>';
    for (const text of [page, '', '[{"id":1},{"id":', 'Error establishing a database connection']) {
      for (const effect of [false, true]) {
        const run = () => parseJsonAnswer(answer(text), { operation: 'x', effect });
        expect(run).toThrow(expect.objectContaining({ kind: effect ? 'OutcomeUnknown' : 'Unavailable' }));
      }
    }
    expect(looksLikeHtml(answer(page))).toBe(true);
  });
});
