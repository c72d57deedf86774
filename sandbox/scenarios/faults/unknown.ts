import { compare, type Row } from '../rows.ts';
import { detailOf, ordersOf, problemsOf } from '../s1/facts.ts';
import type { Stage } from '../s1/stage.ts';
import { openProblems } from './look.ts';

/** A state that is in no table: the order stays where it is, and a person is told; the next known state ends it. */
export async function unknownState(stage: Stage): Promise<Row> {
  const { demo } = stage;
  const externalId = await stage.buy([stage.shared[1]]);
  await demo.sync('orders');
  await demo.marketplace.post(`orders/${externalId}/state`, { state: 99 });
  await demo.sync('orders');
  const during = await detailOf(stage, externalId);
  const [problem] = (await openProblems(stage, stage.marketplaceId)).filter(
    ({ kind }) => kind === 'unknown-native-state',
  );
  await demo.marketplace.post(`orders/${externalId}/state`, { state: 5 });
  await demo.sync('orders');
  const after = await detailOf(stage, externalId);
  return compare('a native state that nobody knows', {
    order: ['NEW', during.state],
    'native state kept': ['99', during.nativeState],
    'problem with a remedy': ['yes', problem && problem.remedy.length > 20 ? 'yes' : 'no'],
    'after the next known state': ['CANCELLED', after.state],
  });
}

/** A line whose SKU we do not know: the order is kept and shown, and nothing of it goes to the shop. */
export async function unknownSku(stage: Stage): Promise<Row> {
  const { demo } = stage;
  const [product] = await demo.marketplace.get<{ externalId: string }[]>('products');
  await demo.marketplace.post(`products/${product?.externalId}/copy`, { sellerSku: 'BY-HAND-1' });
  const { externalId } = await demo.marketplace.post<{ externalId: string }>('orders', {
    lines: [{ sellerSku: 'BY-HAND-1', quantity: 1 }],
  });
  await demo.sync('orders');
  const unknown = await demo.db.tx('staff', (trx) =>
    trx('problems').where({ kind: 'unknown-sku' }).whereNot({ state: 'RESOLVED' }).select('remedy', 'detail', 'title'),
  );
  const kept = await demo.db.tx('staff', (trx) =>
    trx('channel_orders').where({ external_id: externalId }).first('lines'),
  );
  const rows = await ordersOf(stage, externalId);
  const [own] = rows.length > 0 ? [await detailOf(stage, externalId)] : [];
  return compare('an order for an unknown SKU', {
    'kept as the marketplace shows it': [1, kept?.lines?.length ?? 0],
    'problems that name it': [1, unknown.length],
    'with a remedy': ['yes', unknown[0] && unknown[0].remedy.length > 20 ? 'yes' : 'no'],
    'in the shop': ['no', own?.shopOrderId ? 'yes' : 'no'],
    'other problems of the order': [0, own ? problemsOf(own, 'cannot-plan').length : 0],
  });
}
