import {
  ControlError,
  type ControlHandler,
  type ControlRequest,
  Router,
  type Shape,
  shapeError,
} from '../../simulator-kit/index.ts';
import { accountOf, type Measured, type Shipment, type World } from './model.ts';
import { addScan } from './tracking.ts';
import type { Deliveries } from './webhooks.ts';

const DIAL_SHAPE: Shape = {
  tokenLifetimeSeconds: 'number?',
  waybillLateMs: 'number?',
  trackingVisibleAfterMs: 'number?',
  blockedDays: 'array?',
  pricePercent: 'number?',
  refusal: 'string?',
  doubleEvents: 'boolean?',
  shuffleEvents: 'boolean?',
  withoutOffsets: 'boolean?',
  autoDeliver: 'boolean?',
  doubleWebhooks: 'boolean?',
  reverseWebhooks: 'boolean?',
  webhookBeforeAnswer: 'boolean?',
  signWithCountry: 'string?',
};
const REFUSALS: readonly unknown[] = [undefined, '', 'audit', 'frozen', 'waybill', 'revoked'];

/** This simulator's own controls beside the kit's. */
export function ninjaVanControls(world: World, deliveries: Deliveries): Router<ControlHandler> {
  return new Router<ControlHandler>()
    .on('GET', '/shipments', 'shipments', () => Object.values(world.state.shipments))
    .on('GET', '/shipments/:number', 'shipment', (request) => shipmentOf(world, request))
    .on('POST', '/shipments/:number/events', 'add event', (request) => addEvent(world, request))
    .on('GET', '/reservations', 'reservations', () => world.state.reservations)
    .on('GET', '/webhooks', 'webhooks', () => world.state.webhookUrls)
    .on('POST', '/webhooks', 'set webhook', ({ body }) => setWebhook(world, body))
    .on('POST', '/deliver', 'deliver', async () => ({ delivered: await deliveries.run() }))
    .on('POST', '/tokens/expire', 'expire tokens', () => {
      const expired = Object.keys(world.state.tokens).length;
      world.state.tokens = {};
      world.tools.changed();
      return { expired };
    })
    .on('GET', '/dials', 'dials', () => world.state.dials)
    .on('POST', '/dials', 'set dials', ({ body }) => {
      const problem = shapeError('body', body, DIAL_SHAPE);
      if (problem !== null) throw new ControlError(400, problem);
      if (!REFUSALS.includes((body as { refusal?: unknown }).refusal)) {
        throw new ControlError(400, `body.refusal must be one of ${REFUSALS.slice(2).join(', ')} or empty`);
      }
      Object.assign(world.state.dials, body);
      world.tools.changed();
      deliveries.wake();
      return world.state.dials;
    });
}

/** Where a country's webhooks go; null = nowhere. Of what happened before nothing is sent. */
function setWebhook(world: World, body: unknown) {
  const problem = shapeError('body', body, { country: 'string', url: 'any' });
  if (problem !== null) throw new ControlError(400, problem);
  const { country, url } = body as { country: string; url: unknown };
  if (accountOf(world, country) === undefined) throw new ControlError(404, `no account of ${country}`);
  if (url === null) delete world.state.webhookUrls[country];
  else if (typeof url === 'string' && URL.canParse(url)) world.state.webhookUrls[country] = url;
  else throw new ControlError(400, 'url must be an address or null');
  world.tools.changed();
  return world.state.webhookUrls;
}

interface SentEvent {
  status: string;
  at?: string;
  description?: string;
  isOnReturnLeg?: boolean;
  measured?: Measured;
}

/** Adds a scan. `at` defaults to the simulator's time; it may lie in the past or in the future. */
function addEvent(world: World, request: ControlRequest): Shipment {
  const shape: Shape = {
    status: 'string',
    at: 'string?',
    description: 'string?',
    isOnReturnLeg: 'boolean?',
    measured: 'object?',
  };
  const measuredShape: Shape = { weightKg: 'number', lengthCm: 'number', widthCm: 'number', heightCm: 'number' };
  const sent = request.body as SentEvent;
  const problem =
    shapeError('body', sent, shape) ??
    (sent.measured === undefined ? null : shapeError('body.measured', sent.measured, measuredShape));
  if (problem !== null) throw new ControlError(400, problem);
  const shipment = shipmentOf(world, request);
  const at = sent.at === undefined ? world.tools.clock.now() : new Date(sent.at);
  if (Number.isNaN(at.getTime())) throw new ControlError(400, 'at must be an ISO 8601 time');
  addScan(world, shipment, { ...sent, at: at.toISOString() });
  return shipment;
}

function shipmentOf(world: World, { params }: ControlRequest): Shipment {
  const shipment = world.state.shipments[params.number ?? ''];
  if (shipment === undefined) throw new ControlError(404, `no shipment ${params.number}`);
  return shipment;
}
