import type { CarrierMessage } from '../contract/carrier.ts';
import type { PostalAddress } from '../contract/common.ts';
import { carrierCountries, factsOf, isServed } from './countries.ts';
import type { NinjaVanSettings } from './schema.ts';

const STREET_MAX = 255;

/** A fault that is found before anything is sent. `code` is ours, `field` the carrier's. */
export function fault(code: string, field: string, message: string): CarrierMessage {
  return { code, field, message, level: 'error' };
}

export function warning(code: string, field: string | null, message: string): CarrierMessage {
  return { code, field, message, level: 'warning' };
}

/** Sub-districts as people write them into a street, by country and by the carrier's name for the field. */
const subdistricts: Readonly<Record<string, readonly { readonly field: string; readonly pattern: RegExp }[]>> = {
  ID: [
    { field: 'kelurahan', pattern: /\b(?:kelurahan|kel\.?|desa)\s+([^,]+)/i },
    { field: 'kecamatan', pattern: /\b(?:kecamatan|kec\.?)\s+([^,]+)/i },
  ],
  VN: [
    { field: 'ward', pattern: /\b((?:phường|phuong|ward|xã)\s+[^,]+)/iu },
    { field: 'district', pattern: /\b((?:quận|quan|district|huyện)\s+[^,]+)/iu },
  ],
  MY: [{ field: 'area', pattern: /\b(?:taman|kampung|kg\.?|bandar)\s+([^,]+)/i }],
};
/** How the region is called there. */
const regionFields: Readonly<Record<string, string>> = { ID: 'province', MY: 'state' };

export interface Party {
  readonly name: string;
  readonly phone_number?: string;
  readonly email?: string;
  readonly address: Record<string, string>;
}

/** Street in two fields, broken between words; null = does not fit: nothing is ever cut off an address. */
function streetOf(lines: readonly string[]): { address1: string; address2?: string } | null {
  const given = lines.map((line) => line.trim().replace(/\s+/g, ' ')).filter((line) => line !== '');
  const whole = given.join(', ');
  if (whole.length <= STREET_MAX) return { address1: whole };
  const at = whole.slice(0, STREET_MAX + 1).lastIndexOf(' ');
  const [address1, address2] = [whole.slice(0, at).trimEnd(), whole.slice(at + 1)];
  return at <= 0 || address2.length > STREET_MAX ? null : { address1, address2 };
}

function contactFaults(phone: string, email: string, path: string): CarrierMessage[] {
  const isPhone = /^[+\d][\d\s().-]{5,31}$/.test(phone);
  const isEmail = /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email);
  if (isPhone || isEmail) return [];
  const message = 'A phone number of 6 to 32 digits or a valid e-mail address is needed: add one of them.';
  return [fault('missing', `${path}.${phone === '' && email !== '' ? 'email' : 'phone_number'}`, message)];
}

function postcodeFaults({ countryCode, postcode }: PostalAddress, path: string): CarrierMessage[] {
  const { postcode: rule } = factsOf(countryCode);
  const given = postcode?.trim() ?? '';
  const field = `${path}.address.postcode`;
  if (rule === null || (given === '' && !rule.required)) return [];
  if (given === '') return [fault('missing', field, `An address in ${countryCode} needs its postcode: add it.`)];
  if (rule.pattern.test(given)) return [];
  return [fault('bad_postcode', field, `A postcode of ${countryCode} has ${rule.digits} digits: correct it.`)];
}

/** One side of an order, with everything that is wrong with it. */
export function toParty(
  address: PostalAddress,
  path: 'from' | 'to',
  defaults: NinjaVanSettings['shipper'] = {},
): { readonly party: Party; readonly messages: readonly CarrierMessage[] } {
  const { countryCode } = address;
  const named = [address.name, address.company ?? '', defaults.name ?? ''].map((one) => one.trim());
  const name = named.find((one) => one.length >= 3) ?? named.find((one) => one !== '') ?? '';
  const phone = (address.phone ?? defaults.phone ?? '').trim();
  const email = (address.email ?? defaults.email ?? '').trim();
  const messages = [...contactFaults(phone, email, path), ...postcodeFaults(address, path)];
  const length = [...name].length;
  if (length < 3 || length > 255) {
    messages.push(fault('bad_name', `${path}.name`, 'The name must have 3 to 255 characters: complete it.'));
  }
  if (!isServed(countryCode)) {
    const served = carrierCountries.join(', ');
    const message = `Ninja Van serves no address in ${countryCode || '(no country)'}, only in ${served}.`;
    messages.push(fault('not_served', `${path}.address.country`, message));
  }
  const street = streetOf(address.lines);
  const field = `${path}.address.address1`;
  if (street === null) {
    messages.push(fault('too_long', field, 'The street does not fit into 2 fields of 255 characters: shorten it.'));
  } else if (street.address1 === '') messages.push(fault('missing', field, 'The street is missing: add it.'));
  const isPhone = /^[+\d]/.test(phone);
  const party = {
    name,
    ...(isPhone ? { phone_number: phone } : {}),
    ...(email === '' ? {} : { email }),
    address: { ...(street ?? { address1: '' }), country: countryCode, ...placeOf(address) },
  };
  return { party, messages };
}

/** City, region and sub-districts in the fields of their country. Sub-districts that nobody wrote are left out. */
function placeOf({ countryCode, city, region, postcode, lines }: PostalAddress): Record<string, string> {
  const text = lines.join(', ');
  const place: Record<string, string> = {};
  if (city.trim() !== '') place.city = city.trim();
  if (postcode !== null && postcode.trim() !== '') place.postcode = postcode.trim();
  const regionField = regionFields[countryCode];
  if (regionField !== undefined && region !== null && region.trim() !== '') place[regionField] = region.trim();
  for (const { field, pattern } of subdistricts[countryCode] ?? []) {
    const found = pattern.exec(text)?.[1]?.trim();
    if (found) place[field] = found;
  }
  return place;
}
