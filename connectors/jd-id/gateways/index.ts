import type { JdIdSettings } from '../schema.ts';
import type { Gateway } from './gateway.ts';
import { gatewayV1 } from './v1/index.ts';
import { gatewayV2 } from './v2/index.ts';

/** The gateway that the settings choose; v2 where they say nothing. */
export function gatewayFor(settings: JdIdSettings): Gateway {
  return settings.gateway === 'v1' ? gatewayV1(settings) : gatewayV2(settings);
}
