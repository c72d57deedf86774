import type { JdIdSettings } from '../../schema.ts';
import type { Gateway } from '../gateway.ts';
import { openV1, throttleV1 } from './envelope.ts';
import { lookUps } from './lookups.ts';
import { offers } from './offers.ts';
import { orders } from './orders.ts';
import { productReads, productWrites, publishing } from './products.ts';
import { requestV1 } from './request.ts';

/**
 * The gateway of 2018 to about 2021: `param_json` (an object, a list or positional values), uploads at an address of
 * their own, one long-lived token, answers encoded twice or three times.
 */
export function gatewayV1(settings: JdIdSettings): Gateway {
  return {
    version: 'v1',
    capabilities: { delists: false, changesListedDays: settings.orderLookBackDays ?? 9 },
    renewsTokens: false,
    asksByState: true,
    calls: { ...lookUps, ...productReads, ...productWrites(settings), ...publishing, ...offers, ...orders(settings) },
    request: (call, credentials, at) => requestV1(call, credentials, at, settings),
    open: openV1,
    isRefusal: (text) => /^\s*\{/.test(text) && /"openapi_code"\s*:/.test(text.slice(0, 300)),
    throttle: throttleV1,
  };
}
