import type { VendorAnswer } from '../../simulator-kit/index.ts';
import { newWaybillNumber, type ShipmentRequest, type World } from './model.ts';
import { Problem } from './problem.ts';
import { checkAccounts } from './rates.ts';

const TYPES = ['SID', 'PID', 'ASID3', 'ASID6', 'ASID12', 'ASID24', 'HUID'];
const MAX_SIZE = 100;

/** `GET /identifiers`: waybill numbers for bookings to come. The shape of the answer is UNCONFIRMED. */
export function serveIdentifiers(world: World, query: URLSearchParams): VendorAnswer {
  const missing = ['accountNumber', 'type', 'size'].filter((name) => !query.get(name));
  if (missing.length > 0) {
    throw new Problem(400, `Missing mandatory parameters: ${missing.join(', ')}`, { title: 'Missing parameters' });
  }
  const type = query.get('type') ?? '';
  const size = Number(query.get('size'));
  if (!TYPES.includes(type) || !Number.isInteger(size) || size < 1 || size > MAX_SIZE) {
    throw new Problem(400, 'Parameters not having correct format: type, size', { title: 'Wrong format' });
  }
  checkAccounts(world, [{ typeCode: 'shipper', number: query.get('accountNumber') ?? '' }]);
  if (!world.state.dials.mayReserve) throw identifiersRefused();
  if (type !== 'SID') throw new Problem(400, `this simulator gives out no ${type}`);
  const list = Array.from({ length: size }, () => newWaybillNumber(world.state));
  world.state.reserved.push(...list);
  world.tools.changed();
  return { status: 200, body: { warnings: [], identifiers: [{ typeCode: type, list }] } };
}

/** The account may not reserve numbers. */
export function identifiersRefused(): Problem {
  return new Problem(
    400,
    '3501: Request Identifier is not allowed for your username. Please contact your DHL Express representative.',
  );
}

/**
 * The reserved number that a booking brings along; undefined when it brings none.
 * @throws Problem 400 for a number that was never given out
 */
export function reservedNumber(world: World, { identifiers = [] }: ShipmentRequest): string | undefined {
  const own = identifiers.filter(({ typeCode }) => typeCode !== 'parentId');
  const [first] = own;
  if (first === undefined) return undefined;
  if (!world.state.dials.mayReserve || first.typeCode !== 'shipmentId') throw identifiersRefused();
  const isKnown = world.state.reserved.includes(first.value) || world.state.shipments[first.value] !== undefined;
  if (!isKnown) throw new Problem(400, 'The shipment identifier was not reserved by this account');
  return first.value;
}
