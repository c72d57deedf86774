import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectorError } from '../../errors.ts';
import type { CarrierBed } from '../carrier-bed.ts';
import { NotProvoked } from '../case.ts';
import type { ConformanceBench } from '../subject.ts';
import type { GivenCarrier } from './server.ts';
import type { GivenWire } from './session.ts';

type Bench = ConformanceBench;

/** How long a booking may take to appear is UNCONFIRMED for every carrier. */
const APPEAR_MS = 15_000;
const APPEAR_STEP_MS = 500;

/** A far side that nobody can turn: what the connector finds under a reference stands for what is paid for. */
export function givenCarrierBed(own: CarrierBed<Bench>, given: GivenCarrier, wire: GivenWire): CarrierBed<Bench> {
  const nobody = async (): Promise<never> => {
    throw new NotProvoked('needs a courier who scans, which this server cannot be told');
  };
  const found = async (reference: string): Promise<readonly string[]> => {
    const booking = await wire.carrier().connector.findBooking(reference, new Date(Date.now() - 3_600_000));
    return booking === null ? [] : [booking.trackingNumber];
  };
  return {
    ...own,
    connector: () => wire.carrier().connector,
    request: (reference, more = {}) => given.request(wire.settings, reference, more),
    paid: async (_bench, reference) => {
      const until = performance.now() + (wire.made.isBooked(reference) ? APPEAR_MS : 0);
      for (;;) {
        const numbers = await found(reference).catch(both);
        if (numbers.length > 0 || performance.now() >= until) return shown(numbers, wire.made.isBooked(reference));
        await sleep(APPEAR_STEP_MS);
      }
    },
    // What a foreign label's code looks like is its own business; that it is a document is seen before.
    isCode: () => true,
    scan: nobody,
    disorder: { skip: 'needs scans in disorder' },
    zoneless: { skip: 'needs scans without zone' },
    lateLabel: 'skip' in own.lateLabel ? own.lateLabel : { skip: 'needs a label that is late' },
    push: 'skip' in own.push ? own.push : { skip: 'needs scans that are pushed' },
  };
}

/** Two bookings under one reference are told as an error, with one of the numbers. */
function both(error: unknown): readonly string[] {
  if (error instanceof ConnectorError && error.kind === 'Duplicate') return [error.details.existingId ?? '', 'another'];
  throw error;
}

function shown(numbers: readonly string[], isBooked: boolean): readonly string[] {
  if (numbers.length === 0 && isBooked) throw new NotProvoked('the booking is not shown by its reference (yet)');
  return numbers;
}
