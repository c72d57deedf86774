import { accountIsBack } from '../back.ts';
import { compare, type Row } from '../rows.ts';
import type { Stage } from '../s1/stage.ts';
import { until } from '../wait.ts';
import { ask, callsOf, openProblems, stateOf } from './look.ts';

const watchMs = 4_000;
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Every call is reset: the account becomes DEGRADED with one problem, is asked ever more slowly, and comes back by itself. */
export async function accountSilent(stage: Stage): Promise<Row> {
  const { demo } = stage;
  const id = stage.marketplaceId;
  await demo.marketplace.post('faults', { times: 0, fault: { kind: 'drop' } });
  await ask(stage, id, 'orders');
  await until('the account is DEGRADED', async () => (await stateOf(stage, id)) === 'DEGRADED');
  const [problem, ...more] = await openProblems(stage, id);
  const from = performance.now();
  const before = await callsOf(demo.marketplace);
  await wait(watchMs);
  const asked = (await callsOf(demo.marketplace)) - before;
  // A busy machine watches for longer than it meant to.
  const watchedMs = Math.round(performance.now() - from);
  await demo.marketplace.delete('faults');
  await accountIsBack(demo, 'jd-id');
  await until('the account is CONNECTED again', async () => (await stateOf(stage, id)) === 'CONNECTED');
  await demo.quiet();
  return compare('an account whose host cannot be reached', {
    problem: ['account-away', [problem, ...more].map((one) => one?.kind).join()],
    'it names a remedy': ['yes', problem && problem.remedy.length > 20 ? 'yes' : 'no'],
    'calls while it is away': [
      'at most 1 a second',
      asked <= watchedMs / 1000 ? 'at most 1 a second' : `${asked} in ${watchedMs} ms`,
    ],
    'problems afterwards': [0, (await openProblems(stage, id)).length],
  });
}

/** 401 to everything: at the first one the account is REVOKED, nothing more is called, and a person is told what to do. */
export async function accountRefuses(stage: Stage): Promise<Row> {
  const { demo } = stage;
  const id = await demo.connectionId('kauri-shop');
  const body = {
    code: 'woocommerce_rest_cannot_view',
    message: 'Sorry, you cannot list resources.',
    data: { status: 401 },
  };
  await demo.shop.post('faults', { times: 0, fault: { kind: 'status', status: 401, body } });
  await ask(stage, id, 'catalogue');
  await until('the account is REVOKED', async () => (await stateOf(stage, id)) === 'REVOKED');
  const [problem, ...more] = await openProblems(stage, id);
  const before = await callsOf(demo.shop);
  await wait(watchMs);
  const asked = (await callsOf(demo.shop)) - before;
  const refused = await demo.api.send('POST', `connections/${id}/sync`, { stream: 'catalogue' }).then(
    () => 'taken',
    (error: unknown) => (/NotAllowedInState|409|422/.test(String(error)) ? 'refused' : String(error)),
  );
  return compare('credentials that are not taken', {
    problem: ['account-refused', [problem, ...more].map((one) => one?.kind).join()],
    'it names a remedy': ['yes', problem && problem.remedy.length > 20 ? 'yes' : 'no'],
    'calls after that': [0, asked],
    'a reading asked for by hand': ['refused', refused],
  });
}
