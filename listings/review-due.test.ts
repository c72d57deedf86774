import { expect, it } from 'vitest';
import { reviewDueAt } from './review-due.ts';

const patience = { workingDays: 3, timeZone: 'Asia/Jakarta' };

it.each([
  ['Monday to Thursday', '2026-11-23T03:00:00Z', '2026-11-26T03:00:00.000Z'],
  ['Thursday over the weekend to Tuesday', '2026-11-26T03:00:00Z', '2026-12-01T03:00:00.000Z'],
  ['Saturday to Wednesday', '2026-11-28T03:00:00Z', '2026-12-02T03:00:00.000Z'],
  ['Sunday evening in London is Monday in Jakarta', '2026-11-29T18:00:00Z', '2026-12-02T18:00:00.000Z'],
])('%s', (_name, from, due) => {
  expect(reviewDueAt(new Date(from), patience).toISOString()).toBe(due);
});
