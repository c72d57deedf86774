import {
  MINOR_UNITS_PER_RUPIAH,
  nowMs,
  ORDER_STATE,
  type Order,
  type OrderLine,
  type OrderVo,
  type Sku,
  type Snapshot,
  setOffer,
  type World,
} from './model.ts';

/** Fields of an order that say who bought and where it goes. */
export const BUYER_FIELDS = [
  ...['customerName', 'phone', 'mobile', 'email', 'address', 'deliveryAddr', 'area', 'city', 'state', 'postCode'],
  ...['userPin', 'buyerMessage'],
] as const;

/** What a buyer may say about themselves; the rest is made up from the seed. */
export type Buyer = Partial<Record<(typeof BUYER_FIELDS)[number], string>>;

const NAMES = ['Siti Rahmawati', 'Budi Santoso', 'Dewi Lestari', 'Agus Pratama', 'Putri Anggraini', 'Rizky Hidayat'];
const PLACES = [
  { area: 'Kebayoran Baru', city: 'Jakarta Selatan', state: 'DKI Jakarta', postCode: '12110' },
  { area: 'Coblong', city: 'Bandung', state: 'Jawa Barat', postCode: '40132' },
  { area: 'Gubeng', city: 'Surabaya', state: 'Jawa Timur', postCode: '60281' },
  { area: 'Medan Baru', city: 'Medan', state: 'Sumatera Utara', postCode: '20154' },
];

/** The newest snapshot of an order. */
export function newest(order: Order): Snapshot {
  const last = order.snapshots.at(-1);
  if (last === undefined) throw new Error(`order ${order.orderId} has no snapshot`);
  return last;
}

/** What a read shows: the snapshot that is being served, the one before the newest for a stale read, else the newest. */
export function shown(order: Order, isStale: boolean): OrderVo {
  const { snapshots, servedVersion } = order;
  const served = snapshots.find(({ version }) => version === servedVersion);
  if (served !== undefined) return served.vo;
  return (isStale ? (snapshots.at(-2) ?? newest(order)) : newest(order)).vo;
}

/** A buyer buys: stock goes down, the order is there. Whoever calls has made sure that the stock suffices. */
export function placeOrder(
  world: World,
  wanted: {
    orderId: number;
    lines: Array<{ sku: Sku; quantity: number }>;
    buyer: Buyer;
    visible: boolean;
    /** What the buyer paid for shipping, in rupiah. */
    freight?: number;
  },
): Order {
  const now = nowMs(world);
  const { orderId, visible } = wanted;
  const lines = wanted.lines.map(({ sku, quantity }) => lineOf(world, sku, quantity));
  const vo: OrderVo = {
    orderId,
    orderState: ORDER_STATE.paid,
    ...{ orderType: 0, paymentType: 4, deliveryType: 1, serviceType: 0, venderId: world.options.venderId },
    ...{ bookTime: now, createTime: now, payTime: now, modifyTime: now },
    ...{ freightAmount: wanted.freight ?? 0, couponAmount: 0, promotionAmount: 0, fullCutAmount: 0, installmentFee: 0 },
    ...{ taxationAmount: 0, jdSubsidy: 0, sellerSubsidy: 0, o2oOrder: false, sendPay: '0', carrierCode: 0 },
    ...madeUpBuyer(world),
    ...wanted.buyer,
    ...totals(lines),
    orderSkuinfos: lines,
  };
  const first: Snapshot = { version: 1, at: new Date(now).toISOString(), cause: 'created', vo };
  const order: Order = { orderId, snapshots: [first], visible, servedVersion: null, stateBeforeCancel: null };
  world.state.orders[orderId] = order;
  for (const { sku, quantity } of wanted.lines) setOffer(world, sku, sku.stock - quantity, 'sale');
  announce(world, order);
  world.tools.changed();
  return order;
}

/** Sums that follow from the lines. `totalPrice` counts goods only. */
export function totals(lines: readonly OrderLine[]): { totalPrice: number; paySubtotal: number; orderSkuNum: number } {
  const totalPrice = lines.reduce((sum, { jdPrice, skuNumber }) => sum + jdPrice * skuNumber, 0);
  const orderSkuNum = lines.reduce((sum, { skuNumber }) => sum + skuNumber, 0);
  return { totalPrice, paySubtotal: totalPrice, orderSkuNum };
}

/** Writes down what the order says now. Repeated when its lines change: the newest line of the log holds. */
export function announce(world: World, order: Order): void {
  const { vo } = newest(order);
  world.tools.log.fact({
    fact: 'order.announced',
    externalId: String(order.orderId),
    lines: vo.orderSkuinfos.map(({ popSkuId, skuNumber, jdPrice }) => {
      return { sku: popSkuId, quantity: skuNumber, unitPriceMinor: jdPrice * MINOR_UNITS_PER_RUPIAH };
    }),
    totalMinor: vo.totalPrice * MINOR_UNITS_PER_RUPIAH,
    currency: 'IDR',
  });
}

/** Changes an order: a new snapshot with a later `modifyTime`; a change of state is written down. */
export function changeOrder(
  world: World,
  order: Order,
  cause: string,
  changes: Partial<OrderVo>,
  modifyTime?: number,
): OrderVo {
  const before = newest(order);
  const now = nowMs(world);
  const vo: OrderVo = {
    ...structuredClone(before.vo),
    ...(changes as OrderVo),
    modifyTime: modifyTime ?? Math.max(now, before.vo.modifyTime + 1),
  };
  order.snapshots.push({ version: before.version + 1, at: new Date(now).toISOString(), cause, vo });
  const [from, to] = [String(before.vo.orderState), String(vo.orderState)];
  if (from !== to) {
    world.tools.log.fact({ fact: 'order.state', externalId: String(order.orderId), from, to, cause });
  }
  world.tools.changed();
  return vo;
}

/** Gives the order an airway bill of the marketplace's carrier, unless it has one. */
export function allocateAirwayBill(world: World, order: Order): OrderVo {
  const { vo } = newest(order);
  if (typeof vo.expressNo === 'string') return vo;
  const number = world.state.nextId.awb;
  world.state.nextId.awb += 1;
  const expressNo = `JX${String(4_200_000_000 + number)}`;
  const carrier = { carrierCompany: 'J-Express', carrierCode: 110, expressAttribute: 1, expressNo };
  return changeOrder(world, order, 'airway bill allocated', carrier);
}

function lineOf(world: World, sku: Sku, quantity: number): OrderLine {
  return {
    skuId: sku.skuId,
    spuId: sku.spuId,
    popSkuId: sku.sellerSkuId,
    skuName: sku.skuName,
    skuNumber: quantity,
    jdPrice: sku.jdPrice,
    // One client divides this by the quantity: it is the line's total there.
    costPrice: sku.jdPrice * quantity,
    ...{ commission: 0, couponAmount: 0, promotionAmount: 0, fullCutAmount: 0, taxationAmount: 0, hasPromo: 0 },
    crossType: 1,
    weight: Number(sku.fields.weight ?? 0),
    skuImage: world.state.spus[sku.spuId]?.content.images[0]?.uri ?? '',
    salesAttr: String(sku.fields.saleAttributeIds ?? ''),
    orderSkuUuidId: `u${sku.skuId}`,
  };
}

function madeUpBuyer(world: World): Required<Buyer> {
  const { random } = world.tools;
  const customerName = NAMES[random.int(NAMES.length)] ?? 'Pembeli';
  const place = PLACES[random.int(PLACES.length)] ?? { area: '', city: '', state: '', postCode: '' };
  const address = `Jl. Merdeka No. ${1 + random.int(200)}`;
  const userPin = `pin_${random.text(8)}`;
  return {
    ...{ customerName, phone: '', mobile: `+62812${random.text(8, '0123456789')}`, email: `${userPin}@example.test` },
    ...{ address, deliveryAddr: `${address}, ${place.area}, ${place.city}, ${place.state} ${place.postCode}` },
    ...place,
    ...{ userPin, buyerMessage: '' },
  };
}
