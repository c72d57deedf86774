import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunningSimulator } from '../connectors/simulator-kit/index.ts';
import { createDeeplProvider } from './deepl.ts';
import { startDeeplSimulator } from './simulator/index.ts';

const apiKey = 'a-key:fx';
let simulator: RunningSimulator;
beforeAll(async () => {
  simulator = await startDeeplSimulator({ apiKey });
});
afterAll(() => simulator.close());
afterEach(() => control('POST', '/reset'));

const control = async (method: string, path: string, body?: object) => {
  const answer = await fetch(`${simulator.url}/__control${path}`, {
    method,
    ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
};
const providerOf = (key = apiKey, serverUrl = simulator.url) => createDeeplProvider({ apiKey: key, serverUrl });
const english = (...texts: string[]) => ({ texts, from: 'en', to: 'id', format: 'xml' }) as const;

describe('DeepL over HTTP', () => {
  it('translates in order, keeps what is marked, and says what was billed', async () => {
    const answer = await providerOf().translate(english('Soft <keep>Kauri</keep> jumper &amp; belt', 'Red'));
    expect(answer).toEqual({
      texts: ['[ID] Lembut <keep>Kauri</keep> jumper &amp; belt', '[ID] Merah'],
      characters: 31,
    });
    expect(await providerOf().usage()).toEqual({ characters: 31, limit: 500_000 });
  });

  it('keeps the tags of HTML and what is marked in it', async () => {
    const { texts } = await providerOf().translate({
      ...english('<p>Soft <span translate="no">wool</span></p><ul><li>red</li></ul>'),
      to: 'th',
      format: 'html',
    });
    expect(texts).toEqual(['<p>[TH] นุ่ม <span translate="no">wool</span></p><ul><li>สีแดง</li></ul>']);
  });

  it('a wrong key is Unauthorized, with what to do', async () => {
    const refused = providerOf('another-key').translate(english('Red'));
    await expect(refused).rejects.toMatchObject({
      kind: 'Unauthorized',
      details: { remedy: expect.stringContaining('DEEPL_API_KEY') },
    });
  });

  it('used up characters are Rejected: no retry helps', async () => {
    await control('POST', '/limit/3');
    await expect(providerOf().translate(english('Red shirt'))).rejects.toMatchObject({
      kind: 'Rejected',
      details: { status: 456, code: 'QuotaExceeded' },
    });
    expect(await providerOf().usage()).toEqual({ characters: 0, limit: 3 });
  });

  it.each([
    [{ kind: 'throttle', retryAfter: 'absent', seconds: 1 }, 'RateLimited'],
    [{ kind: 'status', status: 503 }, 'Unavailable'],
    [{ kind: 'status', status: 500 }, 'Unavailable'],
    [{ kind: 'html', status: 200 }, 'Unavailable'],
    [{ kind: 'drop' }, 'Unavailable'],
    [{ kind: 'status', status: 400 }, 'Rejected'],
  ] as const)('%j is %s, and the next call is made', async (fault, kind) => {
    await control('POST', '/faults', { fault });
    await expect(providerOf().translate(english('Red'))).rejects.toMatchObject({ name: 'ConnectorError', kind });
    expect((await providerOf().translate(english('Red'))).texts).toEqual(['[ID] Merah']);
  });

  it('a server that is not there is Unavailable', async () => {
    await expect(providerOf(apiKey, 'http://127.0.0.1:1').translate(english('Red'))).rejects.toMatchObject({
      kind: 'Unavailable',
    });
  });

  it('more texts than one call takes, and languages nobody knows, do not leave the house', async () => {
    await expect(providerOf().translate(english(...Array<string>(51).fill('a')))).rejects.toMatchObject({
      kind: 'Rejected',
    });
    await expect(providerOf().translate({ ...english('a'), to: 'xx' })).rejects.toMatchObject({ kind: 'Rejected' });
    expect((await control('GET', '/state')).calls).toEqual([]);
  });
});

describe('the simulator as a server', () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${simulator.url}/v2/translate`, {
      method: 'POST',
      body,
      headers: { authorization: `DeepL-Auth-Key ${apiKey}`, 'content-type': 'application/json', ...headers },
    });

  it.each([
    ['{', 400],
    ['{"text": ["a"]}', 400],
    ['{"text": ["a"], "target_lang": "XX"}', 400],
    ['{"target_lang": "ID"}', 400],
    ['{"text": ["<b>a"], "target_lang": "ID", "tag_handling": "xml"}', 400],
    [JSON.stringify({ text: ['a'.repeat(140_000)], target_lang: 'ID' }), 413],
    ['{"text": ["red"], "target_lang": "ID"}', 200],
  ])('%.60s is answered with %i', async (body, status) => {
    expect((await post(body)).status).toBe(status);
  });

  it('asks for the key in its own form', async () => {
    expect((await post('{"text": ["a"], "target_lang": "ID"}', { authorization: `Bearer ${apiKey}` })).status).toBe(
      403,
    );
    expect(
      (await fetch(`${simulator.url}/v3/none`, { headers: { authorization: `DeepL-Auth-Key ${apiKey}` } })).status,
    ).toBe(404);
  });
});
