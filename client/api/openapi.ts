import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { Type } from '@sinclair/typebox';
import { pino } from 'pino';
import { createSealer } from '../../db/sealing.ts';
import type { ApiDeps } from './deps.ts';

export const openApiOptions: FastifyDynamicSwaggerOptions = {
  refResolver: { buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `schema-${index}`) },
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Tradelane',
      version: '1',
      description:
        'Orders, products, listings and what belongs to them. Every POST and PATCH takes an `Idempotency-Key`: the same ' +
        'key with the same body is answered with the first answer. Lists are paged by key: pass `next` as `after`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'tradelane_session' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
    },
  },
  transform: ({ schema, url, route }) => {
    const access = route.config?.access;
    if (access === undefined) return { schema: { ...schema, hide: true }, url };
    const security = access === 'public' ? [] : [{ session: [] }, { bearer: [] }];
    const description = access === 'public' ? 'For everybody.' : `For ${access.join(', ')}.`;
    return { schema: { ...schema, security, description }, url };
  },
};

const nobody = () => Promise.reject(new Error('the description of the API calls nobody'));

/** Dependencies for describing the API: nothing behind it is there. */
function descriptionDeps(): ApiDeps {
  const never = new Proxy({}, { get: () => nobody });
  return {
    db: never as ApiDeps['db'],
    sealer: createSealer(new Uint8Array(32)),
    clock: { now: nobody },
    wallClock: { now: nobody },
    newId: () => '00000000-0000-0000-0000-000000000000',
    log: pino({ level: 'silent' }),
    config: {
      api: { host: '127.0.0.1', port: 0, publicUrl: null, webDir: '/nowhere', metricsPort: 0 },
      allowPrivateTargets: false,
    },
    temporal: null,
    connectors: [{ name: 'example', title: 'Example', kind: 'store', settings: Type.Any(), credentials: Type.Any() }],
    openConnector: nobody,
    testConnection: nobody,
    redeemHandOver: nobody,
    mailCatcher: null,
  };
}

/** The API's description as it is committed in `docs/openapi.json`. */
export async function renderOpenApi(): Promise<string> {
  const { buildApi } = await import('./app.ts');
  const app = buildApi(descriptionDeps());
  try {
    await app.ready();
    return `${JSON.stringify(app.swagger(), null, 2)}\n`;
  } finally {
    await app.close();
  }
}
