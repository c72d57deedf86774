import assert from 'node:assert/strict';
import type { ConnectionReport } from '../../contract/common.ts';
import { NotProvoked, Skipped } from '../case.ts';
import { failsAs } from '../failures.ts';
import type { StoreContext } from '../store-session.ts';
import { type StoreCase, storeCase, teeOf, variantOf } from './tools.ts';

function readOnlyOf(context: StoreContext): unknown {
  if (context.readOnly !== null) return context.readOnly;
  if (!context.isSimulated) throw new NotProvoked('no credentials that can only read were given ("readOnly")');
  throw new Skipped('the platform has no credentials that can only read');
}

function saysWhatToDo(report: ConnectionReport): void {
  assert.equal(report.ok, false, 'such credentials were called good');
  const errors = report.findings.filter(({ severity }) => severity === 'error');
  assert.ok(errors.length > 0, 'no finding of severity error');
  for (const { what, remedy } of errors) assert.notEqual(remedy.trim(), '', `no remedy for: ${what}`);
}

/** Good, bad, and not enough. */
export const credentialsCases: readonly StoreCase[] = [
  storeCase('credentials', 'good', 'testConnection', 'good ones work', async ({ connector }) => {
    const report = await connector.testConnection();
    const errors = report.findings.filter(({ severity }) => severity === 'error');
    assert.deepEqual(errors, [], 'errors with good credentials');
    assert.equal(report.ok, true, 'the report is not ok');
    assert.notEqual(report.account, '', 'the account has no name');
  }),
  storeCase('credentials', 'bad', 'testConnection', 'bad ones are explained with a remedy', async (context) => {
    saysWhatToDo(await context.connect({ credentials: context.wrongCredentials() }).testConnection());
  }),
  // One more try only: some platforms lock an account after a few.
  storeCase(
    'credentials',
    'bad-read',
    'readProducts',
    'bad ones read nothing, and no error shows them',
    async (context) => {
      const wrong = context.wrongCredentials();
      const connector = context.connect({ credentials: wrong });
      const read = connector.readProducts({ cursor: null, changedSince: null, pageSize: 3 });
      const error = await failsAs(read, 'Unauthorized');
      const text = `${error} ${JSON.stringify(error.details)}`;
      for (const [name, value] of Object.entries(wrong ?? {})) {
        const isSecret = typeof value === 'string' && value.length >= 8 && /secret|password|token/i.test(name);
        assert.ok(!isSecret || !text.includes(value), `the error shows the ${name}`);
      }
    },
  ),
  storeCase('credentials', 'read-only', 'testConnection', 'ones that cannot write are told apart', async (context) => {
    const report = await context.connect({ credentials: readOnlyOf(context) }).testConnection();
    saysWhatToDo(report);
    const told = report.findings.some(({ what, remedy }) =>
      /writ|creat|permission|right|scope/i.test(`${what} ${remedy}`),
    );
    assert.ok(told, 'no finding says that the right to write is missing');
  }),
  storeCase(
    'credentials',
    'read-only-order',
    'createOrder',
    'ones that cannot write make no order',
    async (context) => {
      const connector = context.connect({ credentials: readOnlyOf(context) });
      const reference = context.reference('read-only');
      const order = context.orderOf(reference, [{ variant: variantOf(await teeOf(context)), quantity: 1 }]);
      await failsAs(connector.createOrder(order), 'Unauthorized', 'Rejected');
      assert.deepEqual(await context.bed.orderBooks(reference), [], 'there is an order all the same');
    },
  ),
];
