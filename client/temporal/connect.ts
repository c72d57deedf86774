import { Client, Connection } from '@temporalio/client';
import type { NativeConnectionOptions } from '@temporalio/worker';
import type { Settings } from '../../config/load.ts';

/** How every process reaches Temporal: address, TLS and API key as configured. */
export function nativeConnectionOptions(temporal: Settings['temporal'] & { address: string }): NativeConnectionOptions {
  return {
    address: temporal.address,
    ...(temporal.apiKey ? { apiKey: temporal.apiKey } : {}),
    ...(temporal.tls
      ? {
          tls: {
            ...(temporal.tls.caPem ? { serverRootCACertificate: Buffer.from(temporal.tls.caPem) } : {}),
            ...(temporal.tls.certPem && temporal.tls.keyPem
              ? { clientCertPair: { crt: Buffer.from(temporal.tls.certPem), key: Buffer.from(temporal.tls.keyPem) } }
              : {}),
          },
        }
      : {}),
  };
}

/** A client that connects at its first use, so that a process can start while Temporal is away. */
export function openClient(temporal: Settings['temporal'] & { address: string }): Client {
  return new Client({ connection: Connection.lazy(nativeConnectionOptions(temporal)), namespace: temporal.namespace });
}
