import {
  ControlError,
  type ControlHandler,
  type ControlRequest,
  type Router,
  shapeError,
} from '../../simulator-kit/index.ts';
import { nowMs, type ReviewRule, type Spu, WARE_STATUS, type World } from './model.ts';
import { changeListing, endReview, isUnderReview, productView } from './review.ts';
import { listOf, objectOf, wholeNumber } from './values.ts';

/** What the platform's people do with products: review them, take them down, lock them. */
export function addReviewControls(router: Router<ControlHandler>, world: World): void {
  const to = (action: string, run: (spu: Spu, request: ControlRequest) => void) =>
    router.on('POST', `/products/:spuId/${action}`, action, (request) => {
      const spu = spuOf(world, request);
      run(spu, request);
      world.tools.changed();
      return productView(world, spu);
    });
  router.on('GET', '/review-rules', 'review rules', () => rulesOf(world));
  router.on('POST', '/review-rules', 'set review rules', ({ body }) => setReviewRules(world, body));
  to('review', (spu, request) => forceReview(world, spu, request));
  to('take-down', (spu, request) => intervene(world, spu, WARE_STATUS.takenDown, reasonIn(request)));
  to('lock', (spu, request) => intervene(world, spu, WARE_STATUS.locked, reasonIn(request)));
  to('unlock', (spu, request) => unlock(world, spu, request));
}

/** The product that a control's path names. */
export function spuOf(world: World, { params }: ControlRequest): Spu {
  const spu = world.state.spus[params.spuId ?? ''];
  if (spu === undefined) throw new ControlError(404, `no product ${params.spuId}`);
  return spu;
}

function rulesOf({ state: { rejectSkus, refuseSkus, requiredAttributes } }: World) {
  return { rejectSkus, refuseSkus, requiredAttributes };
}

/** Replaces the rules that the body names; the others stay. */
function setReviewRules(world: World, body: unknown) {
  const shape = { rejectSkus: 'object?', refuseSkus: 'object?', requiredAttributes: 'object?' } as const;
  const problem = shapeError('body', body, shape);
  if (problem !== null) throw new ControlError(400, problem);
  const { rejectSkus, refuseSkus, requiredAttributes } = objectOf(body);
  const { state } = world;
  if (rejectSkus !== undefined) state.rejectSkus = each(rejectSkus, ruleFrom);
  if (refuseSkus !== undefined) state.refuseSkus = each(refuseSkus, String);
  if (requiredAttributes !== undefined) {
    state.requiredAttributes = each(requiredAttributes, (ids) => listOf(ids).flatMap((id) => wholeNumber(id) ?? []));
  }
  world.tools.changed();
  return rulesOf(world);
}

function each<Value>(value: unknown, read: (value: unknown) => Value): Record<string, Value> {
  return Object.fromEntries(Object.entries(objectOf(value)).map(([key, one]) => [key, read(one)]));
}

/** A reason as text, or `{reason?, delayMs?, times?}`. */
function ruleFrom(value: unknown): ReviewRule {
  if (typeof value === 'string') return { reason: value, delayMs: null, times: null };
  const problem = shapeError('rule', value, { reason: 'string?', delayMs: 'number?', times: 'number?' });
  if (problem !== null) throw new ControlError(400, problem);
  const { reason, delayMs, times } = objectOf(value);
  return {
    reason: typeof reason === 'string' ? reason : null,
    delayMs: wholeNumber(delayMs) ?? null,
    times: wholeNumber(times) ?? null,
  };
}

/** Ends a running review at once, against the rules if need be. */
function forceReview(world: World, spu: Spu, request: ControlRequest): void {
  const problem = shapeError('body', request.body, { approve: 'boolean', reason: 'string?' });
  if (problem !== null) throw new ControlError(400, problem);
  if (!isUnderReview(spu)) throw new ControlError(409, 'the product is not under review');
  const { approve, reason } = objectOf(request.body);
  endReview(world, spu, { approve: approve === true, ...(typeof reason === 'string' ? { reason } : {}) });
}

function reasonIn(request: ControlRequest): string {
  const problem = shapeError('body', request.body, { reason: 'string' });
  if (problem !== null) throw new ControlError(400, problem);
  return String(objectOf(request.body).reason);
}

/** The platform takes an approved product off its shelf, or locks it as well. A running review of a change ends. */
function intervene(world: World, spu: Spu, wareStatus: number, reason: string): void {
  if (spu.wareStatus === WARE_STATUS.neverApproved) throw new ControlError(409, 'the product was never approved');
  if (isUnderReview(spu)) endReview(world, spu, { approve: false, reason });
  const change = () => {
    spu.wareStatus = wareStatus;
    spu.auditReason = reason;
  };
  changeListing(world, spu, change, reason);
  spu.modified = nowMs(world);
}

/** An appeal was heard: the product is on its shelf again, or off it, as it was. */
function unlock(world: World, spu: Spu, request: ControlRequest): void {
  const problem = shapeError('body', request.body ?? {}, { onShelf: 'boolean?' });
  if (problem !== null) throw new ControlError(400, problem);
  if (spu.wareStatus !== WARE_STATUS.locked) throw new ControlError(409, 'the product is not locked');
  changeListing(world, spu, () => {
    spu.wareStatus = objectOf(request.body).onShelf === false ? WARE_STATUS.offShelf : WARE_STATUS.onShelf;
    spu.auditReason = null;
  });
}
