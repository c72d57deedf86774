import { expect, it } from 'vitest';
import { expectToHold } from './run.ts';

it('webhooks come twice and out of order', async () => {
  expect(await expectToHold('S4')).toEqual(['a', 'b', 'c', 'd', 'auditor']);
}, 900_000);
