import type { PlatformLabel } from '../contract/marketplace.ts';
import type { JdIdClient } from './client.ts';
import { unreadable } from './errors.ts';

/** How JD.id's own courier is called here; confirming a shipment with it names no carrier of ours. */
export const platformCarrier = 'JD.id';

/**
 * JD.id's own label, before the shipment is confirmed. The first call allocates the airway bill, later ones answer the
 * same; so it may be repeated. The document is null while it is still being made.
 */
export async function printLabel(client: JdIdClient, externalId: string): Promise<PlatformLabel> {
  const call = client.gateway.calls.label(externalId);
  const { trackingNumber, pdfBase64 } = await client.ask(call);
  if (trackingNumber === null) throw unreadable(call.operation, false, '/model: no airway bill');
  if (pdfBase64 === null) return { trackingNumber, carrier: platformCarrier, document: null };
  const bytes = Buffer.from(pdfBase64.replace(/\s/g, ''), 'base64');
  if (bytes.subarray(0, 5).toString('latin1') !== '%PDF-') throw unreadable(call.operation, false, '/model: no PDF');
  return { trackingNumber, carrier: platformCarrier, document: { format: 'PDF', bytes } };
}
