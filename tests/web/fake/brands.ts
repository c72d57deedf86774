import type { BrandDetail, ConfirmationRow } from '../../../client/web/api/types/brands.ts';
import type { Brand } from '../../../client/web/api/types/common.ts';
import { idOf } from './ids.ts';
import { ref } from './refs.ts';

const hourMs = 3_600_000;

/** A brand with settings of every kind. */
export const brandDetail = (brand: Brand): BrandDetail => ({
  ...brand,
  version: 3,
  mailTo: ['warehouse@kirana.example', 'ops@kirana.example'],
  times: ['11:00', '16:00'],
  workingDays: [1, 2, 3, 4, 5],
  holidays: ['2026-12-25'],
  nextMailAt: new Date(Date.now() + 2 * hourMs).toISOString(),
  papers: ['thermal-100x150', 'a4-4up'],
  packingSlips: true,
  ownLabels: 'consolidated',
  labelFormat: 'PDF',
  incoterm: 'DDP',
  patienceMinutes: 10,
  shipFrom: {
    name: 'Gudang',
    company: brand.name,
    lines: ['Jl. Malioboro 12'],
    city: 'Yogyakarta',
    countryCode: 'ID',
  },
  safetyStock: 1,
  quotaThreshold: 10,
  confirmation: {
    ask: 'any',
    conditions: [
      { kind: 'total-at-least', amountMinor: 1_500_000, currency: 'IDR' },
      { kind: 'destination', countryCodes: ['TH', 'VN'] },
    ],
    onDecline: 'ops',
    onSilence: 'approve',
    answerWithinHours: 8,
    beforeShipByHours: 12,
    remindBeforeHours: 2,
  },
  fourEyes: false,
  hasShop: true,
  changes: [
    {
      version: 3,
      at: new Date(Date.now() - hourMs).toISOString(),
      actor: 'dewi@tradelane.example',
      why: 'They have a sheet printer now.',
      changed: { label_papers: [['thermal-100x150'], ['thermal-100x150', 'a4-4up']] },
    },
  ],
});

/** The question about an order that waits for its brand. */
export const confirmationOf = (order: {
  id: string;
  number: string;
  state: string;
  brand: Brand;
}): ConfirmationRow => ({
  id: idOf(`confirmation/${order.id}`),
  brand: ref(order.brand),
  order: { id: order.id, number: order.number, state: order.state },
  round: 1,
  because: ['It goes to TH.'],
  askedBy: 'rule',
  askedAt: new Date(Date.now() - hourMs).toISOString(),
  dueAt: new Date(Date.now() + 7 * hourMs).toISOString(),
  remindedAt: null,
  onDecline: 'ops',
  onSilence: 'approve',
  outcome: null,
  decidedBy: null,
  decidedAt: null,
  reason: null,
  mailId: null,
});
