import { compare, type Row } from '../rows.ts';
import { ordersOf } from '../s1/facts.ts';
import type { Stage } from '../s1/stage.ts';
import { until } from '../wait.ts';
import { ask, openProblems, stateOf } from './look.ts';

const faults: readonly (readonly [string, Record<string, unknown>])[] = [
  ['HTML with status 200', { kind: 'html', status: 200 }],
  ['HTML with status 503', { kind: 'html', status: 503 }],
  ['JSON that is cut', { kind: 'cut', bytes: 40 }],
  ['JSON called text', { kind: 'wrong-type' }],
  ['JSON of another shape', { kind: 'status', status: 200, body: { jingdong: ['no', 'such', 'thing'] } }],
  ['an empty body', { kind: 'status', status: 200, body: '', contentType: 'application/json' }],
  ['a reset connection', { kind: 'drop' }],
  ['429 with Retry-After', { kind: 'throttle', retryAfter: 'seconds', seconds: 1 }],
  ['429 inside a 200', { kind: 'throttle', retryAfter: 'in-200', seconds: 1 }],
];

/** An order waits on the marketplace; the first answers about it cannot be used. It arrives all the same, once. */
export async function badAnswers(stage: Stage): Promise<Row[]> {
  const { demo } = stage;
  const rows: Row[] = [];
  for (const [name, fault] of faults) {
    await demo.quiet();
    const externalId = await stage.buy([stage.shared[0]]);
    const before = await firedOn(stage);
    await demo.marketplace.post('faults', { match: { method: 'POST' }, times: 2, fault });
    await ask(stage, stage.marketplaceId, 'orders');
    await until(`the order arrives after ${name}`, async () => (await ordersOf(stage, externalId)).length > 0);
    await until('both bad answers were given', async () => (await firedOn(stage)) - before >= 2);
    await demo.quiet();
    rows.push(
      compare(`read: ${name}`, {
        'bad answers given': [2, (await firedOn(stage)) - before],
        'order rows': [1, (await ordersOf(stage, externalId)).length],
        account: ['CONNECTED', await stateOf(stage, stage.marketplaceId)],
        'problems left': [
          'none',
          (await openProblems(stage, stage.marketplaceId)).map(({ kind }) => kind).join() || 'none',
        ],
      }),
    );
  }
  return rows;
}

async function firedOn({ demo }: Stage): Promise<number> {
  const lines = await demo.marketplace.get<{ fault?: string }[]>('log');
  return lines.filter(({ fault }) => fault !== undefined).length;
}
