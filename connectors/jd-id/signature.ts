import { createHash } from 'node:crypto';

/**
 * The gateway's signature: every parameter but `sign`, sorted by name in ASCII order, name and value joined without a
 * separator, the app secret in front and behind, MD5 over UTF-8 bytes, upper-case hex. Empty values are left out.
 */
export function sign(parameters: Readonly<Record<string, string>>, appSecret: string): string {
  const joined = Object.entries(parameters)
    .filter(([name, value]) => name !== 'sign' && value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => name + value)
    .join('');
  return createHash('md5').update(`${appSecret}${joined}${appSecret}`, 'utf8').digest('hex').toUpperCase();
}
