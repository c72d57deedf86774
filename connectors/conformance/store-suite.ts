import type { StoreConnector } from '../contract/store.ts';
import { offlineConnector } from './offline.ts';
import { batchCases } from './store/batches.ts';
import { credentialsCases } from './store/credentials.ts';
import { moneyCases, quantityCases, skuCases, textCases } from './store/data.ts';
import { faultCases, throttleCases } from './store/faults.ts';
import { incrementalCases } from './store/incremental.ts';
import { lostAnswerCases } from './store/lost.ts';
import { pagingCases, resumeCases } from './store/paging.ts';
import { parallelCases } from './store/parallel.ts';
import { fullReadCases } from './store/reads.ts';
import { repeatedCases } from './store/repeated.ts';
import type { StoreCase } from './store/tools.ts';
import type { StoreSubject } from './store-subject.ts';

/** What a store may be able to do beyond what each one must: asked by its methods and flags. */
const optional = new Set<string>([
  'readLocations',
  'writeStock',
  'writePrices',
  'readOrders',
  'addOrderNote',
  'holdOrder',
  'releaseOrder',
  'refundOrder',
  'reconcileWebhooks',
  'verifyWebhook',
]);

/** Families that are about broken servers from beginning to end, and single cases of that kind. */
const needDials = new Set<string>([
  'lost answer',
  'throttling',
  'broken answers',
  'incremental read/not-everything',
  'repeated write/webhooks',
]);

/** The connector made from made-up credentials, on a transport that calls nobody: to see what it can do. */
export function offlineStore(subject: StoreSubject): StoreConnector {
  const made = offlineConnector(subject.name, subject.example);
  if (made.kind !== 'store') throw new Error(`${subject.name} is no store`);
  return subject.wrap?.(made) ?? made;
}

/** Why a store lacks a capability; null = it has it. */
export function lackOf(capability: string, connector: StoreConnector, subject: StoreSubject): string | null {
  const isThere =
    capability === 'compareAndSetStock'
      ? connector.capabilities.compareAndSetStock
      : !optional.has(capability) || (capability in connector && Reflect.get(connector, capability) !== undefined);
  return isThere ? null : (subject.lacks?.[capability] ?? `the connector has no ${capability}`);
}

/** Why a store cannot pass a case, where that is known beforehand. */
function skipOf(one: StoreCase, connector: StoreConnector, subject: StoreSubject): string | null {
  return one.skip ?? subject.exceptions?.[one.id] ?? lackOf(one.capability, connector, subject);
}

/**
 * All cases of a store, in the order in which they are run.
 *
 * @throws when the subject excepts a case that there is not
 */
export function storeCases(subject: StoreSubject): readonly StoreCase[] {
  const connector = offlineStore(subject);
  const all = [
    ...credentialsCases,
    ...fullReadCases,
    ...incrementalCases,
    ...pagingCases,
    ...resumeCases,
    ...repeatedCases,
    ...batchCases,
    ...lostAnswerCases,
    ...throttleCases(subject),
    ...faultCases,
    ...skuCases,
    ...moneyCases,
    ...textCases,
    ...quantityCases,
    ...parallelCases,
  ];
  const ids = new Set(all.map(({ id }) => id));
  const stray = Object.keys(subject.exceptions ?? {}).find((id) => !ids.has(id));
  if (stray !== undefined) throw new Error(`${subject.name} excepts the case ${stray}, which there is not`);
  if (ids.size !== all.length) throw new Error('two cases have one id');
  return all.map((one) => ({
    ...one,
    skip: skipOf(one, connector, subject),
    needsDials: needDials.has(one.family) || needDials.has(one.id),
  }));
}
