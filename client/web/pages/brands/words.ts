import type { BrandDetail, ConfirmationRule } from '../../api/types/brands.ts';

export const paperNames: Record<string, string> = {
  'thermal-100x150': 'Thermal 100 × 150 mm',
  a6: 'A6',
  'a4-4up': 'A4, four labels a sheet',
};

export const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

export const ownLabelNames: Record<string, string> = {
  consolidated: 'for consignments of several pieces or orders',
  always: 'for every consignment',
  never: 'never',
};

export const labelFormatNames: Record<string, string> = {
  PDF: 'PDF, for any printer',
  ZPL: 'ZPL, for label printers',
};

export const silenceNames: Record<string, string> = {
  ops: 'the order comes back to operations',
  approve: 'the order is approved',
};

export const declineNames: Record<string, string> = {
  cancel: 'a cancellation is asked for on the marketplace',
  ops: 'the order comes back to operations with the reason',
};

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** Times of label mails: `11:00 and 16:00`; many at one distance are named by it instead of listed. */
export function timesText(times: readonly string[]): string {
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return 'never';
  if (times.length < 3) return times.join(' and ');
  const gaps = new Set(times.slice(1).map((time, index) => minutesOf(time) - minutesOf(times[index] ?? time)));
  const [gap] = gaps;
  if (gap !== undefined && gaps.size === 1 && times.length > 6) return `every ${gap} minutes, ${first} to ${last}`;
  return `${times.slice(0, -1).join(', ')} and ${last}`;
}

/** The decimals that a currency has. */
export const digitsOf = (currency: string): number =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;

type Condition = ConfirmationRule['conditions'][number];

function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case 'total-at-least': {
      const { amountMinor, currency } = condition;
      return `its total is ${currency} ${(amountMinor / 10 ** digitsOf(currency)).toLocaleString('en')} or more`;
    }
    case 'destination':
      return `it goes to ${condition.countryCodes.join(', ')}`;
    case 'sku':
      return `it holds ${condition.skus.join(', ')}`;
    case 'first-order':
      return 'it is the first order on its marketplace';
  }
}

/** When a brand is asked, as one sentence. */
export function ruleText({ confirmation }: BrandDetail): string {
  if (confirmation === null) return 'Only when somebody asks it about an order.';
  const { ask, conditions } = confirmation as ConfirmationRule;
  if (ask === 'always') return 'About every order.';
  if (ask === 'by-hand' || conditions.length === 0) return 'Only when somebody asks it about an order.';
  return `When ${conditions.map(conditionText).join(', or ')}.`;
}
