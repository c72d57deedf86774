import type { ShipmentRequest } from '../connectors/contract/carrier.ts';
import { ConnectorError } from '../connectors/errors.ts';
import { parcelsOf, shipmentOf } from '../db/shipments.ts';
import type { Row } from '../db/steps.ts';
import { formatFor } from '../labels/carrier-labels.ts';
import type { ActivityDeps } from './deps.ts';

/** The shipment of a consignment by its rows. */
export async function consignmentShipment(deps: ActivityDeps, row: Row, reference: string): Promise<ShipmentRequest> {
  const now = await deps.clock.now();
  const { connector } = await deps.open.carrier(String(row.carrier_connection_id));
  return deps.db.tx('staff', async (trx) => {
    const orderIds: string[] = await trx('consignment_orders')
      .where({ consignment_id: row.id, left_at: null })
      .pluck('order_id');
    if (row.kind === 'breakBulk' && !connector.capabilities.breakBulk) {
      throw new ConnectorError('Rejected', `${row.number}: the carrier account has no break-bulk.`);
    }
    const { label_format } = await trx('brands')
      .where({ id: String(row.brand_id) })
      .first('label_format');
    return shipmentOf(trx, deps.sealer, {
      name: String(row.number),
      reference,
      brandId: String(row.brand_id),
      incoterm: row.incoterm as 'DDP' | 'DAP',
      orderIds,
      parcels: await parcelsOf(trx, row.id),
      labelFormat: formatFor(label_format, connector.capabilities.labelFormats),
      now,
    });
  });
}
