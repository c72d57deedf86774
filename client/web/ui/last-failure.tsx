import { failureOf } from '../api/reading.ts';
import { Nothing } from './badge.tsx';
import { Relative } from './time.tsx';

interface LastFailureProps {
  failure: unknown;
  at: string | null;
}

/** Why an outside system failed last, in one line. */
export function LastFailureText({ failure, at }: LastFailureProps) {
  const known = failureOf(failure);
  if (!known) return <Nothing />;
  return (
    <span className="clip" title={known.message}>
      <Relative at={at} />: {known.message}
    </span>
  );
}
