import { type ChargeType, type TrackingTag, trackingTags } from '../contract/carrier.ts';
import { scanRow as row, type ScanRow } from '../contract/scan-row.ts';

/** Checkpoint codes of the official list → tag. */
export const scanCodes: readonly ScanRow[] = [
  row('PU', 'PICKED_UP', 'shipment pick up'),
  row('SA', 'PICKED_UP', 'shipment acceptance'),
  row('AF', 'IN_TRANSIT', 'arrived facility'),
  row('DF', 'IN_TRANSIT', 'depart facility'),
  row('PL', 'IN_TRANSIT', 'processed at location'),
  row('AR', 'IN_TRANSIT', 'arrival in delivery facility'),
  row('TR', 'IN_TRANSIT', 'record of transfer'),
  row('TP', 'IN_TRANSIT', 'forwarded to third party'),
  row('FD', 'IN_TRANSIT', 'forward destination'),
  row('RR', 'IN_TRANSIT', 'response received'),
  row('SM', 'IN_TRANSIT', 'not in the published list', { confirmed: false }),
  row('SC', 'IN_TRANSIT', 'service changed'),
  row('MC', 'IN_TRANSIT', 'miscode: misrouted', { warn: true }),
  row('MS', 'IN_TRANSIT', 'mis-sort: misrouted', { warn: true }),
  row('MD', 'IN_TRANSIT', 'missed delivery cycle', { warn: true }),
  row('IC', 'IN_CUSTOMS', 'in clearance processing'),
  row('BN', 'IN_CUSTOMS', 'customer broker notified'),
  row('CR', 'IN_CUSTOMS', 'clearance release'),
  row('BR', 'IN_CUSTOMS', 'broker release'),
  row('CD', 'CUSTOMS_HELD', 'controllable clearance delay', { warn: true }),
  row('UD', 'CUSTOMS_HELD', 'uncontrollable clearance delay', { warn: true }),
  row('HP', 'CUSTOMS_HELD', 'held for payment', { warn: true }),
  row('PY', 'CUSTOMS_HELD', 'payment; not in the published list', { warn: true, confirmed: false }),
  row('WC', 'OUT_FOR_DELIVERY', 'with delivering courier'),
  row('CC', 'READY_FOR_COLLECTION', 'awaiting consignee collection'),
  row('BA', 'DELIVERY_FAILED', 'bad address', { warn: true }),
  row('CA', 'DELIVERY_FAILED', 'closed on arrival'),
  row('CM', 'DELIVERY_FAILED', 'customer moved', { warn: true }),
  row('NH', 'DELIVERY_FAILED', 'not home'),
  row('ND', 'DELIVERY_FAILED', 'not delivered'),
  row('RD', 'DELIVERY_FAILED', 'refused delivery', { warn: true }),
  row('AD', 'DELIVERY_FAILED', 'agreed delivery'),
  row('OH', 'ON_HOLD', 'on hold'),
  row('SS', 'ON_HOLD', 'shipment stopped', { warn: true }),
  row('OK', 'DELIVERED', 'delivery'),
  row('PD', 'DELIVERED', 'partial delivery', { warn: true }),
  row('DD', 'DELIVERED', 'delivered damaged', { warn: true }),
  row('RT', 'RETURNED', 'returned to consignor; RETURNING and RETURNED have one code', {
    warn: true,
    confirmed: false,
  }),
  row('DS', 'LOST', 'destroyed or disposed of', { warn: true }),
  row('CS', 'FACT', 'closed shipment: no state of its own', { confirmed: false }),
];

/** Tags without a code, with the reason. */
export const scanTagsWithoutNative: Readonly<Partial<Record<TrackingTag, string>>> = {
  LABEL_CREATED: 'no checkpoint yet: the booking itself says so',
  PICKUP_FAILED: 'no code in the official list',
  RETURNING: 'one code (RT) for both; read as RETURNED',
  CANCELLED: 'a booking cannot be cancelled, only left unused',
};

const byCode = new Map(scanCodes.map((entry) => [entry.native, entry]));

/** Null = a code that nobody has translated: kept as a raw event with a warning. */
export function scanTag(native: string): TrackingTag | null {
  return byCode.get(native)?.tag ?? null;
}

/** The codes of a tag; empty where `scanTagsWithoutNative` says why. */
export function nativeScanCodes(tag: TrackingTag): readonly string[] {
  return scanCodes.filter((entry) => entry.tag === tag).map((entry) => entry.native);
}

/** `serviceTypeCode` of a price line → charge type; a line without service code is the base price. */
const serviceTypes: Readonly<Record<string, ChargeType>> = { SCH: 'surcharge', XCH: 'addon', TEC: 'addon' };

/** Services that a booking's charges name without a type. UNCONFIRMED: only their codes are published. */
const services: Readonly<Record<string, ChargeType>> = {
  FF: 'surcharge',
  CR: 'surcharge',
  OO: 'surcharge',
  MA: 'surcharge',
};

/** What kind of charge a price line is. */
export function chargeType(code: string | null, serviceType: string | null): ChargeType {
  if (code === null) return 'base';
  return serviceTypes[serviceType ?? ''] ?? services[code] ?? 'addon';
}

/** The table as Markdown, for the documentation. */
export function renderTagTable(): string {
  const rows = scanCodes.map((entry) => {
    const marks = [entry.warn ? 'warn' : '', entry.confirmed ? '' : 'UNCONFIRMED'].filter((mark) => mark !== '');
    return `| ${entry.native} | ${entry.tag} | ${entry.meaning} | ${marks.join(', ')} |`;
  });
  const missing = trackingTags
    .filter((tag) => nativeScanCodes(tag).length === 0)
    .map((tag) => `| – | ${tag} | ${scanTagsWithoutNative[tag] ?? 'no code'} | |`);
  return [
    '| `typeCode` | tag | meaning | marks |',
    '| --- | --- | --- | --- |',
    ...rows,
    ...missing,
    '| MEASURED | FACT | ours: weight and sides that DHL measured, told beside the checkpoints | UNCONFIRMED |',
    '| any other | – | kept as a raw event | warn |',
    '',
  ].join('\n');
}
