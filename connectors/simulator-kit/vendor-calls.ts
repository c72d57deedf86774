import type { ServerResponse } from 'node:http';
import { htmlPage, plainStatus, type RawAnswer, send, sendCut, sendSlowly, toRaw, withRetryAfter } from './answer.ts';
import type { SimulatorDefinition } from './definition.ts';
import type { FaultBook, FiringFaults } from './faults.ts';
import type { TokenBucket } from './rate-limit.ts';
import type { CallEntry, CallOutcome, SimulatorLog, VendorAnswer, VendorRequest } from './types.ts';

interface Parts {
  definition: SimulatorDefinition;
  log: SimulatorLog;
  faults: FaultBook;
  bucket: TokenBucket;
}

/**
 * Serves vendor calls: rate limit first, then the faults, then the vendor's handler. A call is logged as soon as it
 * is decided and before its answer leaves, so whoever has the answer finds the line.
 */
export class VendorCalls {
  readonly #parts: Parts;
  #held: Array<() => void> = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get heldCount(): number {
    return this.#held.length;
  }

  /** Lets the answers go that `hold` faults keep back; answers how many. */
  release(): number {
    const held = this.#held;
    this.#held = [];
    for (const sendNow of held) sendNow();
    return held.length;
  }

  async serve(request: VendorRequest, response: ServerResponse): Promise<void> {
    const { definition, faults, bucket } = this.#parts;
    const operation = definition.operation(request);
    const waitSeconds = bucket.take();
    if (waitSeconds > 0) {
      const throttle = { retryAfter: 'seconds', seconds: Math.max(1, Math.ceil(waitSeconds)) } as const;
      const raw = withRetryAfter(definition.throttled(request, throttle), throttle);
      this.#note(request, operation, raw.status, 'throttled');
      return send(response, raw);
    }
    const firing = faults.fire({ method: request.method, path: request.path, operation });
    if (firing.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, firing.latencyMs));
    const note = (status: number, outcome: CallOutcome, answer?: VendorAnswer) =>
      this.#note(request, operation, status, outcome, firing, answer);
    if (this.#refuse(request, response, firing, note)) return;
    const answer = await this.#handle({ ...request, stale: firing.fault?.kind === 'stale' });
    await this.#deliver(response, answer, firing, note);
  }

  /** Faults that answer (or end the connection) without processing. */
  #refuse(
    request: VendorRequest,
    response: ServerResponse,
    { fault }: FiringFaults,
    note: (status: number, outcome: CallOutcome) => void,
  ): boolean {
    if (fault?.kind === 'drop') {
      note(0, 'dropped');
      response.destroy();
      return true;
    }
    let raw: RawAnswer;
    if (fault?.kind === 'status') raw = plainStatus(fault);
    else if (fault?.kind === 'html') raw = htmlPage(fault.status);
    else if (fault?.kind === 'throttle') raw = withRetryAfter(this.#parts.definition.throttled(request, fault), fault);
    else return false;
    note(raw.status, fault.kind === 'throttle' ? 'throttled' : 'answered');
    send(response, raw);
    return true;
  }

  /** Sends (or withholds) the answer of a call that was processed. */
  async #deliver(
    response: ServerResponse,
    answer: VendorAnswer,
    { fault }: FiringFaults,
    note: (status: number, outcome: CallOutcome, answer: VendorAnswer) => void,
  ): Promise<void> {
    const raw = toRaw(answer);
    switch (fault?.kind) {
      case 'lose-answer':
        note(raw.status, 'lost', answer);
        response.destroy();
        return;
      case 'cut':
        note(raw.status, 'cut', answer);
        sendCut(response, raw, fault.bytes);
        return;
      case 'hold':
        note(raw.status, 'held', answer);
        this.#held.push(() => send(response, raw));
        return;
      case 'slow-drip':
        note(raw.status, 'answered', answer);
        await sendSlowly(response, raw, fault.bytesPerSecond);
        return;
      default:
        if (fault?.kind === 'wrong-type') raw.headers['content-type'] = 'text/plain; charset=UTF-8';
        note(raw.status, 'answered', answer);
        send(response, raw);
    }
  }

  async #handle(request: VendorRequest): Promise<VendorAnswer> {
    const { definition } = this.#parts;
    try {
      return await definition.handle(request);
    } catch (error) {
      const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      const answer = definition.failed?.(request, error) ?? { status: 500, body: { error: 'internal error' } };
      return { ...answer, summary: `simulator error: ${text}` };
    }
  }

  #note(
    request: VendorRequest,
    operation: string,
    status: number,
    outcome: CallOutcome,
    firing?: FiringFaults,
    answer?: VendorAnswer,
  ): void {
    const entry: CallEntry = { method: request.method, path: request.path, operation, status, outcome };
    const correlation = request.headers['x-correlation-id'];
    if (firing?.label !== undefined) entry.fault = firing.label;
    if (answer?.requestId !== undefined) entry.requestId = answer.requestId;
    if (correlation !== undefined) entry.correlation = correlation;
    const summary = answer?.summary ?? this.#parts.definition.about?.(request);
    if (summary !== undefined) entry.summary = summary;
    this.#parts.log.call(entry);
  }
}
