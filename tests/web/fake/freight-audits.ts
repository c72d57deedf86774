import type { Static } from '@sinclair/typebox';
import type { FreightAudits } from '../../../client/api/schemas/freight-audit.ts';
import { ago, idOf } from './ids.ts';

type Row = Static<typeof FreightAudits>['rows'][number];

const stated = (by: string, totalMinor: number) => ({ by, totalMinor, currency: 'AUD', billedGrams: 2_000 });
const agreeing: Row = {
  consignmentId: idOf('consignment/audit-1'),
  consignment: 'TC-00008',
  brand: 'kebaya',
  connection: 'dhl-express',
  trackingNumber: '5374530011',
  verdict: 'agrees',
  differenceMinor: 0,
  currency: 'AUD',
  card: 'dhl-express-au, version 3',
  statements: [stated('card', 6_960), stated('quote', 6_960), stated('booked', 6_960)],
  findings: [],
  note: null,
  bookedAt: ago(200),
  auditedAt: ago(199),
};

/** A consignment that costs what the card says, and one that does not. */
export const freightAudits: readonly Row[] = [
  {
    ...agreeing,
    consignmentId: idOf('consignment/audit-2'),
    consignment: 'TC-00009',
    verdict: 'differs',
    differenceMinor: 215,
    statements: [stated('card', 6_960), stated('booked', 7_175)],
    findings: [
      {
        cause: 'fuel-week',
        code: null,
        amountMinor: 215,
        explain: 'Fuel at 25 %; the card has 20 % for 2026-07-01.',
        remedy: 'Import the carrier’s present fuel percentages into the rate card.',
      },
    ],
  },
  agreeing,
];
