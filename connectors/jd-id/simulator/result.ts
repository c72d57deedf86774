import type { SeededRandom } from '../../simulator-kit/index.ts';
import type { World } from './model.ts';

/** The name under which a service puts its answer; it depends on the service, not on the method. */
export type Wrapper = 'result' | 'returnType' | 'EptRemoteResult' | 'com.jd.eptid.common.domain.EptRemoteResult';

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

/** On failure `model` is absent, null, or of another type than on success. */
export function failureModel(random: SeededRandom): { model?: unknown } {
  const shapes = [{}, { model: null }, { model: '' }, { model: false }];
  return shapes[random.int(shapes.length)] ?? {};
}

/** A method of the v1 gateway. `sent` is whatever its business parameter held: object, list, number or text. */
export interface MethodV1 {
  /** It takes a file, at the address for uploads. */
  upload?: true;
  /** `text`: the model is JSON text once more. */
  model?: 'text';
  run(world: World, sent: unknown, context: UploadContext): MethodResult | Promise<MethodResult>;
}

/** What a v1 method may need to know about its call. */
export interface UploadContext extends CallContext {
  file: Buffer | null;
}
