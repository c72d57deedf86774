import type { ConsignmentDetail } from '../../../client/web/api/types/operations.ts';
import type { OrderDetail, ReturnRow } from '../../../client/web/api/types/orders.ts';
import { ago } from './ids.ts';
import { allowedOf } from './machines.ts';
import { dhl } from './refs.ts';

export function makeConsignments(orders: OrderDetail[]): ConsignmentDetail[] {
  return orders.flatMap((order) =>
    order.consignments.map(
      (consignment): ConsignmentDetail => ({
        id: consignment.id,
        number: consignment.number,
        brand: order.brand,
        carrier: dhl,
        kind: 'single',
        state: consignment.state,
        version: 4,
        revision: 1,
        destinationCountryCode: 'ID',
        incoterm: 'DDP',
        slotDate: consignment.slotDate,
        slotTime: consignment.slotTime,
        closeDueAt: ago(400),
        closedAt: ago(400),
        trackingNumber: consignment.trackingNumber,
        trackingUrl: `https://carrier.example/track/${consignment.trackingNumber}`,
        labelDocumentId: consignment.labelDocumentId,
        costMinor: 128_500,
        costCurrency: 'IDR',
        orders: [{ id: order.id, number: order.number, state: order.state }],
        parcels: consignment.parcels.map((parcel) => ({
          id: parcel.id,
          orderId: order.id,
          state: parcel.state,
          version: parcel.version,
          nativeStatus: parcel.nativeStatus,
          trackingNumber: parcel.trackingNumber,
          weightGrams: parcel.weightGrams,
          lengthMm: 300,
          widthMm: 220,
          heightMm: 60,
          estimated: false,
        })),
        allowed: allowedOf('consignment', consignment.state),
        timeline: [
          {
            at: ago(410),
            kind: 'transition',
            title: 'Consignment: Created',
            detail: null,
            actor: 'order workflow',
            machine: 'consignment',
            from: '',
            to: 'OPEN',
          },
          {
            at: ago(400),
            kind: 'transition',
            title: 'Consignment: Close',
            detail: 'slot 11:00',
            actor: 'ticker',
            machine: 'consignment',
            from: 'OPEN',
            to: 'CLOSED',
          },
        ],
        temporalUrl: null,
        freight: {
          lockedBy: null,
          costMinor: 6_240,
          aloneMinor: 9_780,
          savingMinor: 3_540,
          currency: 'AUD',
          plan: {
            id: 'plan-1',
            at: '2026-07-01T01:00:00.000Z',
            card: 'dhl-express-au, version 1',
            method: 'exact',
            seed: 'kauri | dhl-express-au',
            clusterOrders: 2,
            clusterCostMinor: 6_240,
            clusterAloneMinor: 9_780,
            clusterLowerBoundMinor: 6_240,
            explain: ['billed as 3 kg, zone 1'],
          },
        },
      }),
    ),
  );
}

export function makeReturns(orders: OrderDetail[]): ReturnRow[] {
  return orders.flatMap((order) =>
    order.returns.map((row) => ({
      ...row,
      brand: order.brand,
      order: { id: order.id, number: order.number, state: order.state },
      lines: order.lines.map(({ id, ordered }) => ({ orderLineId: id, quantity: ordered })),
      createdAt: ago(200),
      allowed: allowedOf('return', row.state),
    })),
  );
}
