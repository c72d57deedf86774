const special = /[\\\t\n\r]/;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** One value in COPY's text format; NUL, which PostgreSQL cannot hold, is left out. */
export function copyValue(value: string | number | boolean | null): string {
  if (value === null) return '\\N';
  if (typeof value !== 'string') return String(value);
  const clean = value.includes('\0') ? value.replaceAll('\0', '') : value;
  return special.test(clean) ? clean.replaceAll(/[\\\t\n\r]/g, (sign) => escapes[sign] ?? sign) : clean;
}
