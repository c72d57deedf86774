import type { Tx } from '../db/database.ts';
import { loadConnections } from './connections.ts';
import { readSources } from './ground-truth.ts';
import { checkOrders, loadChannelOrders } from './l1-orders.ts';
import { checkShopOrders, loadOrders } from './l2-shop-orders.ts';
import { checkOffers, loadOfferBooks } from './l3-offers.ts';
import { checkHistory, loadHistory } from './l4-history.ts';
import { checkProcesses, loadProcesses, missingProcesses } from './l5-processes.ts';
import { checkMails, loadMails } from './l6-mails.ts';
import { checkListings, loadOffers } from './l7-listings.ts';
import { checkRates } from './l8-rates.ts';
import { checkSecrets } from './l9-secrets.ts';
import { checkTraces, loadTraces, readWarnings } from './l10-traces.ts';
import { loadOpenProblems } from './problems.ts';
import {
  type AuditDeps,
  type AuditReport,
  type Check,
  type Figures,
  type Invariant,
  invariants,
  type Source,
  type Verdict,
  type WorkflowStanding,
} from './types.ts';

export { type AuditLine, asLog, type MailAccepted } from './facts.ts';
export { auditFromRunFile, type OpenedAudit, type RunFileAuditOptions } from './from-run-file.ts';
export { httpGroundTruth } from './ground-truth.ts';
export { renderAudit } from './render.ts';
export * from './types.ts';

/**
 * Compares what the outside systems say of themselves with the database and with Temporal: the invariants L1 to L10 of
 * `docs/audit.md`. Writes nothing. Meant for a system at rest: what is still under way is reported as it stands.
 *
 * @throws Error when a source's log or the database cannot be read
 */
export async function runAudit(deps: AuditDeps): Promise<AuditReport> {
  // The logs first: what is announced while we read can only be more here than there.
  const sources = await readSources(deps.sources);
  const wanted = new Set(deps.only ?? invariants);
  const checks: Partial<Record<Invariant, Check>> = {};
  const figures: Record<string, number | string> = { sources: sources.map(({ name }) => name).join(', ') || 'none' };
  if (deps.unmatched && deps.unmatched.length > 0) figures.sourcesWithoutAccount = deps.unmatched.join(', ');
  for (const name of invariants) {
    const verdict = wanted.has(name) ? await audits[name](deps, sources) : notAsked;
    checks[name] = toCheck(verdict);
    Object.assign(figures, verdict.figures satisfies Figures | undefined);
  }
  const all = checks as Record<Invariant, Check>;
  return { ok: invariants.every((name) => all[name].ok), checks: all, figures };
}

const notAsked: Verdict = { checked: 0, findings: [], note: 'not asked for' };

function toCheck({ checked, findings, note }: Verdict): Check {
  return { ok: findings.length === 0, checked, findings, ...(note === undefined ? {} : { note }) };
}

/** Reads with all rows visible; the database itself refuses every write. */
function read<Result>({ db }: AuditDeps, work: (trx: Tx) => Promise<Result>): Promise<Result> {
  return db.tx('staff', async (trx) => {
    await trx.raw('set transaction read only');
    return work(trx);
  });
}

const audits: Record<Invariant, (deps: AuditDeps, sources: readonly Source[]) => Promise<Verdict>> = {
  L1: (deps, sources) =>
    read(deps, async (trx) =>
      checkOrders({
        sources,
        connections: await loadConnections(trx),
        stored: await loadChannelOrders(trx),
        problems: await loadOpenProblems(trx),
      }),
    ),
  L2: (deps, sources) =>
    read(deps, async (trx) =>
      checkShopOrders({ sources, orders: await loadOrders(trx), problems: await loadOpenProblems(trx) }),
    ),
  L3: (deps, sources) => read(deps, async (trx) => checkOffers({ sources, books: await loadOfferBooks(trx) })),
  L4: (deps) => read(deps, async (trx) => checkHistory(await loadHistory(trx))),
  L5: async (deps) => {
    const workflows = (await deps.temporal?.listOpenWorkflows()) ?? null;
    const books = await read(deps, loadProcesses);
    const { installation } = deps;
    const input = { books, workflows, installation };
    const standings = new Map<string, WorkflowStanding | null>();
    for (const workflowId of workflows === null ? [] : missingProcesses({ books, workflows, installation }))
      standings.set(workflowId, (await deps.temporal?.standingOf?.(workflowId)) ?? null);
    return checkProcesses({ ...input, standings });
  },
  L6: (deps, sources) =>
    read(deps, async (trx) =>
      checkMails({ sources, books: await loadMails(trx), problems: await loadOpenProblems(trx) }),
    ),
  L7: (deps, sources) =>
    read(deps, async (trx) =>
      checkListings({ sources, offers: await loadOffers(trx), problems: await loadOpenProblems(trx) }),
    ),
  L8: async (deps, sources) => checkRates({ sources, permitted: deps.permitted }),
  L9: (deps) =>
    checkSecrets({
      read: (work) => read(deps, work),
      canaries: deps.canaries ?? [],
      logFiles: deps.logFiles ?? [],
      histories: deps.histories ?? null,
    }),
  L10: async (deps, sources) => {
    const warnings = await readWarnings(deps.logFiles ?? []);
    return read(deps, async (trx) =>
      checkTraces({ sources, connections: await loadConnections(trx), books: await loadTraces(trx), warnings }),
    );
  },
};
