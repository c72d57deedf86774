import type { AuditFact, AuditLine, CallLine } from './facts.ts';
import type { Limits, Source, SourceKind } from './types.ts';

/** Writes made-up logs: each line a second after the one before, unless told otherwise. */
export class LogWriter {
  readonly lines: AuditLine[] = [];
  readonly name: string;
  #wall: number;

  constructor(name = 'sim', startMs = 1_000_000) {
    this.name = name;
    this.#wall = startMs;
  }

  /** Adds facts that belong to one instant. */
  facts(...facts: AuditFact[]): this {
    this.#wall += 1000;
    for (const fact of facts) this.lines.push({ ...this.#head(), kind: 'fact', ...fact });
    return this;
  }

  call(entry: Partial<CallLine> & { atMs?: number } = {}): this {
    const { atMs, ...rest } = entry;
    this.#wall = atMs ?? this.#wall + 1;
    this.lines.push({
      ...this.#head(),
      kind: 'call',
      ...{ method: 'POST', path: '/x', operation: 'x', status: 200, outcome: 'answered' as const },
      ...rest,
    });
    return this;
  }

  /** Moves on to this wall time. */
  at(wallMs: number): this {
    this.#wall = wallMs - 1000;
    return this;
  }

  source(kind: SourceKind, connectionCode: string | null, limits: Limits | null = null): Source {
    return { name: this.name, connectionCode, kind, lines: this.lines, limits };
  }

  #head() {
    const seq = this.lines.length + 1;
    return { seq, wall: this.#wall, at: new Date(this.#wall).toISOString(), sim: this.name };
  }
}

export const announced = (
  externalId: string,
  lines: { sku: string; quantity: number; unitPriceMinor: number }[],
): AuditFact => ({
  fact: 'order.announced',
  externalId,
  lines,
  totalMinor: lines.reduce((sum, { quantity, unitPriceMinor }) => sum + quantity * unitPriceMinor, 0),
  currency: 'IDR',
});

export const stockSet = (sku: string, quantity: number, cause = 'control'): AuditFact => ({
  fact: 'stock.set',
  ...{ sku, externalId: `p-${sku}`, quantity, cause },
});

export const offerSet = (sku: string, quantity: number, cause: 'api' | 'sale' | 'control' = 'api'): AuditFact => ({
  fact: 'offer.set',
  ...{ sku, externalId: `x-${sku}`, quantity, cause },
});

export const priceSet = (sku: string, amountMinor: number): AuditFact => ({
  fact: 'price.set',
  ...{ sku, externalId: `x-${sku}`, amountMinor, currency: 'IDR' },
});

export const shopOrder = (
  externalId: string,
  reference: string,
  lines: { sku: string; quantity: number }[],
): AuditFact => ({
  fact: 'shop-order.created',
  ...{ externalId, reference, lines, totalMinor: 0, currency: 'AUD', status: 'processing' },
});

export const shopOrderStatus = (externalId: string, to: string, cause = 'api'): AuditFact => ({
  fact: 'shop-order.status',
  ...{ externalId, from: 'processing', to, cause },
});

/** What was found, without the words that only people need. */
export const whats = (findings: readonly { what: string }[]): string[] => findings.map(({ what }) => what);
