import type { CarrierMessage } from '../contract/carrier.ts';
import { fault } from './addresses.ts';

/** A description may be shortened, at a word, with a warning; DHL refuses leading blanks. */
export function describe(text: string, max: number, field: string, messages: CarrierMessage[]): string {
  const trimmed = text.trim();
  if (trimmed === '') messages.push(fault('missing', field, 'The description is missing: add it.'));
  if (trimmed.length <= max) return trimmed;
  const cut = trimmed.slice(0, max + 1);
  const atWord = cut.lastIndexOf(' ');
  const short = (atWord > 0 ? cut.slice(0, atWord) : cut.slice(0, max)).trimEnd();
  messages.push({ code: 'shortened', field, message: `Shortened to "${short}"`, level: 'warning' });
  return short;
}

/** A count, or a measure in whole units, above 0. */
export function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}
