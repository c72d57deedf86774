import { fromMinor, toMinor } from '../contract/minor-units.ts';

/** An amount as the shop's JSON has it, number or text, exactly; null when it is none or has too many decimals. */
export function amountOf(value: number | string | null | undefined, currency: string): number | null {
  return value === null || value === undefined ? null : toMinor(String(value), currency);
}

/** Integer minor units as the JSON number that Magento takes; its shortest writing has no more decimals than these. */
export function toNumber(amountMinor: number, currency: string): number {
  return Number(fromMinor(amountMinor, currency));
}
