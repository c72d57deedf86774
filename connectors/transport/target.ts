import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { ConnectorError } from '../errors.ts';

/** Ports that a shop or a marketplace answers on; others belong to databases and internal services. */
const PUBLIC_PORTS = new Set(['', '80', '443', '8080', '8443']);

/** Special-purpose IPv4 ranges (IANA registry, RFC 6890 and its successors): none of them is a public host. */
const IPV4_SPECIAL: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** Special ranges inside global unicast; among them 6to4 and Teredo, which carry any IPv4 address. */
const IPV6_SPECIAL: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const special = new BlockList();
for (const [net, prefix] of IPV4_SPECIAL) special.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of IPV6_SPECIAL) special.addSubnet(net, prefix, 'ipv6');
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** Resolves a name to all its addresses, as `dns.lookup` with `all` does. */
export type ResolveAll = (hostname: string) => Promise<readonly LookupAddress[]>;

/** True for an address that the public internet routes. IPv4-mapped IPv6 is judged by its IPv4 part. */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '');
  const version = isIP(bare);
  if (version === 4) return !special.check(bare, 'ipv4');
  if (version !== 6) return false;
  const mapped = mappedIpv4(bare);
  if (mapped !== null) return !special.check(mapped, 'ipv4');
  return globalUnicast.check(bare, 'ipv6') && !special.check(bare, 'ipv6');
}

/** A target that was checked, and the name resolution that a connection to it must use. */
export interface PublicTarget {
  readonly url: URL;
  readonly addresses: readonly string[];
  /** Answers only with the checked addresses, whatever the name server says later. */
  readonly lookup: LookupFunction;
}

/**
 * Checks an address that a person typed before anything is sent to it: http or https, no user name in it, a web port,
 * and every address that the name stands for is public. Odd notations (0x7f.1, 2130706433) are read as the URL
 * standard reads them.
 *
 * @throws ConnectorError Rejected, field `url`, saying what is wrong; Unavailable when the name cannot be resolved
 */
export async function assertPublicTarget(
  url: string,
  options: { readonly allowPrivate: boolean; readonly resolve?: ResolveAll },
): Promise<PublicTarget> {
  const parsed = parseTarget(url, options.allowPrivate);
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(host) > 0 ? [{ address: host, family: isIP(host) }] : await resolveHost(host, options.resolve);
  if (!options.allowPrivate) for (const { address } of addresses) refusePrivate(host, address);
  return { url: parsed, addresses: addresses.map(({ address }) => address), lookup: pinned(addresses) };
}

/**
 * A name resolution that refuses a name as soon as one of its addresses is not public; for clients that live longer
 * than one check. Addresses written as numbers never pass here: `refusePrivateLiteral` is for those.
 */
export function publicOnlyLookup(resolve: ResolveAll = resolveAll): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname)
      .then((addresses) => {
        for (const { address } of addresses) refusePrivate(hostname, address);
        answer(addresses, options, callback);
      })
      .catch((error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), ''));
  };
}

/**
 * Client options for addresses given by people: `createHttpClient({ …, ...publicTargets() })`. Checks again at each
 * connection, so that a name that begins to point inside later is refused too.
 */
export function publicTargets(resolve?: ResolveAll): { publicTargetsOnly: true; lookup: LookupFunction } {
  return { publicTargetsOnly: true, lookup: publicOnlyLookup(resolve) };
}

/** @throws ConnectorError Rejected when the URL's host is written as an address that is not public, or its port is no web port */
export function refusePrivateLiteral(url: URL): void {
  refuseOddPort(url);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) > 0) refusePrivate(host, host);
}

function parseTarget(url: string, allowPrivate: boolean): URL {
  if (!URL.canParse(url)) throw refusal('The address cannot be read.', 'Write it as https://shop.example.');
  const parsed = new URL(url);
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') {
    throw refusal(`The scheme ${parsed.protocol} is not served.`, 'Use https://.');
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw refusal('The address holds a user name.', 'Leave out everything before the @.');
  }
  if (!allowPrivate) refuseOddPort(parsed);
  return parsed;
}

function refuseOddPort({ port }: URL): void {
  if (!PUBLIC_PORTS.has(port)) throw refusal(`Port ${port} is not a web port.`, 'Use 80, 443, 8080 or 8443.');
}

async function resolveHost(host: string, resolve: ResolveAll = resolveAll): Promise<readonly LookupAddress[]> {
  try {
    const addresses = await resolve(host);
    if (addresses.length > 0) return addresses;
  } catch (cause) {
    throw new ConnectorError('Unavailable', `The name ${host} cannot be resolved.`, { code: 'dns', cause });
  }
  throw new ConnectorError('Unavailable', `The name ${host} has no address.`, { code: 'dns' });
}

function resolveAll(hostname: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    dnsLookup(hostname, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });
}

function refusePrivate(host: string, address: string): void {
  if (isPublicAddress(address)) return;
  throw refusal(`${host} is not a public host.`, 'Use the address under which buyers reach the shop.');
}

function pinned(addresses: readonly LookupAddress[]): LookupFunction {
  return (_hostname, options, callback) => answer(addresses, options, callback);
}

function answer(
  addresses: readonly LookupAddress[],
  options: Parameters<LookupFunction>[1],
  callback: Parameters<LookupFunction>[2],
): void {
  const wanted = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : (options.family ?? 0);
  const fitting = addresses.filter(({ family }) => wanted === 0 || family === wanted);
  const first = fitting[0];
  if (first === undefined) callback(new Error('no address of the wanted family'), '');
  else if (options.all === true) callback(null, [...fitting]);
  else callback(null, first.address, first.family);
}

/** The IPv4 part of `::ffff:a.b.c.d` in any spelling, or null. */
function mappedIpv4(address: string): string | null {
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const parts = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (parts === null) return null;
  const high = Number.parseInt(parts[1] ?? '', 16);
  const low = Number.parseInt(parts[2] ?? '', 16);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function refusal(message: string, remedy: string): ConnectorError {
  return new ConnectorError('Rejected', message, { code: 'target', field: 'url', remedy });
}
