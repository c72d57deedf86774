import { createHash } from 'node:crypto';

/**
 * The v2 gateway's signature: all sent parameters but `sign`, sorted by name, joined as name + value, between two app
 * secrets, MD5 over UTF-8, upper-case hex. Empty values take no part.
 */
export function signatureOf(parameters: Iterable<readonly [string, string]>, appSecret: string): string {
  const joined = [...parameters]
    .filter(([name, value]) => name !== 'sign' && value !== '')
    .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
    .map(([name, value]) => name + value)
    .join('');
  return createHash('md5').update(`${appSecret}${joined}${appSecret}`, 'utf8').digest('hex').toUpperCase();
}
