import type { AccessWay } from '../contract/access.ts';

/** Resources as the shop's admin names them; the connection test names the technical one that is missing. */
const RESOURCES =
  'Sales → Operations → Orders with all actions, Catalog → Inventory → Products and Categories, Stores → Settings → All Stores, Stores → Attributes, Stores → Inventory → Sources and Stocks, Carts, System → Bulk operations (the exact names differ between versions: UNCONFIRMED)';
const INTEGRATION = [
  'In the shop’s admin: System → Integrations → Add New Integration. Name: Tradelane. Leave the two URLs empty.',
  `API → Resource Access: Custom, and tick ${RESOURCES}.`,
  'Save, then Activate → Allow, and copy what is shown.',
];

/** Who lets us into a Magento shop, and how. */
export const ways: readonly AccessWay[] = [
  {
    id: 'integration',
    title: 'Integration, signed (OAuth 1.0a)',
    when: 'The usual way: secrets never travel, nothing ends by itself.',
    steps: INTEGRATION,
    credentials: ['consumerKey', 'consumerSecret', 'accessToken', 'accessTokenSecret'],
    settings: { authentication: 'oauth' },
    handOver: false,
  },
  {
    id: 'bearer',
    title: 'Integration, access token alone',
    when: 'Where signatures fail behind a proxy that hides https from the shop. Off by default since 2.4.4.',
    steps: [
      ...INTEGRATION,
      'Stores → Configuration → Services → OAuth → Consumer Settings: allow access tokens as standalone bearer tokens.',
    ],
    credentials: ['accessToken'],
    settings: { authentication: 'bearer' },
    handOver: false,
  },
  {
    id: 'admin',
    title: 'Administrator’s name and password',
    when: 'Where no integration can be made. The user must have no second factor; tokens end after an hour and are renewed.',
    steps: [
      'In the shop’s admin: System → Permissions → User Roles → Add New Role. Resource Access: Custom.',
      `Tick ${RESOURCES}.`,
      'System → Permissions → All Users → Add New User with this role alone.',
    ],
    credentials: ['username', 'password'],
    settings: { authentication: 'admin' },
    handOver: false,
  },
];
