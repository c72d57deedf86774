import { describe, expect, it } from 'vitest';
import { checkOffers, quietMs } from './l3-offers.ts';
import { announced, LogWriter, offerSet, shopOrder, shopOrderStatus, stockSet, whats } from './log.fixture.ts';

const books = (
  more: { safetyStock?: number; skusWithProblem?: string[]; policy?: 'shared' | 'quota'; quotaThreshold?: number } = {},
) => ({
  map: {
    skus: [
      {
        skuId: 's1',
        label: 'kauri TEE',
        brandId: 'b1',
        safetyStock: more.safetyStock ?? 0,
        policy: more.policy ?? null,
        ...(more.quotaThreshold === undefined ? {} : { quotaThreshold: more.quotaThreshold }),
      },
    ],
    offers: [
      { skuId: 's1', connectionCode: 'jd', sellerSku: 'JD-TEE', externalListingId: 'spu-1' },
      { skuId: 's1', connectionCode: 'zil', sellerSku: 'Z-TEE', externalListingId: 'z-1' },
    ],
    storeSkus: [{ skuId: 's1', connectionCode: 'shop', sku: 'TEE' }],
    orders: [{ number: 'TL-000001', connectionCode: 'jd', externalId: '1001', brandId: 'b1' }],
  },
  skusWithProblem: new Set(more.skusWithProblem ?? []),
});

/** Three systems; `at` says when in seconds. */
class World {
  readonly shop = new LogWriter('woocommerce');
  readonly jd = new LogWriter('jd-id');
  readonly zil = new LogWriter('zilingo');

  at(seconds: number): { shop: LogWriter; jd: LogWriter; zil: LogWriter } {
    const ms = 1_000_000 + seconds * 1000;
    return { shop: this.shop.at(ms), jd: this.jd.at(ms), zil: this.zil.at(ms) };
  }

  audit(more: Parameters<typeof books>[0] = {}) {
    const sources = [
      this.shop.source('store', 'shop'),
      this.jd.source('marketplace', 'jd'),
      this.zil.source('marketplace', 'zil'),
    ];
    return checkOffers({ sources, books: books(more) });
  }
}

const buy = (quantity: number, left: number) => [
  offerSet('JD-TEE', left, 'sale'),
  announced('1001', [{ sku: 'JD-TEE', quantity, unitPriceMinor: 1 }]),
];
const pushed = (quantity: number, left: number) => [
  shopOrder('70', 'TL-000001', [{ sku: 'TEE', quantity }]),
  stockSet('TEE', left, 'order'),
];

function shared(): World {
  const world = new World();
  world.at(0).shop.facts(stockSet('TEE', 5));
  world.at(1).jd.facts(offerSet('JD-TEE', 3));
  world.at(2).zil.facts(offerSet('Z-TEE', 2));
  return world;
}

describe('L3: offers at every instant', () => {
  it('finds nothing wrong with parts that add up to what there is', () => {
    expect(shared().audit()).toMatchObject({ checked: 1, findings: [] });
  });

  it('finds one unit too many on the second marketplace, and for how long', () => {
    const world = shared();
    world.at(3).zil.facts(offerSet('Z-TEE', 3));
    world.at(5).jd.facts(offerSet('JD-TEE', 2));
    const { findings } = world.audit();
    expect(whats(findings)).toEqual(['more offered than there is']);
    expect(findings[0]?.detail).toMatch(/^1 too many .*\(2000 ms\): quota: offered 3 \+ 3, on hand 5/);
  });

  it('allows each marketplace everything under the shared policy, and no more than that', () => {
    const world = shared();
    world.at(3).zil.facts(offerSet('Z-TEE', 5));
    world.at(4).jd.facts(offerSet('JD-TEE', 5));
    expect(world.audit({ policy: 'shared' }).findings).toEqual([]);
    expect(world.audit({ quotaThreshold: 5 }).findings).toEqual([]);
    expect(whats(world.audit({ quotaThreshold: 6 }).findings)).toEqual(['more offered than there is']);
    world.at(5).zil.facts(offerSet('Z-TEE', 6));
    expect(whats(world.audit({ policy: 'shared' }).findings)).toEqual(['more offered than there is']);
  });

  it('excepts what is left over there when a sale brings a SKU below its switch point, until our cuts', () => {
    const world = shared();
    world.at(3).zil.facts(offerSet('Z-TEE', 5));
    world.at(4).jd.facts(offerSet('JD-TEE', 5));
    world.at(5).jd.facts(...buy(1, 4));
    world.at(6).zil.facts(offerSet('Z-TEE', 2));
    world.at(7).jd.facts(offerSet('JD-TEE', 2));
    expect(world.audit({ quotaThreshold: 5 })).toMatchObject({ findings: [], figures: { 'L3.outsideIntervals': 1 } });
  });

  it('counts the safety stock', () => {
    expect(whats(shared().audit({ safetyStock: 1 }).findings)).toEqual(['more offered than there is']);
  });

  it('follows a buyer’s order through the push: the unit is counted once at every instant', () => {
    const world = shared();
    world.at(3).jd.facts(...buy(1, 2));
    world.at(4).shop.facts(...pushed(1, 4));
    expect(world.audit().findings).toEqual([]);
  });

  it('finds a sold unit that is offered again before the shop has taken it', () => {
    const world = shared();
    world.at(3).jd.facts(...buy(1, 2));
    world.at(4).zil.facts(offerSet('Z-TEE', 3));
    world.at(5).shop.facts(...pushed(1, 4));
    expect(whats(world.audit().findings)).toEqual(['more offered than there is']);
  });

  it('finds a second shop order that takes stock which is still offered', () => {
    const world = shared();
    world.at(3).jd.facts(...buy(1, 2));
    world.at(4).shop.facts(...pushed(1, 4));
    world.at(5).shop.facts(shopOrder('71', 'TL-000001', [{ sku: 'TEE', quantity: 1 }]), stockSet('TEE', 3, 'order'));
    expect(whats(world.audit().findings)).toEqual(['more offered than there is']);
  });

  it('gives units back when the marketplace cancels before the push, and when the shop cancels after it', () => {
    const early = shared();
    early.at(3).jd.facts(...buy(1, 2));
    early.at(4).jd.facts({ fact: 'order.state', externalId: '1001', from: '1', to: '5', cause: 'cancel' });
    early.at(5).jd.facts(offerSet('JD-TEE', 3));
    expect(early.audit().findings).toEqual([]);
    const late = shared();
    late.at(3).jd.facts(...buy(1, 2));
    late.at(4).shop.facts(...pushed(1, 4));
    late.at(5).shop.facts(shopOrderStatus('70', 'cancelled'), stockSet('TEE', 5, 'order'));
    late.at(6).jd.facts(offerSet('JD-TEE', 3));
    expect(late.audit().findings).toEqual([]);
  });

  it('finds units offered again before the shop gave them back', () => {
    const world = shared();
    world.at(3).jd.facts(...buy(1, 2));
    world.at(4).shop.facts(...pushed(1, 4));
    world.at(5).jd.facts(offerSet('JD-TEE', 3));
    expect(whats(world.audit().findings)).toEqual(['more offered than there is']);
  });

  it('excepts the time between a sale in the shop itself and our cut, and reports its length', () => {
    const world = shared();
    world.at(3).shop.facts(stockSet('TEE', 3, 'own-sale'));
    world.at(7).jd.facts(offerSet('JD-TEE', 1));
    const { findings, figures } = world.audit();
    expect(findings).toEqual([]);
    expect(figures).toMatchObject({ 'L3.outsideIntervals': 1, 'L3.longestOutsideIntervalMs': 4000 });
  });

  it('excepts a customer’s order in the shop, which has no reference of ours', () => {
    const world = shared();
    world.at(3).shop.facts(shopOrder('80', '', [{ sku: 'TEE', quantity: 1 }]), stockSet('TEE', 4, 'order'));
    world.at(4).jd.facts(offerSet('JD-TEE', 2));
    expect(world.audit().findings).toEqual([]);
  });

  it('finds more in such a time than the outsiders caused', () => {
    const world = shared();
    world.at(3).shop.facts(stockSet('TEE', 4, 'own-sale'));
    world.at(4).zil.facts(offerSet('Z-TEE', 4));
    world.at(5).zil.facts(offerSet('Z-TEE', 1));
    expect(whats(world.audit().findings)).toEqual(['more offered than there is']);
  });

  it('excepts no longer once the cut was acknowledged', () => {
    const world = shared();
    world.at(3).shop.facts(stockSet('TEE', 4, 'own-sale'));
    world.at(4).jd.facts(offerSet('JD-TEE', 2));
    world.at(5).jd.facts(offerSet('JD-TEE', 3));
    expect(whats(world.audit().findings)).toEqual(['more offered than there is']);
  });

  it('excepts a write that was under way when the outsiders sold, for a while only', () => {
    const write = (secondsAfter: number) => {
      const world = new World();
      world.at(0).shop.facts(stockSet('TEE', 5));
      world.at(1).jd.facts(offerSet('JD-TEE', 2));
      world.at(2).shop.facts(stockSet('TEE', 4, 'own-sale'));
      world.at(2 + secondsAfter).jd.facts(offerSet('JD-TEE', 5));
      world.at(3 + secondsAfter).jd.facts(offerSet('JD-TEE', 4));
      return whats(world.audit().findings);
    };
    expect(write(1)).toEqual([]);
    expect(write(quietMs / 1000 + 1)).toEqual(['more offered than there is']);
  });

  it('finds a cut that never came, unless a problem says why', () => {
    const world = shared();
    world.at(3).shop.facts(stockSet('TEE', 4, 'control'));
    expect(whats(world.audit().findings)).toEqual(['the cut after an outside change never came']);
    expect(world.audit({ skusWithProblem: ['s1'] }).findings).toEqual([]);
  });

  it('does not count a listing that nobody can buy, and counts it as soon as it is on sale', () => {
    const world = new World();
    const shelf = (from: string, to: string) => ({ fact: 'listing.state' as const, externalId: 'spu-1', from, to });
    world.at(0).shop.facts(stockSet('TEE', 2));
    world.at(1).jd.facts(shelf('ABSENT', 'DRAFT'), offerSet('JD-TEE', 2)).call();
    world.at(2).zil.facts(offerSet('Z-TEE', 2));
    expect(world.audit().findings).toEqual([]);
    world.at(3).jd.facts(shelf('OFF_SHELF', 'ON_SHELF+CHANGE_IN_REVIEW')).call();
    expect(whats(world.audit().findings)).toEqual(['more offered than there is']);
  });

  it('holds somebody’s hand in the seller portal against nobody, until our cut', () => {
    const world = shared();
    world.at(3).zil.facts(offerSet('Z-TEE', 9, 'control'));
    world.at(4).zil.facts(offerSet('Z-TEE', 2));
    expect(world.audit()).toMatchObject({ findings: [], figures: { 'L3.outsideIntervals': 1 } });
  });

  it('judges nothing without both sides, and counts facts about unknown SKUs', () => {
    expect(checkOffers({ sources: [], books: books() })).toMatchObject({ checked: 0, note: expect.any(String) });
    const world = shared();
    world.at(3).jd.facts(offerSet('NOBODY', 9));
    expect(world.audit().figures).toMatchObject({ 'L3.factsOfUnknownSkus': 1 });
  });
});
