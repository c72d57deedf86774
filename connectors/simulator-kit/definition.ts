import type { SimulatorClock } from './clock.ts';
import type { SeededRandom } from './random.ts';
import type { Router } from './router.ts';
import type { ControlHandler, SimulatorLog, Throttle, VendorAnswer, VendorRequest } from './types.ts';

/** What the kit gives to a simulator before it listens. */
export interface SimulatorTools {
  log: SimulatorLog;
  clock: SimulatorClock;
  random: SeededRandom;
  /** The simulator's own URL without a trailing slash; only known once it listens. */
  url(): string;
  /** To be called after every change of the state: it is then saved, if a state file is wanted. */
  changed(): void;
}

/** What a simulator gives to the kit. */
export interface SimulatorDefinition {
  /** The vendor's name for a call (a route, a gateway method): for the log, and what faults match on. */
  operation(request: VendorRequest): string;
  /** What a call is about, for the log, where its path does not say it; also of calls that faults keep from being served. */
  about?(request: VendorRequest): string;
  /** Serves one vendor call. A thrown error is logged and answered by `failed`. */
  handle(request: VendorRequest): VendorAnswer | Promise<VendorAnswer>;
  /** The vendor's answer to a call above its rate; the kit adds `Retry-After` where the form asks for it. */
  throttled(request: VendorRequest, throttle: Throttle): VendorAnswer;
  /** The vendor's answer when its own program breaks; default: 500 with a JSON body. */
  failed?(request: VendorRequest, error: unknown): VendorAnswer;
  /** Further controls under `/__control` (patterns without that prefix). */
  controls?: Router<ControlHandler>;
  /** Things the simulator will still do by itself at the present time; default 0. */
  pending?(): number;
  /** The clock was set: do what is due now. */
  onClock?(now: Date): void | Promise<void>;
  /** The full ground truth as JSON. */
  state(): unknown;
  /** Back to how it was at first start. */
  reset(): void | Promise<void>;
  /** State as JSON, for the state file; default: none is kept. */
  save?(): unknown;
  /** Takes over what `save` gave in an earlier run. Called before the simulator listens. */
  load?(state: unknown): void;
  /** Called once it listens and `url()` is known (e.g. to go on with queued deliveries). */
  started?(): void;
  /** Ends timers and open calls of its own. */
  closed?(): void | Promise<void>;
}
