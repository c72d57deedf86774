/** Calculations on decimal texts in millionths (as exact as taxes are kept), so that no float ever holds an amount. */
export const SCALE = 1_000_000;

/** Cleans a price as the shop does: everything but digits, point and minus goes; what is no number becomes empty. */
export function cleanPrice(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '';
  const cleaned = text.replace(',', '.').replace(/[^0-9.-]/g, '');
  return cleaned !== '' && Number.isFinite(Number(cleaned)) ? cleaned : '';
}

/** Millionths of a decimal text; 0 for what is no number. */
export function toUnits(text: string): number {
  return Math.round(Number(cleanPrice(text) || '0') * SCALE);
}

/** A decimal text with a fixed number of decimals. */
export function fromUnits(units: number, decimals = 2): string {
  const text = (units / SCALE).toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** The amount as a JSON number: only `line_items[].price` is one. */
export function unitsToNumber(units: number): number {
  return units / SCALE;
}

/** Integer minor units of a currency, by ISO 4217's number of decimals. */
export function toMinor(units: number, currency: string): number {
  return Math.round((units / SCALE) * 10 ** currencyDecimals(currency));
}

function currencyDecimals(currency: string): number {
  const options = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  return options.maximumFractionDigits ?? 2;
}

/** Rounds to `decimals` places, halves away from zero, or towards it as the shop does for tax inside of prices. */
export function roundUnits(units: number, decimals: number, halfDown = false): number {
  const step = SCALE / 10 ** decimals;
  const size = Math.abs(units) / step;
  const whole = Math.floor(size);
  const isUp = halfDown ? size - whole > 0.5 : size - whole >= 0.5;
  return Math.sign(units) * (isUp ? whole + 1 : whole) * step;
}

/** A decimal text without needless zeros, up to six places: how taxes of a line are kept. */
export function exactText(units: number): string {
  const text = fromUnits(units, 6);
  return text.replace(/\.?0+$/, '');
}
