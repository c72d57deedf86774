import type { LookupFunction } from 'node:net';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { ConnectorError } from '../errors.ts';
import type { Budget } from './budget.ts';
import type { OutgoingCall } from './client.ts';
import { type CallObservation, type ClosableHttpClient, createHttpClient, type HttpClientOptions } from './policy.ts';
import { httpText, type RawServer, rawServer, type Script } from './raw-server.fixture.ts';
import { publicTargets } from './target.ts';

const open: (RawServer | ClosableHttpClient)[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function serve(script: Script): Promise<RawServer> {
  const server = await rawServer(script);
  open.push(server);
  return server;
}

function client(options: Partial<HttpClientOptions> = {}): ClosableHttpClient {
  const made = createHttpClient({ connectionId: 'c-1', log: pino({ level: 'silent' }), ...options });
  open.push(made);
  return made;
}

function call(url: string, more: Partial<OutgoingCall> = {}): OutgoingCall {
  return { method: 'GET', url, operation: 'things.read', effect: false, ...more };
}

const post = { method: 'POST', body: '{"a":1}', operation: 'things.create', effect: true } as const;

async function failure(promise: Promise<unknown>): Promise<ConnectorError> {
  const error = await promise.then(
    (value) => new Error(`no failure but ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConnectorError)) throw error;
  return error;
}

describe('an answer', () => {
  it('comes back as text with lower-case headers, whatever its status below the gateway errors', async () => {
    const server = await serve((socket) => socket.write(httpText(418, { 'X-Thing': 'a' }, 'grüezi')));
    const answer = await client().send(call(server.url));
    expect([answer.status, answer.headers['x-thing'], answer.text]).toEqual([418, 'a', 'grüezi']);
  });

  it('is decompressed, and its size limit counts what comes out', async () => {
    const body = gzipSync('x'.repeat(50_000));
    const server = await serve((socket) => {
      socket.write(`HTTP/1.1 200 X\r\ncontent-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`);
      socket.write(body);
    });
    expect((await client().send(call(server.url))).text).toHaveLength(50_000);
    const error = await failure(client({ maxResponseBytes: 10_000 }).send(call(server.url)));
    expect([error.kind, error.details.code]).toEqual(['Unavailable', 'too_large']);
  });

  it('is decoded by its charset, and as UTF-8 when nobody knows the charset', async () => {
    const server = await serve((socket, _text, index) => {
      const charset = index === 0 ? 'iso-8859-1' : 'martian';
      socket.write(`HTTP/1.1 200 X\r\ncontent-type: text/plain; charset=${charset}\r\ncontent-length: 1\r\n\r\n`);
      socket.write(Buffer.from([index === 0 ? 0xe9 : 0x41]));
    });
    const one = client();
    expect((await one.send(call(server.url))).text).toBe('é');
    expect((await one.send(call(server.url))).text).toBe('A');
  });

  it('leaves its connection open for later calls', async () => {
    const server = await serve((socket) => socket.write(httpText(200, {}, 'ok')));
    const one = client();
    for (let n = 0; n < 8; n += 1) await one.send(call(server.url));
    expect(server.requests).toHaveLength(8);
    // Two, not one: the next call may start before the pool has taken the first connection back.
    expect(server.connections()).toBeLessThanOrEqual(2);
  });
});

describe('a call that certainly never reached the other side is Unavailable, also an effect', () => {
  it('connection refused', async () => {
    const server = await rawServer(() => undefined);
    await server.close();
    const error = await failure(client().send(call(server.url, post)));
    expect([error.kind, error.details.code]).toEqual(['Unavailable', 'connect']);
  });

  it('a name that does not exist', async () => {
    const error = await failure(client().send(call('http://no-such-host.invalid/', post)));
    expect([error.kind, error.details.code]).toEqual(['Unavailable', 'connect']);
  });

  it('TLS that fails, and TLS that never answers', async () => {
    const plain = await serve((socket) => socket.write('nonsense\r\n\r\n'));
    const silent = await serve(() => undefined);
    const secure = (server: RawServer) => server.url.replace('http:', 'https:');
    const rude = client({ timeouts: { connectMs: 300 } });
    for (const server of [plain, silent]) {
      const error = await failure(rude.send(call(secure(server), post)));
      expect([error.kind, error.details.code]).toEqual(['Unavailable', 'connect']);
    }
  });

  it('no connection before the call time-out; it does not go out later either', async () => {
    const server = await serve((socket) => socket.write(httpText(200, {}, 'ok')));
    const known = Promise.withResolvers<void>();
    const lookup: LookupFunction = (_name, _options, found) => {
      void known.promise.then(() => found(null, [{ address: '127.0.0.1', family: 4 }]));
    };
    const slow = client({ connectionsPerOrigin: 1, timeouts: { callMs: 250 }, lookup });
    const url = `http://shop.example:${server.port}`;
    const error = await failure(slow.send(call(`${url}/first`, post)));
    expect([error.kind, error.details.code]).toEqual(['Unavailable', 'call_timeout']);
    known.resolve();
    // One connection serves its calls in order: what was still waiting would go out before the next one.
    const next = () => slow.send(call(`${url}/second`)).then(({ status }) => status, String);
    await expect.poll(next).toBe(200);
    expect(server.requests.filter((text) => text.includes('/first'))).toEqual([]);
  });

  it('given up beforehand', async () => {
    const server = await serve((socket) => socket.write(httpText(200, {}, 'ok')));
    const error = await failure(client().send(call(server.url, { ...post, signal: AbortSignal.abort() })));
    expect([error.kind, error.details.code, server.requests]).toEqual(['Unavailable', 'aborted', []]);
  });
});

describe('a call that may have reached the other side is Unavailable, but OutcomeUnknown when it is an effect', () => {
  const whole = httpText(200, {}, '{"ok":true}');
  const faults: Record<string, { script: Script; code: string; options?: Partial<HttpClientOptions> }> = {
    'connection reset after the request': { script: (socket) => socket.resetAndDestroy(), code: 'broken' },
    'connection closed after the request': { script: (socket) => socket.end(), code: 'broken' },
    'slow headers': {
      script: () => undefined,
      code: 'first_byte_timeout',
      options: { timeouts: { firstByteMs: 150 } },
    },
    'slow drip': {
      script: (socket) => {
        let at = 0;
        const timer = setInterval(() => {
          if (socket.destroyed || at >= whole.length) clearInterval(timer);
          else socket.write(whole.slice(at, ++at));
        }, 100);
      },
      code: 'call_timeout',
      options: { timeouts: { callMs: 2_000 } },
    },
    'cut body': {
      script: (socket) => socket.write(whole.slice(0, -4), () => socket.destroy()),
      code: 'broken',
    },
    'too large by its announced length': {
      script: (socket) => socket.write('HTTP/1.1 200 X\r\ncontent-length: 5000\r\n\r\n'),
      code: 'too_large',
      options: { maxResponseBytes: 1_000 },
    },
    'too large without announcement': {
      script: (socket) => socket.write(`HTTP/1.1 200 X\r\n\r\n${'x'.repeat(5_000)}`),
      code: 'too_large',
      options: { maxResponseBytes: 1_000 },
    },
    'not HTTP': { script: (socket) => socket.write('220 mail.example ESMTP\r\n'), code: 'broken' },
    'unknown encoding': {
      script: (socket) => socket.write(httpText(200, { 'content-encoding': 'snail' }, 'x')),
      code: 'unreadable_encoding',
    },
  };
  for (const [name, { script, code, options }] of Object.entries(faults)) {
    it(name, async () => {
      const server = await serve(script);
      const one = client(options);
      const read = await failure(one.send(call(server.url)));
      const write = await failure(one.send(call(server.url, post)));
      expect([read.kind, read.details.code]).toEqual(['Unavailable', code]);
      expect([write.kind, write.details.code]).toEqual(['OutcomeUnknown', code]);
    });
  }

  it('given up while the answer is awaited, also through the scope', async () => {
    const server = await serve(() => controller.abort());
    const controller = new AbortController();
    const error = await failure(client({ scope: () => ({ signal: controller.signal }) }).send(call(server.url, post)));
    expect([error.kind, error.details.code]).toEqual(['OutcomeUnknown', 'aborted']);
  });

  it('gateway errors, with what they announce', async () => {
    const server = await serve((socket) => socket.write(httpText(503, { 'retry-after': '7' }, '<html>busy</html>')));
    const silences: (number | null)[] = [];
    const note = async (_operation: string, ms: number | null) => {
      silences.push(ms);
      return undefined;
    };
    const one = client({ budget: budget({ penalise: note }) });
    const read = await failure(one.send(call(server.url)));
    const write = await failure(one.send(call(server.url, post)));
    expect([read.kind, read.details.status, read.details.retryAfterMs]).toEqual(['Unavailable', 503, 7_000]);
    expect([write.kind, silences]).toEqual(['OutcomeUnknown', [7_000, 7_000]]);
  });
});

function budget(parts: Partial<Budget>): Budget {
  return { take: async () => undefined, penalise: async () => undefined, ...parts };
}

describe('a throttle', () => {
  const date = 'Sat, 21 Nov 2026 08:00:00 GMT';
  /** `ms` is what was announced, or else what this client takes for it. */
  const forms: Record<string, { headers: Record<string, string>; ms: number; isAbsent?: true }> = {
    seconds: { headers: { 'retry-after': '12' }, ms: 12_000 },
    'fractions of seconds': { headers: { 'retry-after': '0.5' }, ms: 500 },
    'date relative to the answer': { headers: { date, 'retry-after': 'Sat, 21 Nov 2026 08:00:30 GMT' }, ms: 30_000 },
    'date in the past': { headers: { date, 'retry-after': 'Sat, 21 Nov 2026 07:00:00 GMT' }, ms: 0 },
    'date without a Date to compare with': { headers: { 'retry-after': date }, ms: 1_234, isAbsent: true },
    'an absurd time': { headers: { 'retry-after': '99999999' }, ms: 86_400_000 },
    nonsense: { headers: { 'retry-after': 'soon' }, ms: 1_234, isAbsent: true },
    absent: { headers: {}, ms: 1_234, isAbsent: true },
  };
  for (const [name, { headers, ms, isAbsent }] of Object.entries(forms)) {
    it(`429 with Retry-After: ${name}`, async () => {
      const server = await serve((socket) => socket.write(httpText(429, headers, 'slow down')));
      const silences: unknown[] = [];
      const one = client({
        defaultRetryAfterMs: 1_234,
        budget: budget({
          penalise: async (operation, announcedMs) => {
            silences.push([operation, announcedMs]);
            return undefined;
          },
        }),
      });
      const error = await failure(one.send(call(server.url, post)));
      expect([error.kind, error.details.retryAfterMs, silences]).toEqual([
        'RateLimited',
        ms,
        [['things.create', isAbsent ? null : ms]],
      ]);
    });
  }

  it('inside an answer of 200, as the connector declares it', async () => {
    const server = await serve((socket) => socket.write(httpText(200, {}, '{"code":"TOO_FAST","wait":3}')));
    const error = await failure(
      client().send(
        call(server.url, { throttle: (answer) => (answer.text.includes('TOO_FAST') ? { retryAfterMs: 3_000 } : null) }),
      ),
    );
    expect([error.kind, error.details.retryAfterMs]).toEqual(['RateLimited', 3_000]);
  });
});

describe('a budget', () => {
  it('is asked before each call, and its refusal keeps the call back', async () => {
    const server = await serve((socket) => socket.write(httpText(200, {}, 'ok')));
    const asked: unknown[] = [];
    const one = client({
      budget: budget({
        take: async (operation, cost) => {
          asked.push([operation, cost]);
          if (asked.length === 2) throw new ConnectorError('RateLimited', 'full', { retryAfterMs: 9_000 });
        },
      }),
    });
    await one.send(call(server.url, { cost: 4 }));
    const error = await failure(one.send(call(server.url)));
    expect([asked, error.details.retryAfterMs, server.requests.length]).toEqual([
      [
        ['things.read', 4],
        ['things.read', 1],
      ],
      9_000,
      1,
    ]);
  });
});

describe('a redirect', () => {
  it('within the origin is followed for reads only', async () => {
    const server = await serve((socket, text) => {
      if (text.includes('/new')) socket.write(httpText(200, {}, 'here'));
      else socket.write(httpText(301, { location: '/new' }, ''));
    });
    expect((await client().send(call(`${server.url}/old`))).text).toBe('here');
    const error = await failure(client().send(call(`${server.url}/old`, post)));
    expect([error.kind, error.details.code]).toEqual(['Rejected', 'redirect']);
  });

  it('to another origin is refused and named; a circle ends', async () => {
    const elsewhere = await serve((socket) => socket.write(httpText(200, {}, 'secret')));
    const server = await serve((socket, text) => {
      const location = text.includes('/circle') ? '/circle' : elsewhere.url;
      socket.write(httpText(302, { location }, ''));
    });
    const error = await failure(client().send(call(server.url)));
    expect([error.kind, error.details.remedy]).toEqual(['Rejected', expect.stringContaining(elsewhere.url)]);
    expect((await failure(client().send(call(`${server.url}/circle`)))).details.code).toBe('redirect');
    expect(elsewhere.requests).toEqual([]);
  });
});

describe('what is written down', () => {
  it('one log line and one observation per call, without secrets, and the correlation id goes out', async () => {
    const server = await serve((socket, _text, index) => {
      const body = '{"billing":{"first_name":"Sari"},"key":"top-secret-value"}';
      socket.write(httpText(index === 0 ? 200 : 502, {}, body));
    });
    const lines: string[] = [];
    const seen: CallObservation[] = [];
    const one = client({
      log: pino({}, { write: (line: string) => void lines.push(line) }),
      secrets: ['top-secret-value'],
      scope: () => ({ correlationId: 'corr-9', attempt: 2 }),
      onCall: (observation) => seen.push(observation),
    });
    await one.send(call(`${server.url}/a?consumer_secret=cs_abcdefghijk`));
    const error = await failure(one.send(call(`${server.url}/b`, post)));
    const written = lines.map((line): unknown => JSON.parse(line));
    const common = { connectionId: 'c-1', attempt: 2, correlationId: 'corr-9', ms: expect.any(Number) };
    expect(written).toEqual([
      expect.objectContaining({ ...common, operation: 'things.read', status: 200, outcome: 'answered' }),
      expect.objectContaining({ ...common, operation: 'things.create', status: 502, outcome: 'OutcomeUnknown' }),
    ]);
    expect(seen.map(({ outcome, status }) => [outcome, status])).toEqual([
      ['answered', 200],
      ['OutcomeUnknown', 502],
    ]);
    expect(server.requests[0]).toContain('x-correlation-id: corr-9');
    expect(JSON.stringify([lines, error.message, error.details])).not.toMatch(/top-secret|Sari|cs_abc/);
  });
});

describe('an address that is not allowed', () => {
  it('is refused before anything is sent', async () => {
    for (const url of ['ftp://shop.example/', 'http://user@shop.example/', 'no address', 'file:///etc/passwd']) {
      expect((await failure(client().send(call(url)))).kind).toBe('Rejected');
    }
  });

  it('private ones are refused as literals and as what a name turns out to be', async () => {
    const server = await serve((socket) => socket.write(httpText(200, {}, 'inner')));
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const one = client(publicTargets(resolve));
    for (const host of ['127.0.0.1', '[::ffff:7f00:1]', '0x7f.1', 'rebinding.example']) {
      const error = await failure(one.send(call(`http://${host}:${server.port}/`)));
      expect([host, error.kind, error.details.field]).toEqual([host, 'Rejected', 'url']);
    }
    expect(server.requests).toEqual([]);
  });
});
