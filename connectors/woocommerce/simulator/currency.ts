/** Names and symbols (as HTML entities, as the shop answers them) of the currencies the project meets. */
const CURRENCIES: Readonly<Record<string, { name: string; symbol: string }>> = {
  AUD: { name: 'Australian dollar', symbol: '&#36;' },
  EUR: { name: 'Euro', symbol: '&euro;' },
  GBP: { name: 'Pound sterling', symbol: '&pound;' },
  HKD: { name: 'Hong Kong dollar', symbol: '&#36;' },
  IDR: { name: 'Indonesian rupiah', symbol: 'Rp' },
  MYR: { name: 'Malaysian ringgit', symbol: '&#82;&#77;' },
  NZD: { name: 'New Zealand dollar', symbol: '&#36;' },
  PHP: { name: 'Philippine peso', symbol: '&#8369;' },
  SGD: { name: 'Singapore dollar', symbol: '&#36;' },
  THB: { name: 'Thai baht', symbol: '&#3647;' },
  USD: { name: 'United States (US) dollar', symbol: '&#36;' },
};

/** What `GET /data/currencies/current` answers. */
export function currencyView(code: string): { code: string; name: string; symbol: string } {
  const known = CURRENCIES[code] ?? { name: code, symbol: code };
  return { code, ...known };
}

/** The symbol as text, entities resolved: how orders show it. */
export function plainSymbol(code: string): string {
  const named: Record<string, string> = { '&euro;': '€', '&pound;': '£' };
  const { symbol } = currencyView(code);
  return (
    named[symbol] ?? symbol.replace(/&#(\d+);/g, (_entity, digits: string) => String.fromCodePoint(Number(digits)))
  );
}

/** A price as the shop's HTML. */
export function priceTag(code: string, amount: string): string {
  const symbol = `<span class="woocommerce-Price-currencySymbol" translate="no">${currencyView(code).symbol}</span>`;
  return `<span class="woocommerce-Price-amount amount"><bdi>${symbol}${amount}</bdi></span>`;
}
