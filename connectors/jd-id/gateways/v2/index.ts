import type { JdIdSettings } from '../../schema.ts';
import { sign } from '../../signature.ts';
import { gatewayTimestamp } from '../../times.ts';
import type { Gateway } from '../gateway.ts';
import { openEnvelope, throttleOf } from './envelope.ts';
import { lookUps } from './lookups.ts';
import { offers } from './offers.ts';
import { orders } from './orders.ts';
import { productReads, productWrites, publishing } from './products.ts';

/**
 * The gateway of 2021 to 2023: one URL, form-encoded POST (images do not fit into a query, and tokens do not belong into
 * a URL), `360buy_param_json`, OAuth tokens that rotate.
 */
export function gatewayV2(settings: JdIdSettings): Gateway {
  return {
    version: 'v2',
    capabilities: {},
    renewsTokens: true,
    asksByState: false,
    calls: {
      ...lookUps(settings),
      ...productReads,
      ...productWrites(settings),
      ...publishing,
      ...offers,
      ...orders(settings),
    },
    request: ({ method, business }, { appKey, appSecret, accessToken }, at) => {
      const unsigned = {
        app_key: appKey,
        access_token: accessToken,
        method,
        v: '2.0',
        timestamp: gatewayTimestamp(at),
        '360buy_param_json': business,
      };
      return {
        url: settings.gatewayUrl,
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
        body: new URLSearchParams({ ...unsigned, sign: sign(unsigned, appSecret) }).toString(),
      };
    },
    open: ({ method, operation, effect = false }, text) => openEnvelope({ method, operation, effect, text }),
    isRefusal: (text) => /^\s*\{\s*"error_response"/i.test(text),
    throttle: throttleOf,
  };
}
