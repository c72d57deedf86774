import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { lookUpMessage } from './lookup.ts';
import { createMailer } from './send.ts';

const id = '<labels.kopi.1@tradelane.invalid>';
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function provider(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`no TCP port: ${address}`);
  return `http://127.0.0.1:${address.port}/log`;
}

const answering =
  (status: number, body: unknown): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

describe('look-up in a provider’s log', () => {
  it('asks for the Message-ID and keeps what the URL says beside it', async () => {
    let asked = '';
    let authorization: string | undefined;
    const url = await provider((request, response) => {
      asked = new URL(request.url ?? '', 'http://x').search;
      authorization = request.headers.authorization;
      answering(200, { messages: [{ messageId: id }] })(request, response);
    });
    const lookupUrl = `${url.replace('http://', 'http://me:p%40w@')}?account=7`;
    const { lookup } = createMailer({ smtpUrl: 'smtp://localhost', from: 'a@b.example', lookupUrl });
    expect(await lookup?.(id)).toBe('accepted');
    expect(new URLSearchParams(asked)).toEqual(new URLSearchParams({ account: '7', messageId: id }));
    expect(Buffer.from(authorization?.replace('Basic ', '') ?? '', 'base64').toString()).toBe('me:p@w');
  });

  it('is absent only when the log answers and has no such message', async () => {
    expect(await lookUpMessage(await provider(answering(200, { messages: [] })), id)).toBe('absent');
    expect(await lookUpMessage(await provider(answering(200, { messages: [{ messageId: '<x@y>' }] })), id)).toBe(
      'absent',
    );
  });

  it('knows nothing when the log is down, answers an error, another shape or no JSON', async () => {
    expect(await lookUpMessage('http://127.0.0.1:1/log', id)).toBeNull();
    expect(await lookUpMessage(await provider(answering(500, { messages: [] })), id)).toBeNull();
    expect(await lookUpMessage(await provider(answering(200, [])), id)).toBeNull();
    expect(await lookUpMessage(await provider((_request, response) => response.end('<html>')), id)).toBeNull();
    expect(await lookUpMessage(await provider((request) => request.socket.destroy()), id)).toBeNull();
  });

  it('is not there without a URL', () => {
    expect(createMailer({ smtpUrl: 'smtp://localhost', from: 'a@b.example' }).lookup).toBeUndefined();
  });
});
