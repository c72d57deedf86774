import { pino } from 'pino';
import type { ConnectorContext } from '../contract/common.ts';
import type { StoreConnector } from '../contract/store.ts';
import { createTurns } from '../contract/turns.ts';
import { connectors, secretsOf } from '../registry.ts';
import { type ClosableHttpClient, createHttpClient, type HttpClient } from '../transport/index.ts';
import { noticingDates, patient, patientStore, rewriting, type ServerTime, watchedStore } from './http.ts';
import type { StoreSubject } from './store-subject.ts';

/** Time-outs for faults that never answer: short enough for a test, long enough for a simulator on a busy machine. */
const IMPATIENT = { firstByteMs: 2_500, callMs: 3_000 };

export interface StoreWireOptions {
  readonly target: { readonly url: string; readonly credentials: unknown };
  readonly address: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly mark: string;
  readonly time: ServerTime;
  readonly onRenewed: ((credentials: unknown) => void) | undefined;
  readonly onOrder: (externalId: string) => void;
  readonly isSimulated: boolean;
}

/** The HTTP clients of a run, and connectors on them. */
export class StoreWire {
  readonly #subject: StoreSubject;
  readonly #options: StoreWireOptions;
  readonly #clients: ClosableHttpClient[] = [];
  readonly #calm: HttpClient;
  readonly #impatient: HttpClient;
  readonly #vault: { credentials: unknown; turn: Promise<unknown> };
  /** What the lock between workers is: the connectors of a run are several workers at one account. */
  readonly #exclusively = createTurns();
  #settings: Readonly<Record<string, unknown>>;
  calls = 0;

  constructor(subject: StoreSubject, options: StoreWireOptions) {
    this.#subject = subject;
    this.#options = options;
    this.#settings = options.settings;
    this.#vault = { credentials: options.target.credentials, turn: Promise.resolve() };
    this.#calm = this.#client({});
    this.#impatient = this.#client(IMPATIENT);
  }

  /** Connectors from now on are told this, too. */
  adopt(settings: Readonly<Record<string, unknown>>): void {
    this.#settings = { ...settings, ...this.#settings };
  }

  /** For the test-bed: the same credentials; throttles are waited for. */
  access() {
    return {
      credentials: this.#vault.credentials,
      settings: this.#options.settings,
      http: patient(this.#calm),
      renewCredentials: (refresh: (latest: unknown) => Promise<unknown>) => this.#renew(refresh),
    };
  }

  connect({ credentials, impatient = false }: { credentials?: unknown; impatient?: boolean }): StoreConnector {
    const entry = connectors[this.#subject.name];
    if (entry === undefined) throw new Error(`the registry has no ${this.#subject.name}`);
    const http = impatient ? this.#impatient : this.#calm;
    let own = credentials;
    const ctx: ConnectorContext<unknown, unknown> = {
      connectionId: this.#options.mark,
      credentials: credentials ?? this.#vault.credentials,
      settings: this.#settings,
      http,
      clock: { now: async () => new Date() },
      log: pino({ level: 'silent' }),
      exclusively: this.#exclusively,
      renewCredentials: async (refresh) => {
        if (own === undefined) return this.#renew(refresh);
        own = await refresh(own);
        return own;
      },
    };
    const made = entry.create(ctx);
    if (made.kind !== 'store') throw new Error(`${this.#subject.name} is no store`);
    // Against a simulator a throttle is the case; a real server's is none of the connector's doing.
    const store = this.#subject.wrap?.(made) ?? made;
    const { isSimulated, onOrder } = this.#options;
    return isSimulated ? store : patientStore(watchedStore(store, onOrder));
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await client.close();
  }

  #client(timeouts: { readonly firstByteMs?: number; readonly callMs?: number }): HttpClient {
    const { target, address, mark, time } = this.#options;
    const client = createHttpClient({
      connectionId: mark,
      log: pino({ level: 'silent' }),
      secrets: () => secretsOf(this.#vault.credentials),
      timeouts,
      onCall: () => {
        this.calls += 1;
      },
    });
    this.#clients.push(client);
    return noticingDates(rewriting(client, address, target.url), time);
  }

  /** One refresh after the other, each seeing what the one before stored. */
  #renew(refresh: (latest: unknown) => Promise<unknown>): Promise<unknown> {
    const turn = this.#vault.turn.then(async () => {
      const renewed = await refresh(this.#vault.credentials);
      if (renewed !== this.#vault.credentials) this.#options.onRenewed?.(renewed);
      this.#vault.credentials = renewed;
      return renewed;
    });
    this.#vault.turn = turn.catch(() => undefined);
    return turn;
  }
}
