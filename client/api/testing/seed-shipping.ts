import type { Tx } from '../../../db/database.ts';
import { create, mustStep } from '../../../db/steps.ts';
import { command, type SeededAccounts, type SeededBrand, seededAt } from './seed-parts.ts';

/** A consignment of one parcel with its label. */
export async function seedShipping(trx: Tx, brand: SeededBrand, accounts: SeededAccounts): Promise<void> {
  const common = { brand_id: brand.id, created_at: seededAt };
  await trx('documents').insert({
    id: brand.document,
    ...common,
    kind: 'label',
    format: 'PDF',
    file_name: `label "of" ${brand.code}.pdf`,
    sha256: Buffer.alloc(32, 1),
    bytes: Buffer.from('%PDF-1.4 test'),
  });
  await create(
    trx,
    'consignment',
    {
      id: brand.consignment,
      ...common,
      number: `TC-${brand.code}`,
      carrier_connection_id: accounts.carrier,
      destination_country_code: 'ID',
      incoterm: 'DAP',
      slot_date: '2026-07-01',
      slot_time: '11:00',
      close_due_at: seededAt,
      label_document_id: brand.document,
    },
    command(brand.consignment),
  );
  await trx('consignment_orders').insert({
    consignment_id: brand.consignment,
    order_id: brand.order,
    brand_id: brand.id,
  });
  await create(
    trx,
    'parcel',
    {
      id: brand.parcel,
      ...common,
      consignment_id: brand.consignment,
      order_id: brand.order,
      piece_number: 1,
      weight_grams: 300,
      length_mm: 200,
      width_mm: 100,
      height_mm: 50,
      tracking_number: `JD${brand.code}0001`,
    },
    command(brand.parcel),
  );
  await trx('tracking_events').insert({
    brand_id: brand.id,
    parcel_id: brand.parcel,
    native_code: 'PU',
    tag: 'HANDED_OVER',
    at: new Date('2026-07-01T02:00:00.000Z'),
    place: 'SYDNEY',
    description: 'Shipment picked up',
    seen_at: seededAt,
  });
}

/** A return, a mail, a problem and a call whose answer was lost. */
export async function seedRest(trx: Tx, brand: SeededBrand): Promise<void> {
  const common = { brand_id: brand.id, created_at: seededAt };
  await create(
    trx,
    'return',
    { id: brand.return, ...common, order_id: brand.order, reason: 'refused', lines: [] },
    command(brand.return),
  );
  await trx('mails').insert({
    id: brand.mail,
    ...common,
    key: `labels:${brand.code}`,
    kind: 'labels',
    message_id: `<labels.${brand.code}@tradelane.invalid>`,
    recipients: ['warehouse@example.com'],
    subject: `Labels of ${brand.code}`,
    body_text: 'Labels',
    body_html: '<p>Labels</p><script>alert(1)</script>',
    document_id: brand.document,
  });
  await trx('mail_consignments').insert({
    mail_id: brand.mail,
    consignment_id: brand.consignment,
    consignment_revision: 1,
    brand_id: brand.id,
  });
  await create(
    trx,
    'problem',
    {
      id: brand.problem,
      brand_id: brand.id,
      cause_key: `order/${brand.order}/test`,
      kind: 'push-refused',
      severity: 'error',
      title: `${brand.orderNumber}: refused`,
      detail: 'The shop refused it.',
      remedy: 'Correct it.',
      entity_kind: 'order',
      entity_id: brand.order,
      first_seen_at: seededAt,
      last_seen_at: seededAt,
    },
    command(brand.problem),
  );
  await create(
    trx,
    'effect',
    {
      id: brand.effect,
      ...common,
      key: `test/${brand.effect}`,
      kind: 'order.notice',
      entity_kind: 'order',
      entity_id: brand.order,
      updated_at: seededAt,
    },
    command(brand.effect),
  );
  for (const event of ['ATTEMPT', 'LOSE_ANSWER'] as const) {
    await mustStep(trx, { machine: 'effect', id: brand.effect, event }, command(`${brand.effect}/${event}`));
  }
}
