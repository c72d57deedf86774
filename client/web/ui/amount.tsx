import type { Money } from '../api/types/common.ts';
import { Nothing } from './badge.tsx';
import { formatMinor } from './format.ts';

/** An amount with its currency set back, so that columns of numbers stay readable. */
export function Amount({ amountMinor, currency }: { amountMinor: number | null; currency: string }) {
  if (amountMinor === null) return <Nothing />;
  return (
    <span className="amount">
      <span className="currency">{currency}</span> {formatMinor(amountMinor, currency)}
    </span>
  );
}

export function Total({ money }: { money: Money }) {
  return <Amount amountMinor={money.amountMinor} currency={money.currency} />;
}
