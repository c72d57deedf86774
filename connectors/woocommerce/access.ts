import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { AccessWay, HandOver, HandOverArrival } from '../contract/access.ts';
import { ConnectorError } from '../errors.ts';

/** The right that the key must have: stock, prices and orders are written. */
const SCOPE = 'read_write';
const KEY_STEPS = [
  'In the shop’s WordPress: WooCommerce → Settings → Advanced → REST API → Add key.',
  'Description: Tradelane. User: one with the role Shop manager. Permissions: Read/Write.',
  'Generate API key, and copy both values at once: the secret is never shown again.',
];

/** Who lets us into a WooCommerce shop, and how. */
export const ways: readonly AccessWay[] = [
  {
    id: 'hand-over',
    title: 'Let the shop hand over a key',
    when: 'The quickest. The shop must reach this installation over https.',
    steps: [
      'Enter the shop’s address and go on: the shop’s own page opens.',
      'Log in there as an administrator or shop manager, and choose Approve.',
      'The shop makes a key with the right Read/Write and sends it here.',
    ],
    credentials: [],
    settings: {},
    handOver: true,
  },
  {
    id: 'key',
    title: 'Enter a REST key',
    when: 'Always possible. Over https the key is sent (Basic), over http requests are only signed with it (OAuth 1.0a).',
    steps: KEY_STEPS,
    credentials: ['consumerKey', 'consumerSecret'],
    settings: {},
    handOver: false,
  },
  {
    id: 'key-query',
    title: 'Enter a REST key, for hosts that remove the Authorization header',
    when: 'When the test says that the header does not arrive. Keys then travel in the address, over https.',
    steps: KEY_STEPS,
    credentials: ['consumerKey', 'consumerSecret'],
    settings: { authentication: 'query' },
    handOver: false,
  },
  {
    id: 'key-signed',
    title: 'Enter a REST key, requests signed (OAuth 1.0a)',
    when: 'For sites behind a proxy that do not notice that they are called over https.',
    steps: KEY_STEPS,
    credentials: ['consumerKey', 'consumerSecret'],
    settings: { authentication: 'oauth' },
    handOver: false,
  },
];

/** What the shop posts after the owner's consent (WooCommerce, `WC_Auth::create_keys`). */
const keysSchema = Type.Object({
  user_id: Type.Union([Type.String(), Type.Number()]),
  consumer_key: Type.String({ pattern: '^ck_[A-Za-z0-9_]{4,100}$' }),
  consumer_secret: Type.String({ pattern: '^cs_[A-Za-z0-9_]{4,100}$' }),
  key_permissions: Type.String({ maxLength: 20 }),
});

/**
 * The application authentication endpoint: the shop's page asks its owner, then the shop posts a fresh key to
 * `callback_url` and sends the browser to `return_url` with `success=1|0`. The shop takes only https as `callback_url`,
 * calls only public hosts on ports 80, 443 and 8080, and deletes the key again unless it is answered with 200.
 */
export const handOver: HandOver = {
  arrival: 'post',
  consentUrl({ settings, state }, { returnUrl, callbackUrl }) {
    const query = new URLSearchParams({
      app_name: 'Tradelane',
      scope: SCOPE,
      user_id: state,
      return_url: returnUrl,
      callback_url: callbackUrl,
    });
    return `${String(settings.url).replace(/\/+$/, '')}/wc-auth/v1/authorize?${query.toString()}`;
  },
  check({ body, state }: HandOverArrival) {
    if (!Value.Check(keysSchema, body)) {
      const first = Value.Errors(keysSchema, body).First();
      throw refused(`what the shop sent does not fit (${first?.path || '/'})`);
    }
    if (String(body.user_id) !== state) throw refused('the keys are meant for another connection');
    const { consumer_key: consumerKey, consumer_secret: consumerSecret, key_permissions: permissions } = body;
    return { consumerKey, consumerSecret, permissions };
  },
  redeem({ received: { consumerKey, consumerSecret, permissions } }) {
    const findings =
      permissions === SCOPE
        ? []
        : [
            {
              severity: 'error' as const,
              what: `The shop gave a key with the right "${String(permissions)}"; "${SCOPE}" is needed.`,
              remedy: 'Connect again; the shop’s page must offer Read/Write access.',
            },
          ];
    return Promise.resolve({ credentials: { consumerKey, consumerSecret }, findings });
  },
};

function refused(why: string): ConnectorError {
  return new ConnectorError('Rejected', `The hand-over is refused: ${why}.`, {
    code: 'hand_over',
    remedy: 'Begin the connection of the shop again.',
  });
}
