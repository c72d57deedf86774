import { compare, type Row } from '../rows.ts';
import { inParallel } from '../wait.ts';
import type { ListingNow, Stage } from './stage.ts';

interface Prepared {
  readonly id: string;
  readonly version: number;
  readonly seenTitle: string;
  readonly newTitle: string;
}

/** A listing whose changed content waits for an approval: B looks at it, A types the next change. */
async function prepare(stage: Stage, sku: string): Promise<Prepared> {
  const row = await stage.row('listings', sku);
  const seenTitle = `${sku} as B saw it`;
  const answer = await stage.a.save('listings', [{ id: row.id, version: row.version, changes: { title: seenTitle } }]);
  const version = answer.rows[0]?.version ?? 0;
  return { id: row.entity, version, seenTitle, newTitle: `${sku} as A typed it later` };
}

const save = async (stage: Stage, { id, version, newTitle }: Prepared) => {
  const { rows } = await stage.a.save('listings', [{ id, version, changes: { title: newTitle } }]);
  if (!rows[0]) throw new Error('the save was not answered');
  return rows[0];
};

/** The hash that a person approved last, from the listing's history. */
async function approvedHash(stage: Stage, id: string): Promise<string | null> {
  const row = await stage.demo.db.tx('staff', (trx) =>
    trx('transitions')
      .where({ machine: 'listing', entity_id: id, event: 'APPROVE' })
      .orderBy('version', 'desc')
      .first(trx.raw(`changed -> 'approved_hash' ->> 1 as hash`)),
  );
  return row?.hash ?? null;
}

/** A saves first: B's approval was about a version that is gone. */
export async function savedFirst(stage: Stage): Promise<Row> {
  const one = await prepare(stage, 'KW-004');
  const before = await stage.listing(one.id);
  const saved = await save(stage, one);
  const approval = await stage.b.approve(one.id, one.version);
  await stage.demo.quiet();
  const after = await stage.listing(one.id);
  return compare('A saves, then B approves', {
    'A’s save': ['saved', saved.outcome],
    'B’s approval': ['VersionConflict', approval.code ?? 'approved'],
    'it says where it is': [`UPDATE ${one.version + 1}`, `${approval.state} ${approval.version}`],
    listing: ['UPDATE', after.state],
    'title there': [before.titleThere, after.titleThere],
    'sent since': [false, after.submittedHash !== before.submittedHash],
  });
}

/** B approves first: what A saves then waits for its own approval. */
export async function approvedFirst(stage: Stage): Promise<readonly Row[]> {
  const one = await prepare(stage, 'KW-005');
  const approval = await stage.b.approve(one.id, one.version);
  // The marketplace has it before A's save arrives.
  await stage.demo.quiet();
  const sent = await stage.listing(one.id);
  const saved = await save(stage, one);
  await stage.demo.quiet();
  const during = await stage.listing(one.id);
  await stage.settle();
  const after = await stage.listing(one.id);
  const hash = await approvedHash(stage, one.id);
  const rows = [
    compare('B approves, then A saves', {
      'B’s approval': [true, approval.ok],
      'title there': [one.seenTitle, sent.titleThere],
      'hash approved = hash sent': [hash, sent.submittedHash],
      'A’s save': ['saved', saved.outcome],
      'title here': [one.newTitle, during.title],
      'A’s text went out': [false, after.titleThere === one.newTitle],
      'after the review': ['UPDATE', after.state],
    }),
  ];
  const second = await stage.b.approve(one.id, after.version);
  await stage.demo.quiet();
  const then = await stage.listing(one.id);
  rows.push(
    compare('B approves A’s version, too', {
      approval: [true, second.ok],
      'title there': [one.newTitle, then.titleThere],
      'hash approved = hash sent': [await approvedHash(stage, one.id), then.submittedHash],
    }),
  );
  return rows;
}

const contested = ['KW-006', 'KW-008', 'KW-009', 'KW-010'] as const;

/** What must hold whoever came first. */
function holds(one: Prepared, now: ListingNow, before: ListingNow, hash: string | null, approved: boolean): boolean {
  const nothingSent = now.submittedHash === before.submittedHash && now.titleThere === before.titleThere;
  const approvedSent = approved && now.submittedHash === hash && now.titleThere === one.seenTitle;
  return now.title === one.newTitle && now.titleThere !== one.newTitle && (nothingSent || approvedSent);
}

/** Both at the same instant, on several listings: whoever comes first, only what B saw goes out. */
export async function atOnce(stage: Stage): Promise<Row> {
  const prepared = await inParallel(contested, (sku) => prepare(stage, sku), 1);
  await stage.demo.quiet();
  const before = await inParallel(prepared, ({ id }) => stage.listing(id));
  const answers = await inParallel(prepared, async (one) => {
    const [approval, saved] = await Promise.all([stage.b.approve(one.id, one.version), save(stage, one)]);
    return { approval, saved };
  });
  await stage.settle();
  const now = await inParallel(prepared, ({ id }) => stage.listing(id));
  const hashes = await inParallel(prepared, ({ id }) => approvedHash(stage, id));
  const right = prepared.filter((one, index) => {
    const [was, is] = [before[index], now[index]];
    return was && is && holds(one, is, was, hashes[index] ?? null, answers[index]?.approval.ok ?? false);
  });
  const approvals = answers.filter(({ approval }) => approval.ok).length;
  stage.say(`of ${contested.length} approvals ${approvals} came before the save`);
  return compare('both at the same instant', {
    'saves that were saved': [contested.length, answers.filter(({ saved }) => saved.outcome === 'saved').length],
    'approvals refused for the version': [
      contested.length - approvals,
      answers.filter(({ approval }) => approval.code === 'VersionConflict').length,
    ],
    'only what B saw went out, if anything': [contested.length, right.length],
    'wait for an approval': [contested.length, now.filter(({ state }) => state === 'UPDATE').length],
  });
}
