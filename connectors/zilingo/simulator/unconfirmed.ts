import type { Router, VendorAnswer, VendorRequest } from '../../simulator-kit/index.ts';
import { refused, success } from './answers.ts';
import { labelPdf } from './label.ts';
import { nextId, nowMs, type Order, PRODUCT_STATUS, type Unit, type World } from './model.ts';
import { moveUnits, unitById } from './orders.ts';
import { productAnswer } from './products.ts';
import { filledText, objectOf } from './values.ts';

/** Where this project's own inventions lie: no public code knows such calls. */
export const UNCONFIRMED_PREFIX = '/__unconfirmed';

type Handler = (request: VendorRequest, params: Record<string, string>) => VendorAnswer | Promise<VendorAnswer>;

/** Accept, pick-up, label, ship and the list of products: what the portal can do, as calls of our own making. */
export function addUnconfirmed(
  router: Router<Handler>,
  world: World,
  bodyOf: (request: VendorRequest) => unknown,
): void {
  const onUnit = (
    method: string,
    action: string,
    run: (unit: Unit, order: Order, body: Record<string, unknown>) => VendorAnswer | Promise<VendorAnswer>,
  ) =>
    router.on(method, `${UNCONFIRMED_PREFIX}/units/:id/${action}`, `unconfirmed ${action}`, (request, { id }) => {
      const found = unitById(world, id);
      return found === undefined
        ? refused(world, `unit ${id} does not exist`)
        : run(found.unit, found.order, objectOf(bodyOf(request)));
    });
  onUnit('POST', 'accept', (unit, order) => {
    if (unit.status !== 'awaitingConfirmation') return wrongState(world, unit, 'accepted');
    moveUnits(world, order, [unit], 'awaitingPickupRequest', 'accept');
    return success(world);
  });
  onUnit('POST', 'pickup', (unit, order, body) => {
    if (!['awaitingPickupRequest', 'awaitingPickupSchedule'].includes(unit.status)) {
      return wrongState(world, unit, 'picked up');
    }
    unit.pickupAt = filledText(body.readyAt) ?? null;
    moveUnits(world, order, [unit], 'pickupScheduled', 'pickup arranged');
    return success(world);
  });
  onUnit('GET', 'label', async (unit) => {
    if (unit.status === 'awaitingConfirmation') return wrongState(world, unit, 'labelled');
    unit.trackingNumber ??= `ZLG${String(700_000_000 + nextId(world, 'tracking'))}`;
    unit.carrier ??= 'Zilingo Shipping';
    world.tools.changed();
    const { trackingNumber, carrier, shippableUnitId } = unit;
    const pdf = await labelPdf(trackingNumber, shippableUnitId, new Date(nowMs(world)));
    return success(world, {
      trackingNumber,
      carrier,
      ...(world.state.labelsLate ? {} : { label: pdf.toString('base64') }),
    });
  });
  onUnit('POST', 'ship', (unit, order, body) => {
    const isReady = ['awaitingPickupRequest', 'awaitingPickupSchedule', 'pickupScheduled'].includes(unit.status);
    if (!isReady || unit.trackingNumber !== null) return wrongState(world, unit, 'shipped');
    const trackingNumber = filledText(body.trackingNumber);
    const carrier = filledText(body.carrier);
    if (trackingNumber === undefined || carrier === undefined)
      return refused(world, 'carrier and trackingNumber are needed');
    Object.assign(unit, { trackingNumber, carrier });
    moveUnits(world, order, [unit], 'pickupScheduled', 'own shipment');
    return success(world);
  });
  router.on('GET', `${UNCONFIRMED_PREFIX}/products`, 'unconfirmed products', () => {
    const inStatus = (status: string) =>
      Object.values(world.state.products)
        .filter((product) => product.status === status)
        .map(productAnswer);
    const approvedProducts = inStatus(PRODUCT_STATUS.approved);
    return { status: 200, body: { approvedProducts, delistedProducts: inStatus(PRODUCT_STATUS.delisted) } };
  });
}

function wrongState(world: World, unit: Unit, verb: string): VendorAnswer {
  return refused(world, `unit ${unit.shippableUnitId} is ${unit.status} and cannot be ${verb}`);
}
