import { createServer } from 'node:net';
import { errorCode, SetupFault } from './fault.ts';

const localHost = '127.0.0.1';
const blockTries = 50;
/** Of them in the process's own part. */
const ownTries = 20;
/** Above the usual services, below the range from which systems take ports for outgoing connections. */
const blockRange = { first: 12_000, last: 31_000 };
/** Each process looks in a part of its own first: two that look at the same time do not find the same ports. */
const partPorts = 304;
const parts = Math.floor((blockRange.last - blockRange.first) / partPorts);

/** True when nobody listens on the port of this machine. */
export async function isPortFree(port: number, host = localHost): Promise<boolean> {
  return (await listenOnce(port, host)) !== null;
}

/**
 * A port that is free now, below those that outgoing connections are given: until a server listens on it, which may take
 * seconds, only another server could take it.
 */
export async function freePort(host = localHost): Promise<number> {
  return freePortBlock(1, host);
}

/** The first port of `count` neighbouring free ones. */
export async function freePortBlock(count: number, host = localHost): Promise<number> {
  for (let attempt = 0; attempt < blockTries; attempt += 1) {
    const own = blockRange.first + (process.pid % parts) * partPorts;
    const [from, to] = attempt < ownTries ? [own, own + partPorts] : [blockRange.first, blockRange.last];
    const first = from + Math.floor(Math.random() * (to - from - count));
    if ((await takenPorts(first, count, host)).length === 0) return first;
  }
  throw new SetupFault(`No ${count} neighbouring ports are free.`, 'stop some of the servers on this machine.');
}

/** Which of `count` neighbouring ports are taken. */
export async function takenPorts(first: number, count: number, host = localHost): Promise<number[]> {
  const ports = Array.from({ length: count }, (_, index) => first + index);
  const free = await Promise.all(ports.map((port) => isPortFree(port, host)));
  return ports.filter((_, index) => free[index] === false);
}

async function listenOnce(port: number, host: string): Promise<number | null> {
  const server = createServer();
  const outcome = await new Promise<number | null>((resolve, reject) => {
    server.once('error', (error) => {
      const code = errorCode(error);
      if (code === 'EADDRINUSE') resolve(null);
      else if (code === 'EACCES')
        reject(new SetupFault(`Port ${port} may not be used by this user.`, 'choose a port above 1023.'));
      else reject(error);
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : null);
    });
  });
  if (outcome !== null) await new Promise((resolve) => server.close(resolve));
  return outcome;
}
