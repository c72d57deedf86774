import { Problem } from './problem.ts';

const DAY_MS = 86_400_000;
const MAX_DAYS_AHEAD = 10;
const FORM = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}) ?GMT([+-]\d{2}:\d{2})$/;

/** A planned time: the instant and the wall clock of its place. */
export interface PlannedTime {
  instantMs: number;
  /** `2026-11-21T17:00:00` */
  local: string;
  offset: string;
}

/**
 * Reads `2026-11-21T17:00:00 GMT+10:00`.
 * @throws Problem 400 when malformed, past, or more than 10 days ahead (the numbers of the latter two are UNCONFIRMED)
 */
export function readPlannedTime(text: string, now: Date): PlannedTime {
  const [, local, offset] = FORM.exec(text) ?? [];
  const instantMs = Date.parse(`${local}${offset}`);
  if (local === undefined || offset === undefined || Number.isNaN(instantMs)) {
    const sample = "(Expected Sample Format : '2010-02-11T17:10:09 GMT+01:00')";
    throw new Problem(400, `998: ShipTimeStamp is not well formatted.${sample}`);
  }
  if (instantMs < now.getTime()) throw new Problem(400, '998: The requested shipment date is in the past');
  if (instantMs > now.getTime() + MAX_DAYS_AHEAD * DAY_MS) {
    throw new Problem(400, `998: The requested shipment date is more than ${MAX_DAYS_AHEAD} days in the future`);
  }
  return { instantMs, local, offset };
}

/** A wall-clock date and time, some days later. */
export function localLater(planned: PlannedTime, days: number): string {
  return new Date(Date.parse(`${planned.local}Z`) + days * DAY_MS).toISOString().slice(0, 19);
}
