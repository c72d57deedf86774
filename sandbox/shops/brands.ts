import { type Good, kauriGoods, manyGoods, rimuGoods, totaraGoods } from '../goods.ts';
import type { StoreKind } from './kinds.ts';

/** A made-up brand: where it sells from, in which money, and who gets its mails. */
export interface DemoBrand {
  readonly code: string;
  readonly name: string;
  /** ISO 4217. */
  readonly currency: string;
  /** IANA zone. */
  readonly timeZone: string;
  readonly mailTo: string;
  readonly shipFrom: object;
}

/** A brand with a shop of its own. */
export interface ShopBrand extends DemoBrand {
  readonly goods: () => Good[];
  /** Where the shop keeps its pieces; the first place is its own. */
  readonly places: readonly string[];
}

/** The main brand: scenarios are played with it, whatever shop it has. */
const kauri: ShopBrand = {
  code: 'kauri',
  name: 'Kauri Wool',
  currency: 'AUD',
  timeZone: 'Australia/Sydney',
  mailTo: 'warehouse@kauri.test',
  shipFrom: {
    name: 'Kira Kauri',
    company: 'Kauri Wool Pty Ltd',
    lines: ['12 Harbour Street'],
    city: 'Sydney',
    region: 'NSW',
    postcode: '2000',
    countryCode: 'AU',
    phone: '+61 2 5550 1234',
    email: 'warehouse@kauri.test',
  },
  goods: kauriGoods,
  places: ['default'],
};

const rimu: ShopBrand = {
  code: 'rimu',
  name: 'Rimu Outdoor',
  currency: 'NZD',
  timeZone: 'Pacific/Auckland',
  mailTo: 'dispatch@rimu.test',
  shipFrom: {
    name: 'Riki Rimu',
    company: 'Rimu Outdoor Ltd',
    lines: ['31 Ponsonby Road'],
    city: 'Auckland',
    region: null,
    postcode: '1011',
    countryCode: 'NZ',
    phone: '+64 9 555 0123',
    email: 'dispatch@rimu.test',
  },
  goods: rimuGoods,
  places: ['default', 'christchurch'],
};

const totara: ShopBrand = {
  code: 'totara',
  name: 'Totara Skin',
  currency: 'SGD',
  timeZone: 'Asia/Singapore',
  mailTo: 'orders@totara.test',
  shipFrom: {
    name: 'Tania Totara',
    company: 'Totara Skin Pte Ltd',
    lines: ['8 Tuas Avenue'],
    city: 'Singapore',
    region: null,
    postcode: '639229',
    countryCode: 'SG',
    phone: '+65 6555 0123',
    email: 'orders@totara.test',
  },
  goods: totaraGoods,
  places: ['Tuas warehouse', 'Orchard shop'],
};

/** Has no shop and lives by files alone. */
export const manuka: DemoBrand = {
  code: 'manuka',
  name: 'Manuka Candles',
  currency: 'AUD',
  timeZone: 'Australia/Sydney',
  mailTo: 'orders@manuka.test',
  shipFrom: {
    name: 'Mina Manuka',
    company: 'Manuka Candles Pty Ltd',
    lines: ['4 Lygon Street'],
    city: 'Melbourne',
    region: 'VIC',
    postcode: '3000',
    countryCode: 'AU',
    phone: '+61 3 5550 4321',
    email: 'orders@manuka.test',
  },
};

/** A shop of the demo world: what kind it is, and whose. */
export interface DemoShop {
  readonly kind: StoreKind;
  readonly brand: ShopBrand;
  /** Of its account here. */
  readonly code: string;
}

const brandOfFurther: Readonly<Partial<Record<StoreKind, ShopBrand>>> = { magento: rimu, shopify: totara };

/**
 * The shops of a world: the main brand has the first of the kinds, each of the others comes with its own brand. `moreGoods`:
 * so many simple products more in the main brand's.
 */
export function shopsOf(
  [first, ...further]: readonly [StoreKind, ...StoreKind[]],
  moreGoods = 0,
): [DemoShop, ...DemoShop[]] {
  const others = further.map((kind) => {
    const brand = brandOfFurther[kind];
    if (brand === undefined) throw new Error(`no further brand sells with ${kind}`);
    return { kind, brand, code: `${brand.code}-shop` };
  });
  const main = moreGoods === 0 ? kauri : { ...kauri, goods: () => [...kauriGoods(), ...manyGoods(moreGoods)] };
  return [{ kind: first, brand: main, code: 'kauri-shop' }, ...others];
}
