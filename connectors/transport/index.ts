export { type CallMeaning, policyAdapter } from './axios.ts';
export { type Budget, type Permit, type Urgency, unlimitedBudget } from './budget.ts';
export type { HttpClient, IncomingAnswer, OutgoingCall, Throttle } from './client.ts';
export { policyFetch } from './fetch.ts';
export { looksLikeHtml, parseJsonAnswer, unreadableAnswer } from './json.ts';
export {
  type CallObservation,
  type CallScope,
  type ClosableHttpClient,
  createHttpClient,
  type HttpClientOptions,
  type TransportTimeouts,
} from './policy.ts';
export { type Prepaid, presentUrgency, withPermit, withUrgency } from './priorities.ts';
export { excerpt, redact } from './redact.ts';
export { retryAfterMs } from './retry-after.ts';
export {
  assertPublicTarget,
  isPublicAddress,
  type PublicTarget,
  publicOnlyLookup,
  publicTargets,
  type ResolveAll,
} from './target.ts';
