import { setTimeout as sleep } from 'node:timers/promises';
import type { Static } from '@sinclair/typebox';
import type { ConnectorContext } from '../contract/common.ts';
import { ConnectorError } from '../errors.ts';
import type { IncomingAnswer } from '../transport/client.ts';
import type { ShopifyCredentials, ShopifySettings } from './credentials.ts';
import { type CallCost, openEnvelope, throttleOf, unreadable, waitMs } from './envelope.ts';
import { type Operation, operations } from './operations.ts';
import { answers, check } from './schema.ts';
import { TokenKeeper } from './tokens.ts';

export type ShopifyContext = ConnectorContext<ShopifyCredentials, ShopifySettings>;
export type OperationKey = keyof typeof operations;
export const DEFAULT_VERSION = '2026-07';

/** One unit of an account's budget. A call costs at most 1,000 points, so at most ten units. */
export const POINTS_PER_UNIT = 100;
/** A bucket that fills up so soon is waited for here; a longer wait is given back to the scheduler. */
const SHORT_WAIT_MS = 2_000;
/** A read that has begun waits so long for its next call, so often: the largest call in the smallest bucket takes 10 s. */
const LONGEST_WAIT_MS = 15_000;
const MOST_WAITS = 8;

/**
 * The Admin GraphQL interface. The requests are our own: the vendor's package takes one fetch for the whole process, so
 * that budget, time-outs and redaction per account could not be applied to it.
 */
export class AdminClient {
  readonly #ctx: ShopifyContext;
  readonly #tokens: TokenKeeper;
  /** Calculated costs by operation, learned from answers: what the next such call will ask for. */
  readonly #points = new Map<string, number>();
  /** Rows of a page that Shopify did not find too dear. */
  readonly #affordable = new Map<OperationKey, number>();
  #bucket: { readonly cost: CallCost; readonly atMs: number } | null = null;
  #isVersionToldOf = false;

  constructor(ctx: ShopifyContext) {
    this.#ctx = ctx;
    this.#tokens = new TokenKeeper(ctx);
  }

  /** What the last answer said of the account's bucket; null before the first one. */
  get lastCost(): CallCost | null {
    return this.#bucket?.cost ?? null;
  }

  /**
   * The data of an answer, checked.
   * @throws ConnectorError by Shopify's refusal; Unavailable (effects: OutcomeUnknown) naming the path that does not fit
   */
  async ask<K extends OperationKey>(
    key: K,
    variables: Readonly<Record<string, unknown>> = {},
  ): Promise<Static<(typeof answers)[K]>> {
    const operation: Operation = operations[key];
    await this.#waitForPoints(operation);
    const token = await this.#tokens.token();
    let answer = await this.#send(operation, variables, token);
    if (answer.status === 401 && this.#tokens.renewable) {
      answer = await this.#send(operation, variables, await this.#tokens.renew(token));
    }
    const { data, cost, withheld } = openEnvelope(answer, operation);
    if (cost !== null) this.#remember(operation, cost);
    this.#watchVersion(answer);
    const verdict = check(answers[key], data);
    if (withheld !== null) {
      this.#ctx.log.warn({ operation: operation.operation, reason: withheld.message }, 'Shopify withholds a part');
    }
    if (verdict.ok) return verdict.value;
    if (withheld !== null) throw withheld;
    throw unreadable(answer, operation, `a body that does not fit (${verdict.problem})`);
  }

  /**
   * A page of a list, smaller where Shopify finds it too dear for one call. What has worked is kept for the next pages.
   *
   * @param size rows at most; `variables` is given how many are asked for
   */
  async askSized<K extends OperationKey>(
    key: K,
    size: number,
    variables: (size: number) => Readonly<Record<string, unknown>>,
  ): Promise<Static<(typeof answers)[K]>> {
    for (let rows = Math.min(size, this.#affordable.get(key) ?? size); ; rows = Math.max(1, Math.floor(rows / 2))) {
      try {
        return await this.ask(key, variables(rows));
      } catch (error) {
        const isTooDear = error instanceof ConnectorError && error.details.code === 'MAX_COST_EXCEEDED';
        if (!isTooDear || rows === 1) throw error;
        this.#affordable.set(key, Math.max(1, Math.floor(rows / 2)));
        this.#ctx.log.info(
          { operation: operations[key].operation, rows },
          'a page was too dear; a smaller one follows',
        );
      }
    }
  }

  /**
   * A further call of a read that has begun. Throttles are waited for here: what was read before would be paid for again,
   * and a page whose calls cost more together than the bucket holds would never be read.
   */
  async askOn<K extends OperationKey>(
    key: K,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<Static<(typeof answers)[K]>> {
    for (let waits = 0; ; waits += 1) {
      try {
        return await this.ask(key, variables);
      } catch (error) {
        if (!(error instanceof ConnectorError) || error.kind !== 'RateLimited' || waits === MOST_WAITS) throw error;
        const { retryAfterMs = SHORT_WAIT_MS } = error.details;
        if (retryAfterMs > LONGEST_WAIT_MS) throw error;
        await sleep(Math.max(250, retryAfterMs));
      }
    }
  }

  /** Further calls about so many things at most, fewer where Shopify finds that too dear. What has worked is kept. */
  async askOnInParts<K extends OperationKey, Id>(
    key: K,
    ids: readonly Id[],
    size: number,
    more: Readonly<Record<string, unknown>>,
  ): Promise<Static<(typeof answers)[K]>[]> {
    const parts: Static<(typeof answers)[K]>[] = [];
    for (let from = 0; from < ids.length; ) {
      const part = ids.slice(from, from + Math.min(size, this.#affordable.get(key) ?? size));
      try {
        parts.push(await this.askOn(key, { ...more, ids: part }));
        from += part.length;
      } catch (error) {
        const isTooDear = error instanceof ConnectorError && error.details.code === 'MAX_COST_EXCEEDED';
        if (!isTooDear || part.length === 1) throw error;
        this.#affordable.set(key, Math.ceil(part.length / 2));
      }
    }
    return parts;
  }

  async #send(operation: Operation, variables: Readonly<Record<string, unknown>>, token: string) {
    const { url, apiVersion = DEFAULT_VERSION } = this.#ctx.settings;
    return this.#ctx.http.send({
      method: 'POST',
      url: `${url.replace(/\/+$/, '')}/admin/api/${apiVersion}/graphql.json`,
      headers: { 'content-type': 'application/json', accept: 'application/json', 'x-shopify-access-token': token },
      body: JSON.stringify({ query: operation.document, variables, operationName: operation.name }),
      operation: operation.operation,
      effect: operation.effect,
      cost: Math.max(1, Math.ceil(this.#pointsOf(operation) / POINTS_PER_UNIT)),
      throttle: throttleOf,
    });
  }

  #pointsOf(operation: Operation): number {
    return this.#points.get(operation.name) ?? operation.expectedPoints;
  }

  /** Shopify turns a call away whose points are not there. It is not sent then; other workers' use shows in answers. */
  async #waitForPoints(operation: Operation): Promise<void> {
    if (this.#bucket === null) return;
    const { cost, atMs } = this.#bucket;
    const restored = ((performance.now() - atMs) / 1000) * cost.restoredPerSecond;
    const availablePoints = Math.min(cost.maximumPoints, cost.availablePoints + restored);
    const points = this.#pointsOf(operation);
    if (points <= availablePoints) return;
    const silenceMs = waitMs({ ...cost, availablePoints }, points);
    if (silenceMs > SHORT_WAIT_MS) {
      throw new ConnectorError('RateLimited', `${operation.operation}: the shop's cost points are used up`, {
        code: 'points',
        retryAfterMs: silenceMs,
      });
    }
    await sleep(silenceMs);
  }

  #remember(operation: Operation, cost: CallCost): void {
    this.#points.set(operation.name, cost.requestedPoints);
    this.#bucket = { cost, atMs: performance.now() };
    const { requestedPoints, actualPoints, availablePoints } = cost;
    this.#ctx.log.debug(
      { operation: operation.operation, requestedPoints, actualPoints, availablePoints },
      'calculated cost',
    );
  }

  #watchVersion({ headers }: IncomingAnswer): void {
    const wanted = this.#ctx.settings.apiVersion ?? DEFAULT_VERSION;
    const served = headers['x-shopify-api-version'] ?? wanted;
    const deprecated = headers['x-shopify-api-deprecated-reason'];
    if (this.#isVersionToldOf || (served === wanted && deprecated === undefined)) return;
    this.#isVersionToldOf = true;
    this.#ctx.log.warn(
      { wanted, served, deprecated },
      'Shopify serves another API version, or will soon drop this one',
    );
  }
}
