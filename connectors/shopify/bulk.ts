import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Static } from '@sinclair/typebox';
import { Type } from '@sinclair/typebox';
import { ConnectorError } from '../errors.ts';
import { FileReader } from './bulk-file.ts';
import type { AdminClient, ShopifyContext } from './client.ts';
import { userRefusal } from './envelope.ts';
import { operations } from './operations.ts';
import { CATALOGUE_QUERY, PRICES_MUTATION } from './operations-bulk.ts';
import { check } from './schema.ts';
import type { BulkState } from './schema-bulk.ts';
import { pricesWritten } from './schema-writing.ts';

/** One asking waits so long in all, then the caller gets the turn. */
const WAITS_MS = [100, 250, 500, 1_000, 2_000, 4_000, 5_000, 5_000];
/** How often a write in bulk is waited for: about ten minutes. */
const MAX_WRITE_ROUNDS = 32;
/** Lines of one uploaded file; Shopify takes 100 MB, the transport 20. */
const LINES_PER_FILE = 5_000;
const OPEN_STATES = new Set(['CREATED', 'RUNNING', 'CANCELING']);

const lineSchema = Type.Object({
  __lineNumber: Type.Integer({ minimum: 0 }),
  data: Type.Optional(
    Type.Union([Type.Object({ productVariantsBulkUpdate: Type.Union([pricesWritten, Type.Null()]) }), Type.Null()]),
  ),
});

/** Work that Shopify does in the background. */
export class BulkDesk {
  readonly #client: AdminClient;
  readonly #ctx: ShopifyContext;
  readonly #files: FileReader;
  /** The last operation that was seen to be complete: its result stays for seven days. Not stored: its address is signed. */
  #complete: BulkState | null = null;

  constructor(client: AdminClient, ctx: ShopifyContext) {
    this.#client = client;
    this.#ctx = ctx;
    this.#files = new FileReader(ctx);
  }

  get files(): FileReader {
    return this.#files;
  }

  /** Begins to read the catalogue; null when as many operations as are allowed are under way. */
  async startCatalogue(): Promise<string | null> {
    const { bulkOperationRunQuery } = await this.#client.ask('bulkRead', { query: CATALOGUE_QUERY });
    return this.#begun(bulkOperationRunQuery, operations.bulkRead);
  }

  /** What this worker knows already of an operation that is complete; null when it has to be asked. */
  known(id: string): BulkState | null {
    return this.#complete?.id === id ? this.#complete : null;
  }

  /** Its address answers no more: the next look asks the shop again. */
  forget(): void {
    this.#complete = null;
  }

  /** The operation's state, after a while where it is still under way; null when the shop does not know it. */
  async settled(id: string): Promise<BulkState | null> {
    for (const waitMs of [...WAITS_MS, null]) {
      const { bulkOperation: state } = await this.#client.ask('bulkState', { id });
      if (state?.status === 'COMPLETED') this.#complete = state;
      if (state === null || !OPEN_STATES.has(state.status) || waitMs === null) return state;
      await sleep(waitMs);
    }
    return null;
  }

  /**
   * Writes prices, a product per line. Of an operation that failed the lines that were done are told.
   *
   * @returns answers by line; null when no operation can be begun now
   * @throws ConnectorError Unavailable when it takes too long; a repetition writes the same again
   */
  async writePrices(
    lines: readonly Readonly<Record<string, unknown>>[],
  ): Promise<ReadonlyMap<number, Static<typeof pricesWritten>> | null> {
    const answers = new Map<number, Static<typeof pricesWritten>>();
    for (let from = 0; from < lines.length; from += LINES_PER_FILE) {
      const part = lines.slice(from, from + LINES_PER_FILE);
      const path = await this.#upload(part.map((line) => JSON.stringify(line)).join('\n'));
      const { bulkOperationRunMutation } = await this.#client.ask('bulkWrite', {
        mutation: PRICES_MUTATION,
        path,
        client: null,
      });
      const id = this.#begun(bulkOperationRunMutation, operations.bulkWrite);
      if (id === null) return from === 0 ? null : answers;
      const ended = await this.#ended(id);
      const url = ended.url ?? ended.partialDataUrl;
      if (url === null) continue;
      for await (const { line } of this.#files.lines(url, 0)) {
        const verdict = check(lineSchema, line);
        const answer = verdict.ok ? verdict.value.data?.productVariantsBulkUpdate : null;
        if (verdict.ok && answer != null) answers.set(from + verdict.value.__lineNumber, answer);
      }
    }
    return answers;
  }

  async #ended(id: string): Promise<BulkState> {
    for (let round = 1; round <= MAX_WRITE_ROUNDS; round += 1) {
      const state = await this.settled(id);
      if (state === null) throw new ConnectorError('Unavailable', 'bulk.state: the shop does not know the operation.');
      if (OPEN_STATES.has(state.status)) continue;
      if (state.status !== 'COMPLETED') {
        this.#ctx.log.warn({ status: state.status, errorCode: state.errorCode }, 'work in bulk did not end well');
      }
      return state;
    }
    throw new ConnectorError('Unavailable', 'bulk.state: the work in bulk is not finished yet.', {
      code: 'bulk_running',
    });
  }

  #begun(
    answer: {
      readonly bulkOperation: { readonly id: string } | null;
      readonly userErrors: Parameters<typeof userRefusal>[0];
    },
    call: Parameters<typeof userRefusal>[1],
  ): string | null {
    const refusal = userRefusal(answer.userErrors, call);
    const isBusy = ['OPERATION_IN_PROGRESS', 'LIMIT_REACHED'].includes(refusal?.details.code ?? '');
    if (isBusy) {
      this.#ctx.log.info({ reason: refusal?.message }, 'no more work in bulk can be begun now');
      return null;
    }
    if (refusal !== null) throw refusal;
    if (answer.bulkOperation !== null) return answer.bulkOperation.id;
    throw new ConnectorError('Unavailable', `${call.operation}: Shopify shows neither an operation nor a reason.`);
  }

  /** A form with all of the given fields first and the file last. Returns what Shopify calls the file's path. */
  async #upload(content: string): Promise<string> {
    const { stagedUploadsCreate } = await this.#client.ask('stageUpload', {
      input: [
        { resource: 'BULK_MUTATION_VARIABLES', filename: 'prices.jsonl', mimeType: 'text/jsonl', httpMethod: 'POST' },
      ],
    });
    const refusal = userRefusal(stagedUploadsCreate.userErrors, operations.stageUpload);
    if (refusal !== null) throw refusal;
    const target = stagedUploadsCreate.stagedTargets?.[0];
    const path = target?.parameters.find(({ name }) => name === 'key')?.value;
    if (target?.url == null || path === undefined) {
      throw new ConnectorError('Unavailable', 'bulk.stage-upload: Shopify names no place for the file.');
    }
    const boundary = `tradelane-${createHash('sha256').update(content).digest('hex').slice(0, 32)}`;
    const fields = target.parameters.map(
      ({ name, value }) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const head = 'Content-Disposition: form-data; name="file"; filename="prices.jsonl"\r\nContent-Type: text/jsonl';
    const answer = await this.#ctx.http.send({
      method: 'POST',
      url: this.#files.address(target.url),
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      body: `${fields.join('')}--${boundary}\r\n${head}\r\n\r\n${content}\r\n--${boundary}--\r\n`,
      operation: 'bulk.upload',
      effect: false,
    });
    if (answer.status >= 200 && answer.status < 300) return path;
    throw new ConnectorError(
      answer.status >= 500 ? 'Unavailable' : 'Rejected',
      `bulk.upload: status ${answer.status}`,
      {
        status: answer.status,
        code: 'upload',
      },
    );
  }
}
