import { randomInt } from 'node:crypto';
import { pino } from 'pino';
import type { CarrierConnector } from '../../contract/carrier.ts';
import type { ConnectionReport, ConnectorContext } from '../../contract/common.ts';
import type { MarketplaceConnector } from '../../contract/marketplace.ts';
import { createTurns } from '../../contract/turns.ts';
import { type AnyConnector, connectors, secretsOf } from '../../registry.ts';
import { createHttpClient } from '../../transport/index.ts';
import { NotProvoked } from '../case.ts';
import type { Leftover } from '../cleaning.ts';
import { FaultDials } from '../fault-dials.ts';
import { Haulage, Market } from '../general/far-side.ts';
import type { GeneralContext } from '../general/session.ts';
import { patient, watched } from '../http.ts';
import type { RealServer } from '../store-session.ts';
import type { ConformanceBench, ConformanceSubject } from '../subject.ts';
import { givenCarrierBed } from './carrier-bed.ts';
import { MadeThere } from './made.ts';
import { givenMarketplaceBed } from './marketplace-bed.ts';
import type { GivenAccess, GivenServer, Settings } from './server.ts';

/** What a case is given on a server that somebody else started. */
export interface GivenContext extends GeneralContext {
  readonly mark: string;
  /** A test of the connection with credentials that the server refuses. */
  testWrong(): Promise<ConnectionReport>;
  /** The present connector, whatever its kind. */
  connector(): AnyConnector;
  /** From now on another connector that remembers nothing. */
  reconnect(): void;
}

interface GivenSession extends GivenContext {
  /** Removes what was made, and tells what stays. */
  close(): Promise<readonly Leftover[]>;
}

/** @throws Error where the subject has no way for servers that were given */
export function serverOf({ name, server }: ConformanceSubject): GivenServer {
  if (server === undefined) throw new Error(`${name} is only tested against its own simulator`);
  return server;
}

/**
 * Opens a server that was given: the first of the subject's settings that connects.
 *
 * @throws Error with what stands in the way, where none does
 */
export async function openGiven(
  subject: ConformanceSubject,
  server: RealServer,
  onRenewed: (credentials: unknown) => void = () => undefined,
): Promise<GivenSession> {
  const wire = new GivenWire(subject, server, onRenewed);
  try {
    await wire.choose();
  } catch (error) {
    await wire.close();
    throw error;
  }
  return sessionOn(subject, wire);
}

function sessionOn(subject: ConformanceSubject, wire: GivenWire): GivenSession {
  const dials = new FaultDials(null);
  const given = serverOf(subject);
  const bench: ConformanceBench = {
    simulatorUrl: '',
    reconnect: () => wire.reconnect(),
    close: async () => undefined,
  };
  const both = { bench, dials };
  const { marketplace, carrier } = subject;
  const market = () => {
    if (marketplace === undefined || given.marketplace === undefined) throw new Error('no marketplace is described');
    return new Market(givenMarketplaceBed(marketplace, given.marketplace, wire), bench, dials, wire.mark);
  };
  const haulage = () => {
    if (carrier === undefined || given.carrier === undefined) throw new Error('no carrier is described');
    return new Haulage(givenCarrierBed(carrier, given.carrier, wire), bench, dials, wire.mark);
  };
  const [theMarket, theCarrier] = [once(market), once(haulage)];
  return {
    subject,
    mark: wire.mark,
    calm: async () => both,
    impatient: async () => both,
    apart: (act) => act(bench),
    market: async () => theMarket(),
    carrier: async () => theCarrier(),
    seeded: async () => Promise.reject(new NotProvoked('needs goods and orders that only a simulator can be given')),
    testWrong: () => wire.testWrong(),
    connector: () => wire.connector,
    reconnect: () => wire.reconnect(),
    close: async () => {
      const left = await wire.made.remove(given, wire);
      await wire.close();
      return left;
    },
  };
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Connectors at one account of the server, and what they made there. */
export class GivenWire {
  readonly mark = `TLC-${Math.floor(Date.now() / 1000)}${randomInt(10, 100)}`;
  readonly made = new MadeThere();
  readonly #subject: ConformanceSubject;
  readonly #server: RealServer;
  readonly #onRenewed: (credentials: unknown) => void;
  readonly #http;
  readonly #turns = createTurns();
  #credentials: unknown;
  #settings: Settings = {};
  #connector: AnyConnector | null = null;
  #ctx: ConnectorContext<unknown, unknown> | null = null;

  constructor(subject: ConformanceSubject, server: RealServer, onRenewed: (credentials: unknown) => void) {
    this.#subject = subject;
    this.#server = server;
    this.#onRenewed = onRenewed;
    this.#credentials = server.credentials;
    this.#http = createHttpClient({
      connectionId: this.mark,
      log: pino({ level: 'silent' }),
      secrets: () => secretsOf(this.#credentials),
    });
  }

  get settings(): Settings {
    return this.#settings;
  }

  get connector(): AnyConnector {
    if (this.#connector === null) throw new Error('nothing is connected yet');
    return this.#connector;
  }

  marketplace(): GivenAccess<MarketplaceConnector> {
    const { connector } = this;
    if (connector.kind !== 'marketplace') throw new Error(`${this.#subject.name} is no marketplace`);
    return { connector, ctx: this.#access(), mark: this.mark };
  }

  carrier(): GivenAccess<CarrierConnector> {
    const { connector } = this;
    if (connector.kind !== 'carrier') throw new Error(`${this.#subject.name} is no carrier`);
    return { connector, ctx: this.#access(), mark: this.mark };
  }

  reconnect(): void {
    const ctx = this.#context(this.#settings, () => this.#credentials);
    this.#ctx = { ...ctx, http: patient(ctx.http) };
    this.#connector = watched(this.#create(ctx), (method, input, answer) => this.made.notice(method, input, answer));
  }

  /** Tries the subject's settings one after the other. */
  async choose(): Promise<void> {
    const { url, settings, credentials } = this.#server;
    const given = serverOf(this.#subject);
    const failures: string[] = [];
    for (const tried of given.settingsFor(url, settings, credentials)) {
      this.#settings = tried;
      this.reconnect();
      const report = await this.connector.testConnection();
      if (report.ok) {
        await this.#learn(given);
        return;
      }
      failures.push(...report.findings.filter(({ severity }) => severity === 'error').map(({ what }) => what));
    }
    throw new Error([...new Set(failures)].join('\n'));
  }

  async testWrong(): Promise<ConnectionReport> {
    const wrong = serverOf(this.#subject).wrongCredentials(this.#server.credentials);
    return this.#create(this.#context(this.#settings, () => wrong, false)).testConnection();
  }

  async close(): Promise<void> {
    await this.#http.close();
  }

  async #learn({ carrier }: GivenServer): Promise<void> {
    if (carrier?.learn === undefined) return;
    const request = carrier.request(this.#settings, `${this.mark}-0`, {});
    const learnt = await carrier.learn(this.carrier(), request);
    this.#settings = { ...this.#settings, ...learnt };
    this.reconnect();
  }

  #access(): ConnectorContext<unknown, unknown> {
    if (this.#ctx === null) throw new Error('nothing is connected yet');
    return this.#ctx;
  }

  #create(ctx: ConnectorContext<unknown, unknown>): AnyConnector {
    const entry = connectors[this.#subject.name];
    if (entry === undefined) throw new Error(`the registry has no ${this.#subject.name}`);
    return entry.create(ctx);
  }

  /** `isKept`: renewed credentials are those of the account, and are told to whoever runs the kit. */
  #context(settings: Settings, credentials: () => unknown, isKept = true): ConnectorContext<unknown, unknown> {
    return {
      connectionId: this.mark,
      credentials: credentials(),
      settings,
      http: this.#http,
      clock: { now: async () => new Date() },
      log: pino({ level: 'silent' }),
      exclusively: this.#turns,
      renewCredentials: (refresh) =>
        this.#turns('credentials', async () => {
          const renewed = await refresh(credentials());
          if (isKept && renewed !== this.#credentials) this.#onRenewed(renewed);
          if (isKept) this.#credentials = renewed;
          return renewed;
        }),
    };
  }
}
