import type { ShipmentRequest } from '../connectors/contract/carrier.ts';
import { reportProblem, resolveProblem } from '../db/problems.ts';
import { type ActivityDeps, commandOf } from './deps.ts';

/**
 * The request with a number reserved for its reference, where the account reserves numbers: stored before anything is
 * booked, so that every attempt carries the same one and the carrier cannot make two waybills. An account that turns out
 * not to be allowed to books without, as a problem.
 */
export async function withReservedNumber(
  deps: ActivityDeps,
  connectionId: string,
  request: ShipmentRequest,
): Promise<ShipmentRequest> {
  const { connector } = await deps.open.carrier(connectionId);
  if (connector.capabilities.reservesNumbers !== true || !connector.reserveNumber) return request;
  const { reference } = request;
  const stored = (): Promise<{ number: string } | undefined> =>
    deps.db.tx('staff', (trx) =>
      trx('reserved_numbers').where({ connection_id: connectionId, reference }).first('number'),
    );
  const known = await stored();
  if (known) return { ...request, reservedNumber: known.number };
  const { details, messages } = await connector.reserveNumber();
  const command = await commandOf(deps, `reserve/${connectionId}/${reference}`);
  const causeKey = `carrier/${connectionId}/reservation`;
  if (!details) {
    await deps.db.tx('staff', (trx) =>
      reportProblem(
        trx,
        {
          causeKey,
          kind: 'reservation-refused',
          severity: 'warning',
          title: 'The carrier reserves no waybill numbers for this account',
          detail: messages.map(({ message }) => message).join(' ') || 'It gave no reason. Bookings go on without.',
          remedy: 'Ask the carrier to allow it, or switch it off in the settings of the connection.',
          connectionId,
        },
        command,
      ),
    );
    return request;
  }
  await deps.db.tx('staff', async (trx) => {
    await trx('reserved_numbers')
      .insert({ connection_id: connectionId, reference, number: details, reserved_at: command.at })
      .onConflict(['connection_id', 'reference'])
      .ignore();
    await resolveProblem(trx, causeKey, command);
  });
  // Another worker may have been first: its number counts.
  const kept = await stored();
  return { ...request, reservedNumber: kept?.number ?? details };
}
