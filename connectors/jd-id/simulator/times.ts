const JAKARTA_HOURS = 7;
const JAKARTA_OFFSET_MS = JAKARTA_HOURS * 3_600_000;
const GATEWAY_TIMESTAMP = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}\.\d{3})([+-])(\d{2})(\d{2})$/;
const WALL_TIME = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})$/;

/** Reads `yyyy-MM-dd HH:mm:ss.SSS±HHMM` (milliseconds always there) as epoch milliseconds; `null` when malformed. */
export function readGatewayTimestamp(text: string): number | null {
  const parts = GATEWAY_TIMESTAMP.exec(text);
  if (parts === null) return null;
  const [, day, time, sign, hours, minutes] = parts;
  return epochOf(`${day}T${time}${sign}${hours}:${minutes}`);
}

/** Reads `yyyy-MM-dd HH:mm:ss` in the wall time of a zone (hours east of UTC) as epoch milliseconds; `null` when malformed. */
export function readWallTime(text: string, zoneHours: number): number | null {
  const parts = WALL_TIME.exec(text);
  return parts === null ? null : epochOf(`${parts[1]}T${parts[2]}+${String(zoneHours).padStart(2, '0')}:00`);
}

/** The same in Jakarta's (UTC+7, no summer time). */
export function readJakartaTime(text: string): number | null {
  return readWallTime(text, JAKARTA_HOURS);
}

/** Writes epoch milliseconds as Jakarta wall time, seconds cut. */
export function jakartaTime(epochMs: number): string {
  return new Date(epochMs + JAKARTA_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

function epochOf(iso: string): number | null {
  const epochMs = Date.parse(iso);
  return Number.isNaN(epochMs) ? null : epochMs;
}
