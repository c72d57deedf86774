import type { World } from './model.ts';

/** The name under which a service puts its answer; it depends on the service, not on the method. */
export type Wrapper = 'result' | 'returnType' | 'EptRemoteResult';

/** What a method's own program answers, before the envelopes. */
export interface MethodResult {
  success: boolean;
  /** 0 on success; the real values are UNCONFIRMED, clients look at the success flag only. */
  code: number;
  message: string;
  /** `undefined` on failure: the envelope then makes up one of the shapes seen. */
  model?: unknown;
}

/** A gateway method. */
export interface Method {
  wrapper: Wrapper;
  /** One method names its flag `isSuccess`. */
  flag?: 'isSuccess';
  run(world: World, parameters: Record<string, unknown>, context: CallContext): MethodResult | Promise<MethodResult>;
}

/** What a method may need to know about its call. */
export interface CallContext {
  /** Reads answer with the version before the newest one. */
  stale: boolean;
}

/** A business success. */
export function ok(model: unknown): MethodResult {
  return { success: true, code: 0, message: 'success', model };
}

/** A business failure. The code numbers are this simulator's own, UNCONFIRMED. */
export function refused(message: string, code = 1): MethodResult {
  return { success: false, code, message };
}
