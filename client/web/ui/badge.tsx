import { stateWords, toneOf } from './states.ts';

/** A state with its family's colour and sign; the colour is never the only carrier of the meaning. */
export function StateBadge({ state, machine }: { state: string; machine?: string }) {
  return (
    <span className="badge" data-tone={toneOf(state, machine)} title={state}>
      <span className="badge-dot" aria-hidden="true" />
      {stateWords(state)}
    </span>
  );
}

/** What the outside system calls it, as it says it. */
export function NativeState({ state }: { state: string | null }) {
  return state === null ? <Nothing /> : <code className="native">{state}</code>;
}

/** An empty cell that a screen reader can tell from a missing one. */
export function Nothing() {
  return (
    <span className="nothing">
      <span aria-hidden="true">–</span>
      <span className="visually-hidden">none</span>
    </span>
  );
}
