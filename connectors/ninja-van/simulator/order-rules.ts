import { isDay, TIMESLOTS } from './calendar.ts';
import { COUNTRIES, type OrderRequest } from './model.ts';
import { type Detail, Problem } from './problem.ts';

const SERVICE_TYPES = [
  ...['Parcel', 'Document', 'Return', 'Marketplace', 'Corporate', 'Corporate Document'],
  ...['Bulky', 'International'],
];
const SERVICE_LEVELS = ['Standard', 'Express', 'Sameday', 'Nextday'];
const NUMBER_PATTERN = /^([a-zA-Z0-9]+[-])*[a-zA-Z0-9]+$/;

/** Address parts that are published as required beside street and country; of other countries none is confirmed. */
const NEEDED: Readonly<Record<string, readonly string[]>> = { SG: ['postcode'], MY: ['postcode'] };
const POSTCODES: Readonly<Record<string, RegExp>> = { SG: /^\d{6}$/, MY: /^\d{5}$/, ID: /^\d{5}$/ };

type Fields = Readonly<Record<string, unknown>>;

/** Collects what is wrong with a body, field by field. */
class Findings {
  readonly details: Detail[] = [];

  add(reason: string, field: string, message: string): void {
    this.details.push({ reason, field, message });
  }

  text(of: Fields, name: string, path: string, [min, max]: readonly [number, number]): void {
    const value = of[name];
    if (typeof value !== 'string' || value.trim() === '') {
      this.add('missing', path, `${path} is required`);
      return;
    }
    const length = [...value].length;
    if (length < min || length > max) this.add('size', path, `${path} must have ${min} to ${max} characters`);
  }
}

function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

export interface Rules {
  country: string;
  international: boolean;
  maxWeightKg: number;
  today: string;
  /** Local hour of the pick-up's country; after the cut-off nobody comes on the same day. */
  hour: number;
}

/** After this hour nobody is sent on the same day any more; this simulator's own choice. */
const PICKUP_CUTOFF_HOUR = 15;

/** @throws Problem 400 with everything that is wrong */
export function checkedOrder(body: unknown, rules: Rules): OrderRequest {
  const order = fieldsOf(body);
  if (order === null) throw new Problem(400, 'The request body must be a JSON object');
  const findings = new Findings();
  if (!SERVICE_TYPES.includes(String(order.service_type))) {
    findings.add('invalid', 'service_type', `service_type must be one of ${SERVICE_TYPES.join(', ')}`);
  }
  if (!SERVICE_LEVELS.includes(String(order.service_level))) {
    findings.add('invalid', 'service_level', `service_level must be one of ${SERVICE_LEVELS.join(', ')}`);
  }
  checkNumber(order, findings);
  const abroad = order.service_type === 'International';
  if (abroad && !rules.international) {
    findings.add('invalid', 'service_type', 'International is not enabled for this account');
  }
  checkParty(order.from, 'from', rules, abroad, findings);
  checkParty(order.to, 'to', rules, abroad, findings);
  checkJob(order.parcel_job, rules, findings);
  if (findings.details.length > 0) throw new Problem(400, 'Some fields are invalid', findings.details);
  return order as unknown as OrderRequest;
}

function checkNumber(order: Fields, findings: Findings): void {
  const field = 'requested_tracking_number';
  const wanted = order[field];
  if (wanted !== undefined) {
    const fits = typeof wanted === 'string' && wanted.length >= 9 && wanted.length <= 18 && NUMBER_PATTERN.test(wanted);
    if (!fits) findings.add('invalid', field, `${field} must have 9 to 18 letters, digits and single dashes`);
  }
  const number = fieldsOf(order.reference)?.merchant_order_number;
  if (number !== undefined && (typeof number !== 'string' || number.length > 255)) {
    const path = 'reference.merchant_order_number';
    findings.add('size', path, `${path} must have at most 255 characters`);
  }
}

function checkParty(value: unknown, path: string, rules: Rules, abroad: boolean, findings: Findings): void {
  const party = fieldsOf(value);
  if (party === null) {
    findings.add('missing', path, `${path} is required`);
    return;
  }
  findings.text(party, 'name', `${path}.name`, [3, 255]);
  const phone = /^[+\d][\d\s()-]{5,31}$/.test(String(party.phone_number ?? ''));
  const email = /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(String(party.email ?? ''));
  if (!phone && !email) {
    findings.add('missing', `${path}.phone_number`, `${path} needs a valid phone_number or email`);
  }
  const address = fieldsOf(party.address);
  if (address === null) {
    findings.add('missing', `${path}.address`, `${path}.address is required`);
    return;
  }
  findings.text(address, 'address1', `${path}.address.address1`, [1, 255]);
  const country = String(address.country ?? '');
  const field = `${path}.address.country`;
  const known: readonly string[] = COUNTRIES;
  if (!known.includes(country)) {
    findings.add('invalid', field, `${field} must be one of ${known.join(', ')}`);
    return;
  }
  if (!abroad && country !== rules.country) {
    findings.add('invalid', field, `${field} must be ${rules.country} for this service`);
    return;
  }
  for (const part of NEEDED[country] ?? []) findings.text(address, part, `${path}.address.${part}`, [1, 255]);
  const pattern = POSTCODES[country];
  const postcode = String(address.postcode ?? '');
  if (pattern !== undefined && postcode !== '' && !pattern.test(postcode)) {
    findings.add('invalid', `${path}.address.postcode`, `${path}.address.postcode is no postcode of ${country}`);
  }
}

function checkSlot(value: unknown, path: string, findings: Findings): void {
  const slot = fieldsOf(value);
  const hours = `${slot?.start_time}-${slot?.end_time}`;
  if (slot === null) {
    findings.add('missing', path, `${path} is required`);
    return;
  }
  if (!TIMESLOTS.includes(hours)) findings.add('invalid', path, `${path} must be one of ${TIMESLOTS.join(', ')}`);
  if (typeof slot.timezone !== 'string') findings.add('missing', `${path}.timezone`, `${path}.timezone is required`);
}

function checkJob(value: unknown, rules: Rules, findings: Findings): void {
  const job = fieldsOf(value);
  if (job === null) {
    findings.add('missing', 'parcel_job', 'parcel_job is required');
    return;
  }
  if (typeof job.is_pickup_required !== 'boolean') {
    findings.add('missing', 'parcel_job.is_pickup_required', 'parcel_job.is_pickup_required is required');
  }
  const start = 'parcel_job.delivery_start_date';
  if (!isDay(String(job.delivery_start_date))) findings.add('invalid', start, `${start} must be a day, yyyy-MM-dd`);
  checkSlot(job.delivery_timeslot, 'parcel_job.delivery_timeslot', findings);
  if (job.is_pickup_required === true) checkPickup(job, rules, findings);
  const weight = fieldsOf(job.dimensions)?.weight;
  const path = 'parcel_job.dimensions.weight';
  if (weight !== undefined && (typeof weight !== 'number' || weight <= 0)) {
    findings.add('invalid', path, `${path} must be above 0 kg`);
  } else if (typeof weight === 'number' && weight > rules.maxWeightKg) {
    findings.add('invalid', path, `${path} must not be above ${rules.maxWeightKg} kg`);
  }
  for (const [index, item] of (Array.isArray(job.items) ? job.items : []).entries()) {
    const at = `parcel_job.items[${index}].item_description`;
    findings.text(fieldsOf(item) ?? {}, 'item_description', at, [1, 255]);
  }
}

function checkPickup(job: Fields, rules: Rules, findings: Findings): void {
  const field = 'parcel_job.pickup_date';
  const date = String(job.pickup_date);
  if (!isDay(date) || date < rules.today) {
    findings.add('invalid', field, `${field} must be a day from today on, yyyy-MM-dd`);
  } else if (date === rules.today && rules.hour >= PICKUP_CUTOFF_HOUR) {
    findings.add('invalid', field, `${field}: pick-ups of the same day must be booked before ${PICKUP_CUTOFF_HOUR}:00`);
  }
  checkSlot(job.pickup_timeslot, 'parcel_job.pickup_timeslot', findings);
}
