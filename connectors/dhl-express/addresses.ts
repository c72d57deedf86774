import type { CarrierMessage } from '../contract/carrier.ts';
import type { PostalAddress } from '../contract/common.ts';
import type { DhlExpressSettings } from './schema.ts';

const LINE_MAX = 45;
const LINES_MAX = 3;

/** A fault that is found before anything is sent. `code` is ours, `field` the carrier's. */
export function fault(code: string, field: string, message: string): CarrierMessage {
  return { code, field, message, level: 'error' };
}

/**
 * Street lines of at most 45 characters, at most three, broken between words only. Lines that fit as they are stay as
 * they are. Null = does not fit: nothing is ever cut off an address.
 */
export function fitLines(lines: readonly string[]): string[] | null {
  const given = lines.map((line) => line.trim().replace(/\s+/g, ' ')).filter((line) => line !== '');
  if (given.length <= LINES_MAX && given.every((line) => line.length <= LINE_MAX)) return given;
  const fitted: string[] = [];
  for (const word of given.join(' ').split(' ')) {
    if (word.length > LINE_MAX) return null;
    const last = fitted.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= LINE_MAX) fitted[fitted.length - 1] = `${last} ${word}`;
    else fitted.push(word);
  }
  return fitted.length <= LINES_MAX ? fitted : null;
}

export interface Party {
  readonly postalAddress: Record<string, string>;
  readonly contactInformation: Record<string, string>;
  readonly typeCode: 'business' | 'direct_consumer';
}

interface Limit {
  readonly value: string | null;
  readonly field: string;
  readonly max: number;
  readonly required: boolean;
  readonly what: string;
}

function check(limits: readonly Limit[], path: string): CarrierMessage[] {
  return limits.flatMap(({ value, field, max, required, what }) => {
    if (value === null || value.trim() === '') {
      return required ? [fault('missing', `${path}/${field}`, `The ${what} is missing: add it.`)] : [];
    }
    if (value.length <= max) return [];
    return [fault('too_long', `${path}/${field}`, `The ${what} has over ${max} characters: shorten it.`)];
  });
}

/** A region's short code (`WA`, `ON`), or its name, each in the field that is for it. */
function regionFields(region: string | null): Record<string, string> {
  if (region === null || region.trim() === '') return {};
  return /^[A-Z0-9]{2,3}$/.test(region) ? { provinceCode: region } : { provinceName: region };
}

/** Only what a price depends on: no street, no name. */
export function toRatedAddress(address: PostalAddress): Record<string, string> {
  return {
    postalCode: address.postcode ?? '',
    cityName: address.city,
    countryCode: address.countryCode,
  };
}

/** One side of a shipment, with everything that is wrong with it. */
export function toParty(
  address: PostalAddress,
  path: string,
  defaults: DhlExpressSettings['shipper'] = {},
): { readonly party: Party; readonly faults: readonly CarrierMessage[] } {
  const name = address.name.trim() === '' ? (defaults.name ?? '') : address.name;
  const company = address.company ?? defaults.company ?? null;
  const phone = address.phone ?? defaults.phone ?? null;
  const email = address.email ?? defaults.email ?? null;
  const lines = fitLines(address.lines);
  const faults = [
    ...check(
      [
        { value: name, field: 'contactInformation/fullName', max: 255, required: true, what: 'name' },
        { value: company, field: 'contactInformation/companyName', max: 100, required: false, what: 'company' },
        { value: phone, field: 'contactInformation/phone', max: 70, required: true, what: 'phone number' },
        { value: email, field: 'contactInformation/email', max: 70, required: false, what: 'e-mail address' },
        { value: address.city, field: 'postalAddress/cityName', max: 45, required: true, what: 'city' },
        { value: address.postcode, field: 'postalAddress/postalCode', max: 12, required: false, what: 'postcode' },
        { value: address.region, field: 'postalAddress/provinceName', max: 35, required: false, what: 'region' },
      ],
      path,
    ),
  ];
  const street = `${path}/postalAddress/addressLine1`;
  if (lines === null) {
    faults.push(fault('too_long', street, 'The street does not fit into 3 lines of 45 characters: shorten it.'));
  } else if (lines.length === 0) faults.push(fault('missing', street, 'The street is missing: add it.'));
  if (!/^[A-Z]{2}$/.test(address.countryCode)) {
    faults.push(fault('bad_country', `${path}/postalAddress/countryCode`, 'The country must be a two-letter code.'));
  }
  const [line1, line2, line3] = lines ?? [];
  const party: Party = {
    postalAddress: {
      postalCode: address.postcode ?? '',
      cityName: address.city,
      countryCode: address.countryCode,
      addressLine1: line1 ?? '',
      ...(line2 === undefined ? {} : { addressLine2: line2 }),
      ...(line3 === undefined ? {} : { addressLine3: line3 }),
      ...regionFields(address.region),
    },
    contactInformation: {
      fullName: name,
      // Required by DHL; a private person is their own company.
      companyName: company ?? name.slice(0, 100),
      phone: phone ?? '',
      ...(email === null ? {} : { email }),
    },
    typeCode: company === null ? 'direct_consumer' : 'business',
  };
  return { party, faults };
}
