import { expect, it } from 'vitest';
import { expectToHold } from './run.ts';

it('everything bad that outside systems and our own servers do has its outcome', async () => {
  expect(await expectToHold('faults-quick')).toHaveLength(16);
}, 900_000);
