/** When a brand's label mails go out, in its own time zone. */
export interface MailSchedule {
  /** "HH:MM", ascending. */
  readonly times: readonly string[];
  /** ISO weekdays, 1 = Monday … 7 = Sunday. */
  readonly workingDays: readonly number[];
  /** Days without mails, YYYY-MM-DD. */
  readonly holidays?: readonly string[];
}

export interface Slot {
  /** Business date in the brand's zone, YYYY-MM-DD. */
  readonly date: string;
  readonly time: string;
  readonly at: Date;
}

const dayMs = 24 * 60 * 60 * 1000;
/** A schedule without a working day within two months is a fault of the data, not a long wait. */
const horizonDays = 60;

function partsIn(timeZone: string, at: Date): { date: string; minutes: number } {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-CA', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  return { date: `${parts.year}-${parts.month}-${parts.day}`, minutes: Number(parts.hour) * 60 + Number(parts.minute) };
}

/** The instant of a wall time in a zone. Wall times that a DST change skips are moved on by the gap. */
export function instantOf(date: string, time: string, timeZone: string): Date {
  const wanted = Date.parse(`${date}T${time}:00Z`);
  let guess = wanted;
  for (let round = 0; round < 3; round += 1) {
    const seen = partsIn(timeZone, new Date(guess));
    const shown = Date.parse(`${seen.date}T00:00:00Z`) + seen.minutes * 60_000;
    if (shown === wanted) break;
    guess += wanted - shown;
  }
  return new Date(guess);
}

function isWorkingDay(schedule: MailSchedule, date: string): boolean {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
  return schedule.workingDays.includes(weekday) && schedule.holidays?.includes(date) !== true;
}

/** The slot that something belongs to which is sent now: today's last one, else the next. Throws as `nextSlot` does. */
export function slotForNow(schedule: MailSchedule, timeZone: string, now: Date): Slot {
  const { date } = partsIn(timeZone, now);
  const past = isWorkingDay(schedule, date)
    ? [...schedule.times]
        .sort()
        .map((time) => ({ date, time, at: instantOf(date, time, timeZone) }))
        .filter(({ at }) => at.getTime() <= now.getTime())
    : [];
  return past.at(-1) ?? nextSlot(schedule, timeZone, now);
}

/** The first slot later than `after`. Throws when the schedule names no time or no working day. */
export function nextSlot(schedule: MailSchedule, timeZone: string, after: Date): Slot {
  if (schedule.times.length === 0 || schedule.workingDays.length === 0) throw new Error('the mail schedule is empty');
  const today = partsIn(timeZone, after).date;
  for (let day = 0; day <= horizonDays; day += 1) {
    const date = new Date(Date.parse(`${today}T00:00:00Z`) + day * dayMs).toISOString().slice(0, 10);
    if (!isWorkingDay(schedule, date)) continue;
    for (const time of [...schedule.times].sort()) {
      const at = instantOf(date, time, timeZone);
      if (at.getTime() > after.getTime()) return { date, time, at };
    }
  }
  throw new Error('the mail schedule has no slot within two months');
}
