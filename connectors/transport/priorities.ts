import { AsyncLocalStorage } from 'node:async_hooks';
import type { Permit, Urgency } from './budget.ts';

/** A permit that was taken before it was known what exactly is sent; the first call of its account uses it. */
export interface Prepaid {
  readonly connectionId: string;
  permit: Permit | null;
}

interface Circumstances {
  readonly urgency: Urgency;
  readonly prepaid: Prepaid | null;
}

/** What nobody told the purpose of: after orders and labels, before what can wait. */
const usual: Circumstances = { urgency: { priority: 'tracking', brandId: null }, prepaid: null };
const circumstances = new AsyncLocalStorage<Circumstances>();

/** Calls made within `work` are this urgent. */
export const withUrgency = <Result>(urgency: Urgency, work: () => Result): Result =>
  circumstances.run({ urgency, prepaid: null }, work);

/** The first call of the account within `work` has its permit already. What is left over is given back by the caller. */
export const withPermit = <Result>(urgency: Urgency, prepaid: Prepaid, work: () => Result): Result =>
  circumstances.run({ urgency, prepaid }, work);

/** What surrounds the present call. */
export const presentUrgency = (): Urgency => (circumstances.getStore() ?? usual).urgency;

/** Takes the permit that was prepared for this account, if there is one. */
export function prepaidPermit(connectionId: string): Permit | null {
  const prepaid = circumstances.getStore()?.prepaid;
  if (!prepaid || prepaid.connectionId !== connectionId) return null;
  const { permit } = prepaid;
  prepaid.permit = null;
  return permit;
}
