import { createServer, type Server, type Socket } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';

/** For tests: mail servers on real sockets. */

/** A mail as a server took it. */
export interface TakenMail {
  from: string;
  to: string[];
  secure: boolean;
  raw: Buffer;
}

/** A mail server that listens. */
export interface TestMailServer {
  /** `host:port`. */
  address: string;
  /** `smtp://host:port`. */
  url: string;
  taken: TakenMail[];
  /** Ends all connections without a word. */
  dropAll(): void;
  close(): Promise<void>;
}

/** An SMTP error with its reply code. */
export const smtpError = (code: number, message: string): Error =>
  Object.assign(new Error(message), { responseCode: code });

/**
 * Starts a mail server without TLS and authentication unless `options` say otherwise.
 * @param beforeAnswer called with every mail that was taken; what it throws becomes the answer
 */
export async function startMailServer(
  options: SMTPServerOptions = {},
  beforeAnswer: (server: TestMailServer) => void | Promise<void> = () => undefined,
): Promise<TestMailServer> {
  const sockets = new Set<Socket>();
  const taken: TakenMail[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    closeTimeout: 100,
    disableReverseLookup: true,
    onData: (stream, session, callback) => {
      take(stream, session)
        .then((mail) => taken.push(mail))
        .then(() => beforeAnswer(running))
        .then(
          () => callback(null),
          (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
        );
    },
    ...options,
  });
  // Clients that go away are what these tests are about.
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const address = await listen(server.server);
  const dropAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  const close = async () => {
    dropAll();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  const running: TestMailServer = { address, url: `smtp://${address}`, taken, dropAll, close };
  return running;
}

/** Starts a server that speaks byte by byte as `converse` wants. */
export async function startRawServer(converse: (socket: Socket) => void): Promise<TestMailServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    converse(socket);
  });
  const address = await listen(server);
  const dropAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  const close = async () => {
    dropAll();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { address, url: `smtp://${address}`, taken: [], dropAll, close };
}

/** Answers each line of a client by the first rule that fits; `null` ends the connection. */
export function answerLines(socket: Socket, rules: ReadonlyArray<readonly [RegExp, string | null]>): void {
  let rest = '';
  socket.on('data', (chunk) => {
    const lines = (rest + chunk.toString('latin1')).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const rule = rules.find(([pattern]) => pattern.test(line));
      if (rule === undefined) continue;
      if (rule[1] === null) socket.destroy();
      else socket.write(`${rule[1]}\r\n`);
    }
  });
}

async function take(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<TakenMail> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const { mailFrom, rcptTo } = session.envelope;
  return {
    from: mailFrom === false ? '' : mailFrom.address,
    to: rcptTo.map(({ address }) => address),
    secure: session.secure,
    raw: Buffer.concat(chunks),
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`no TCP port: ${address}`);
  return `127.0.0.1:${address.port}`;
}
