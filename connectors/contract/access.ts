import type { HttpClient } from '../transport/client.ts';
import type { ConnectionFinding } from './common.ts';

type Values = Readonly<Record<string, unknown>>;

/** A way in which somebody lets us into an account, in words for the person who connects it. */
export interface AccessWay {
  /** Lower-case letters and hyphens; unique within the connector. */
  readonly id: string;
  readonly title: string;
  /** Which accounts it is for. */
  readonly when: string;
  /** What to click over there, a step each, with the least rights that are needed. */
  readonly steps: readonly string[];
  /** Names of the credentials that this way needs; all of them. */
  readonly credentials: readonly string[];
  /** Names of credentials that help but may be left empty. */
  readonly optionalCredentials?: readonly string[];
  /** Settings that this way means. */
  readonly settings: Values;
  /** The other side gives the credentials by itself after a person agreed on a page of its own. */
  readonly handOver: boolean;
}

/** What is known when a hand-over begins. */
export interface HandOverBegun {
  readonly settings: Values;
  /** What a person filled in: the credentials that the way names. */
  readonly credentials: Values;
  /** 43 random characters; whatever arrives must bear them. */
  readonly state: string;
}

/** What came back from the other side, not trusted yet. */
export interface HandOverArrival extends HandOverBegun {
  readonly query: URLSearchParams;
  /** Parsed JSON of a post; undefined where a browser brought the arrival. */
  readonly body: unknown;
  readonly now: Date;
}

/** How an account's owner agrees on a page of the platform, which then hands credentials over to us. */
export interface HandOver {
  /** The platform posts keys to us, or sends the owner's browser back with a code. */
  readonly arrival: 'post' | 'redirect';
  /** The page where the owner agrees. @throws ConnectorError Rejected when the settings do not allow one */
  consentUrl(begun: HandOverBegun, ours: { readonly returnUrl: string; readonly callbackUrl: string }): string;
  /**
   * Judges an arrival without calling anybody, and keeps of it what `redeem` needs. It is stored sealed until then.
   * @throws ConnectorError Rejected saying what does not fit
   */
  check(arrival: HandOverArrival): Values;
  /** The credentials to store. Called at most once for a code. @throws ConnectorError */
  redeem(input: {
    readonly http: HttpClient;
    readonly settings: Values;
    readonly credentials: Values;
    readonly received: Values;
    readonly now: Date;
  }): Promise<{ readonly credentials: Values; readonly findings: readonly ConnectionFinding[] }>;
}
