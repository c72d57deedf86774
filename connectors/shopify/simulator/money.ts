/** Amounts are counted in ten-thousandths here: no currency is finer. */
const SCALE = 4;

/** A decimal text as an integer of ten-thousandths. */
export function toUnits(amount: unknown): number {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(amount).trim()) ?? [];
  if (whole === undefined) return 0;
  return Number(`${sign}${whole}${fraction.slice(0, SCALE).padEnd(SCALE, '0')}`);
}

/** As Shopify writes it: at least one decimal, no more zeros than needed. */
export function toAmount(units: number): string {
  const text = String(Math.abs(units)).padStart(SCALE + 1, '0');
  const fraction = text.slice(-SCALE).replace(/0+$/, '');
  return `${units < 0 ? '-' : ''}${text.slice(0, -SCALE)}.${fraction === '' ? '0' : fraction}`;
}

/** `MoneyBag`: the shop's currency is the buyer's, too. */
export function moneyBag(units: number, currencyCode: string) {
  const money = { amount: toAmount(units), currencyCode };
  return { shopMoney: money, presentmentMoney: money };
}

/** Minor units for the log's facts: whole ones for rupiah, else cents. */
export function toMinor(units: number, currency: string): number {
  return Math.round(units / (currency === 'IDR' ? 10_000 : 100));
}
