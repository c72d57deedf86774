import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Static, TSchema } from '@sinclair/typebox';
import type woocommerce from '@woocommerce/woocommerce-rest-api';
import type { ConnectorContext } from '../contract/common.ts';
import { ConnectorError } from '../errors.ts';
import { policyAdapter } from '../transport/axios.ts';
import type { IncomingAnswer, OutgoingCall } from '../transport/client.ts';
import { looksLikeHtml, parseJsonAnswer, unreadableAnswer } from '../transport/json.ts';
import type { WooCommerceCredentials, WooCommerceSettings } from './credentials.ts';
import { type CallName, refusal } from './errors.ts';
import { check } from './schema.ts';
import { encodeQuery, type Query, queryTexts, signedUrl } from './signer.ts';
import { withoutTrailingHtml } from './text.ts';

// The package is CommonJS and its class the `default` of what it exports; tools disagree on what importing that gives.
const vendorPackage: typeof woocommerce = createRequire(import.meta.url)('@woocommerce/woocommerce-rest-api');
const WooCommerceRestApi = vendorPackage.default;

export type WooCommerceContext = ConnectorContext<WooCommerceCredentials, WooCommerceSettings>;

/** A call of the shop's REST interface. */
export interface WooCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the namespace, without a leading slash: `products/11/variations`. */
  readonly path: string;
  /** `wc-analytics` belongs to WooCommerce itself and takes the same keys. Default `wc/v3`. */
  readonly namespace?: 'wc/v3' | 'wc-analytics';
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly operation: string;
  /** True where a repetition could do something twice. Default false. */
  readonly effect?: boolean;
}

/** One page of a list. */
export interface WooList<Row> {
  readonly rows: Row;
  /** `X-WP-Total`; null where something in front of the shop took the header away. */
  readonly total: number | null;
}

/** A page in place of an answer has few causes, and people can do something about them. */
function readJson(answer: IncomingAnswer, call: CallName): unknown {
  try {
    return parseJsonAnswer({ ...answer, text: withoutTrailingHtml(answer.text) }, call);
  } catch (error) {
    if (!(error instanceof ConnectorError) || !looksLikeHtml(answer)) throw error;
    const remedy =
      'Check the shop address and that permalinks are on (WordPress → Settings → Permalinks), and ask the host whether maintenance or a firewall answers.';
    throw new ConnectorError(error.kind, error.message, { ...error.details, remedy });
  }
}

/**
 * The shop's REST interface, version wc/v3. Over https the vendor's own package makes the requests (Basic, or keys in
 * the query); over http, and where OAuth is asked for, `signer.ts` does. Both go out through the transport policy.
 */
export class WooClient {
  readonly #ctx: WooCommerceContext;
  readonly #baseUrl: string;
  readonly #prefix: string;

  constructor(ctx: WooCommerceContext) {
    this.#ctx = ctx;
    this.#baseUrl = ctx.settings.url.replace(/\/+$/, '');
    this.#prefix = (ctx.settings.apiPrefix ?? 'wp-json').replace(/^\/+|\/+$/g, '');
  }

  /**
   * The answer's body, checked.
   * @throws ConnectorError by the shop's refusal; Unavailable (effects: OutcomeUnknown) naming the path that does not fit
   */
  async ask<S extends TSchema>(call: WooCall, schema: S): Promise<Static<S>> {
    return this.#read(call, await this.#send(call), schema);
  }

  /** One page of a list, with the total that the shop tells. */
  async list<S extends TSchema>(call: WooCall, schema: S): Promise<WooList<Static<S>>> {
    const answer = await this.#send(call);
    const total = Number(answer.headers['x-wp-total'] ?? Number.NaN);
    return { rows: this.#read(call, answer, schema), total: Number.isSafeInteger(total) ? total : null };
  }

  /** `GET /wp-json/`, which needs no key: what the site is and which interfaces it has. */
  async index<S extends TSchema>(schema: S): Promise<Static<S>> {
    const call = { operation: 'site.index', effect: false };
    // Every route of every plugin is listed there: megabytes, of which four names are wanted.
    const url = `${this.#baseUrl}/${this.#prefix}/?_fields=name,url,home,namespaces`;
    const answer = await this.#ctx.http.send({ ...call, method: 'GET', url, headers: { accept: 'application/json' } });
    if (answer.status >= 300) throw refusal(answer, call);
    return this.#read({ ...call, method: 'GET', path: '' }, answer, schema);
  }

  #read<S extends TSchema>(call: WooCall, answer: IncomingAnswer, schema: S): Static<S> {
    const named = { operation: call.operation, effect: call.effect ?? false };
    const verdict = check(schema, readJson(answer, named));
    if (verdict.ok) return verdict.value;
    throw unreadableAnswer(answer, named, `a body that does not fit (${verdict.problem})`);
  }

  async #send(call: WooCall): Promise<IncomingAnswer> {
    const { url, authentication = 'auto' } = this.#ctx.settings;
    // The package knows no namespace but WooCommerce's numbered ones; signed calls are taken over https as well.
    const isNumbered = (call.namespace ?? 'wc/v3') === 'wc/v3';
    const withPackage = isNumbered && url.toLowerCase().startsWith('https:') && authentication !== 'oauth';
    const answer = withPackage ? await this.#sendByPackage(call) : await this.#sendSigned(call);
    if (answer.status >= 300) throw refusal(answer, { operation: call.operation, effect: call.effect ?? false });
    return answer;
  }

  async #sendByPackage(call: WooCall): Promise<IncomingAnswer> {
    const { credentials, settings, http } = this.#ctx;
    let seen: IncomingAnswer | null = null;
    const remembering = {
      send: async (outgoing: OutgoingCall): Promise<IncomingAnswer> => {
        seen = await http.send(outgoing);
        return seen;
      },
    };
    const api = new WooCommerceRestApi({
      url: this.#baseUrl,
      consumerKey: credentials.consumerKey,
      consumerSecret: credentials.consumerSecret,
      wpAPIPrefix: this.#prefix,
      version: 'wc/v3',
      queryStringAuth: settings.authentication === 'query',
      axiosConfig: {
        adapter: policyAdapter(remembering, { operation: call.operation, effect: call.effect ?? false }),
        // Statuses and bodies are judged here: the package would throw errors that hold the keys.
        validateStatus: () => true,
        transformResponse: (data: unknown) => data,
        paramsSerializer: { serialize: (params: Record<string, string>) => encodeQuery(params) },
      },
    });
    const query = queryTexts(call.query ?? {});
    if (call.method === 'GET') await api.get(call.path, query);
    else if (call.method === 'DELETE') await api.delete(call.path, query);
    else if (call.method === 'PUT') await api.put(call.path, call.body ?? {}, query);
    else await api.post(call.path, call.body ?? {}, query);
    if (seen === null) throw new Error('the package answered without sending');
    return seen;
  }

  async #sendSigned(call: WooCall): Promise<IncomingAnswer> {
    const { credentials, clock, http } = this.#ctx;
    const atSeconds = Math.floor((await clock.now()).getTime() / 1000);
    const url = `${this.#baseUrl}/${this.#prefix}/${call.namespace ?? 'wc/v3'}/${call.path}`;
    const request = { method: call.method, url, query: call.query ?? {} };
    return http.send({
      method: call.method,
      url: signedUrl(request, credentials, atSeconds, randomUUID().replaceAll('-', '')),
      operation: call.operation,
      effect: call.effect ?? false,
      headers: {
        accept: 'application/json',
        ...(call.body === undefined ? {} : { 'content-type': 'application/json;charset=utf-8' }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
  }
}
