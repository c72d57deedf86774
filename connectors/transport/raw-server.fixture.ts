import { createServer, type Server, type Socket } from 'node:net';

/** A TCP server that hands each whole request head to a script which does to the socket whatever it likes. */
export interface RawServer {
  readonly url: string;
  readonly port: number;
  /** Everything that arrived, one text per request. */
  readonly requests: string[];
  /** Connections accepted so far. */
  connections(): number;
  close(): Promise<void>;
}

export type Script = (socket: Socket, requestText: string, index: number) => void;

export async function rawServer(script: Script): Promise<RawServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server: Server = createServer((socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A client that gives up resets the connection; that is what many tests are about.
    socket.on('error', () => socket.destroy());
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (text.length < end + 4 + length) return;
      requests.push(text);
      const whole = text;
      text = '';
      script(socket, whole, requests.length - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    requests,
    connections: () => accepted,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** An HTTP/1.1 answer as text. */
export function httpText(status: number, headers: Record<string, string>, body: string): string {
  const all = { 'content-length': String(Buffer.byteLength(body)), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} X\r\n${lines.join('')}\r\n${body}`;
}
