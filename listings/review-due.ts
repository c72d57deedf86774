/** A deadline in working days: Monday to Friday as they are in a place. Public holidays are not known here. */
export interface ReviewPatience {
  readonly workingDays: number;
  /** IANA name. */
  readonly timeZone: string;
}

/** For marketplaces whose rules name none. */
export const usualPatience: ReviewPatience = { workingDays: 3, timeZone: 'UTC' };

const dayMs = 24 * 60 * 60 * 1000;

/** The instant after so many whole working days have passed since `from`: the same time of day, whatever day it is then. */
export function reviewDueAt(from: Date, { workingDays, timeZone }: ReviewPatience): Date {
  const weekday = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone });
  const isWorkingDay = (at: Date): boolean => !['Sat', 'Sun'].includes(weekday.format(at));
  let at = from;
  for (let passed = 0; passed < workingDays; ) {
    at = new Date(at.getTime() + dayMs);
    if (isWorkingDay(at)) passed += 1;
  }
  return at;
}
