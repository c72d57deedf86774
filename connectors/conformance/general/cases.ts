import assert from 'node:assert/strict';
import { ConnectorError } from '../../errors.ts';
import { isSkip } from '../case.ts';
import { assertWait, failsAs, faults, THROTTLE_SECONDS, throttleForms } from '../failures.ts';
import type { ConformanceBench, ConformanceSubject, EffectCase, FullReadCase } from '../subject.ts';
import type { GeneralCase } from './session.ts';

const MOST_PAGES = 100;
const lost = { id: 'lost', name: 'an answer lost after success', fault: { kind: 'lose-answer' }, processed: true };

/** What marketplaces and carriers have in common, in the order in which it is run. */
export function commonCases(subject: ConformanceSubject): readonly GeneralCase[] {
  return [
    ...credentialsCases(subject),
    ...fullReadCases(subject),
    ...incrementalCases(subject),
    ...throttleCases(subject),
    ...faultCases(subject),
    ...effectCases(subject),
  ];
}

function credentialsCases({ credentials }: ConformanceSubject): GeneralCase[] {
  const head = { family: 'credentials', capability: 'testConnection' };
  return [
    {
      ...head,
      id: 'credentials/good',
      name: 'good ones work',
      run: async ({ calm }) => {
        const report = await credentials.good((await calm()).bench);
        const errors = report.findings.filter(({ severity }) => severity === 'error');
        assert.deepEqual(errors, [], 'errors with good credentials');
        assert.equal(report.ok, true, 'the report is not ok');
        assert.notEqual(report.account, '', 'the account has no name');
      },
    },
    {
      ...head,
      id: 'credentials/bad',
      name: 'bad ones are explained with a remedy',
      run: async ({ apart }) => {
        const report = await apart((bench) => credentials.bad(bench));
        assert.equal(report.ok, false, 'bad credentials were called good');
        const told = report.findings.some(({ severity, remedy }) => severity === 'error' && remedy !== '');
        assert.ok(told, 'no finding says what to do');
      },
    },
  ];
}

function fullReadCases({ fullRead, capabilities }: ConformanceSubject): GeneralCase[] {
  const given = isSkip(fullRead) ? null : fullRead;
  const one = (
    family: string,
    id: string,
    name: string,
    run: (read: FullReadCase<ConformanceBench>) => GeneralCase['run'],
  ) => {
    const head = { family, capability: capabilities.list, id: `${family}/${id}`, name };
    if (given === null) return { ...head, skip: isSkip(fullRead) ? fullRead.skip : null, run: async () => undefined };
    return { ...head, run: run(given) };
  };
  return [
    one('full read', 'complete', 'everything exactly once, page by page', (read) => async ({ calm, seeded }) => {
      const expected = await seeded(read.seed);
      const { bench } = await calm();
      assert.deepEqual((await readAll(read, bench)).toSorted(), expected.toSorted());
    }),
    one('resume', 'any-cursor', 'goes on from a cursor without memory', (read) => async ({ calm, seeded }) => {
      const expected = await seeded(read.seed);
      const { bench } = await calm();
      const first = await read.page(bench, null);
      assert.notEqual(first.next, null, 'there is only one page');
      bench.reconnect();
      const rest = await readAll(read, bench, first.next);
      assert.deepEqual([...first.items, ...rest].toSorted(), expected.toSorted());
      assert.deepEqual(await readAll(read, bench, first.next), rest, 'the second time differs');
    }),
    one('resume', 'absurd', 'an absurd cursor is refused, or begins again', (read) => async ({ calm, seeded }) => {
      const expected = await seeded(read.seed);
      const { bench } = await calm();
      for (const cursor of ['nonsense', 'eyJtb2RlIjoiZnVsbCJ9', '-1', '{"page":1e99}', '\u0000']) {
        const outcome = await readAll(read, bench, cursor).catch((error: unknown) => error);
        if (Array.isArray(outcome)) {
          const missing = expected.filter((key) => !outcome.includes(key));
          assert.deepEqual(missing, [], `the cursor ${cursor} skips something`);
        } else if (outcome instanceof ConnectorError) assert.equal(outcome.kind, 'Rejected', outcome.message);
        else throw outcome;
      }
    }),
  ];
}

async function readAll(
  read: FullReadCase<ConformanceBench>,
  bench: ConformanceBench,
  from: string | null = null,
): Promise<string[]> {
  const keys: string[] = [];
  let cursor = from;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page = await read.page(bench, cursor);
    keys.push(...page.items);
    if (page.next === null) return keys;
    cursor = page.next;
  }
  throw new Error(`no end after ${MOST_PAGES} pages`);
}

function incrementalCases({ incremental, capabilities }: ConformanceSubject): GeneralCase[] {
  const head = {
    family: 'incremental read',
    capability: capabilities.list,
    id: 'incremental read/twice',
    name: 'the same changes twice, then one more and not everything',
  };
  if (isSkip(incremental)) return [{ ...head, skip: incremental.skip, run: async () => undefined }];
  return [
    {
      ...head,
      run: async ({ calm, seeded }) => {
        const expected = await seeded(incremental.seed);
        const { bench } = await calm();
        const since = await incremental.before(bench);
        const first = new Set(await incremental.changedSince(bench, since));
        const missing = expected.filter((key) => !first.has(key));
        assert.deepEqual(missing, [], 'a change is not read');
        assert.deepEqual(new Set(await incremental.changedSince(bench, since)), first, 'the second read differs');
        const { at, key } = await incremental.change(bench);
        const later = await incremental.changedSince(bench, at);
        assert.ok(later.includes(key), 'the later change is not read');
        assert.ok(later.length < expected.length, 'everything is read again');
      },
    },
  ];
}

function throttleCases({ read, throttles, capabilities, effect }: ConformanceSubject): GeneralCase[] {
  const forms = throttleForms.map((form): GeneralCase => {
    const support = throttles[form];
    return {
      family: 'throttling',
      capability: capabilities.read,
      id: `throttling/${form}`,
      name: `is told to slow down: ${form}`,
      skip: support === true ? null : support.skip,
      run: async ({ calm }) => {
        const { bench, dials } = await calm();
        const fault = { kind: 'throttle', retryAfter: form, seconds: THROTTLE_SECONDS };
        assertWait(
          await failsAs(
            dials.under(fault, read.match, () => read.run(bench)),
            'RateLimited',
          ),
          form,
        );
        assert.notEqual(await read.run(bench), undefined, 'it does not work again');
      },
    };
  });
  return [
    ...forms,
    effectCase(
      effect,
      capabilities.effect,
      'throttling/write',
      'a throttled write made nothing',
      (one) =>
        async ({ calm }) => {
          const { bench, dials } = await calm();
          const fault = { kind: 'throttle', retryAfter: 'seconds', seconds: 3 };
          await failsAs(
            dials.under(fault, one.match, () => one.create(bench, 'throttled-1')),
            'RateLimited',
          );
          assert.equal(await one.count(bench, 'throttled-1'), 0, 'there is one');
        },
    ),
  ];
}

function faultCases({ read, capabilities }: ConformanceSubject): GeneralCase[] {
  const head = { family: 'broken answers', capability: capabilities.read };
  return [
    ...[...faults, lost].map(
      ({ id, name, fault }): GeneralCase => ({
        ...head,
        id: `broken answers/read-${id}`,
        name: `a read under ${name} is Unavailable, then works`,
        run: async ({ impatient }) => {
          const { bench, dials } = await impatient();
          const good = await read.run(bench);
          await failsAs(
            dials.under(fault, read.match, () => read.run(bench)),
            'Unavailable',
          );
          assert.deepEqual(await read.run(bench), good, 'read again');
        },
      }),
    ),
    {
      ...head,
      id: 'broken answers/read-type',
      name: 'a wrong content type is read rightly, or not at all',
      run: async ({ calm }) => {
        const { bench, dials } = await calm();
        const good = await read.run(bench);
        const outcome = await dials.under({ kind: 'wrong-type' }, read.match, () =>
          read.run(bench).catch((error: unknown) => error),
        );
        if (outcome instanceof ConnectorError) assert.equal(outcome.kind, 'Unavailable', outcome.message);
        else assert.deepEqual(outcome, good);
      },
    },
  ];
}

type Effect = EffectCase<ConformanceBench>;

function effectCases({ effect, capabilities }: ConformanceSubject): GeneralCase[] {
  const capability = capabilities.effect;
  return [
    effectCase(
      effect,
      capability,
      'repeated write/once',
      'looked up before it is repeated, it exists once',
      (one) =>
        async ({ calm }) => {
          const { bench } = await calm();
          assert.equal(await one.find(bench, 'once-1'), null, 'found before it was made');
          const id = await createOnce(one, bench, 'once-1');
          bench.reconnect();
          assert.equal(await createOnce(one, bench, 'once-1'), id, 'the repetition is another one');
          assert.equal(await one.count(bench, 'once-1'), 1, 'by the other side’s books');
          assert.equal(await one.find(bench, 'once-2'), null, 'one is found that was not made');
        },
    ),
    ...[lost, ...faults].map(({ id, name, fault, processed }) => {
      const family = id === 'lost' ? 'lost answer' : 'broken answers';
      return effectCase(
        effect,
        capability,
        `${family}/write-${id}`,
        `a write under ${name} is OutcomeUnknown, and the look-up tells`,
        (one) =>
          async ({ impatient }) => {
            const { bench, dials } = await impatient();
            const reference = `fault-${id}`;
            await failsAs(
              dials.under(fault, one.match, () => one.create(bench, reference)),
              'OutcomeUnknown',
            );
            assert.equal(await one.count(bench, reference), processed ? 1 : 0, 'by the other side’s books');
            const found = await one.find(bench, reference);
            assert.equal(found === null, !processed, 'the look-up does not tell what happened');
            const made = await createOnce(one, bench, reference);
            assert.equal(await one.count(bench, reference), 1, 'by the other side’s books');
            if (processed) assert.equal(made, found, 'the repetition is another one');
          },
      );
    }),
  ];
}

function effectCase(
  effect: ConformanceSubject['effect'],
  capability: string,
  id: string,
  name: string,
  run: (one: Effect) => GeneralCase['run'],
): GeneralCase {
  const head = { family: id.split('/')[0] ?? id, capability, id, name };
  if (isSkip(effect)) return { ...head, skip: effect.skip, run: async () => undefined };
  return { ...head, run: run(effect) };
}

async function createOnce(one: Effect, bench: ConformanceBench, reference: string): Promise<string> {
  return (await one.find(bench, reference)) ?? (await one.create(bench, reference));
}
