import type { Logger } from 'pino';
import type { HttpClient } from '../transport/client.ts';
import type { Exclusively } from './turns.ts';

/** An exact amount: integer minor units (IDR has none, so 1 = 1 rupiah; AUD 1 = 1 cent) and ISO 4217 currency. */
export interface Money {
  readonly amountMinor: number;
  readonly currency: string;
}

/** Time comes from here everywhere; in simulations it moves only when nothing is left to do. */
export interface Clock {
  now(): Promise<Date>;
}

export interface PostalAddress {
  readonly name: string;
  readonly company: string | null;
  readonly lines: readonly string[];
  readonly city: string;
  /** Province or state as the platform writes it. */
  readonly region: string | null;
  readonly postcode: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly countryCode: string;
  readonly phone: string | null;
  readonly email: string | null;
}

/** What a connector is given. It reads no configuration, no clock and no database by itself. */
export interface ConnectorContext<Credentials, Settings> {
  readonly connectionId: string;
  readonly credentials: Credentials;
  readonly settings: Settings;
  /** Every call goes through this client: time-outs, size limits, budget, redaction, one error taxonomy. */
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** Stores rotated tokens before they are used; runs `refresh` under a lock, so that two workers refresh once. */
  readonly renewCredentials: (refresh: (latest: Credentials) => Promise<Credentials>) => Promise<Credentials>;
  /**
   * One at a time for this account, among all workers: for what the other side cannot compare and set. The wait is
   * bounded; not to be nested. When the way to the lock is lost meanwhile, the work goes on and others may begin.
   * @throws ConnectorError Unavailable `busy`: the turn did not come, nothing was done
   */
  readonly exclusively: Exclusively;
}

export interface ConnectionFinding {
  readonly severity: 'info' | 'warning' | 'error';
  readonly what: string;
  readonly remedy: string;
}

/** The result of a credential test: what works, and for what does not, which permission or setting is missing. */
export interface ConnectionReport {
  readonly ok: boolean;
  /** How the other side names the account (shop name, seller id). */
  readonly account: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly findings: readonly ConnectionFinding[];
  /** Settings whose values the other side names itself, for whoever connects the account. */
  readonly choices?: readonly SettingChoice[];
}

/** What a setting may be, as the account has it: locations, store views, tax classes. */
export interface SettingChoice {
  /** Its name in the connector's settings. */
  readonly setting: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

/** One page of a long read. `next` is an opaque cursor to go on from, null at the end; reading it again is harmless. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
  readonly total: number | null;
}

/** The outcome for one row of a batch; a batch never fails as a whole because of one row. */
export type RowOutcome<Value = undefined> =
  | { readonly ok: true; readonly key: string; readonly value: Value }
  | {
      readonly ok: false;
      readonly key: string;
      readonly retryable: boolean;
      readonly code: string;
      readonly reason: string;
    };

/** A webhook as it arrived. The raw bytes are what the signature covers. */
export interface WebhookDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: Buffer;
}

export type WebhookVerdict =
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'ping' }
  | {
      /** What a shop's owner or a buyer demands by law; it is kept and acted upon, nothing is read again. */
      readonly kind: 'privacy';
      readonly dedupeKey: string;
      readonly topic: string;
      readonly request: 'data' | 'erase-buyer' | 'erase-shop';
      /** Orders that the demand names; empty for a whole shop. */
      readonly externalOrderIds: readonly string[];
    }
  | {
      readonly kind: 'hint';
      /** Equal for copies of one delivery; never the platform's delivery id alone where that repeats. */
      readonly dedupeKey: string;
      readonly topic: string;
      /** What to read again: the webhook is a hint, the truth is fetched. */
      readonly resource: 'order' | 'product' | 'stock' | 'shipment';
      readonly externalId: string;
    };
