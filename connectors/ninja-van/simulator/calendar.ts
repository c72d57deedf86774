const ZONES: Readonly<Record<string, string>> = {
  SG: 'Asia/Singapore',
  MY: 'Asia/Kuala_Lumpur',
  TH: 'Asia/Bangkok',
  ID: 'Asia/Jakarta',
  VN: 'Asia/Ho_Chi_Minh',
  PH: 'Asia/Manila',
  MM: 'Asia/Yangon',
};
const DAY_MS = 86_400_000;

/** The local time in a country's capital, with its offset: `2026-11-21T15:04:05+08:00`. */
export function localTime(at: Date, country: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: ZONES[country] ?? 'UTC',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  }).formatToParts(at);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  const offset = part('timeZoneName').replace('GMT', '') || '+00:00';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}${offset}`;
}

/** The day itself, or the next one on which there is a delivery; never before today. */
export function deliveryDay(
  wanted: string,
  today: string,
  rules: { blockedDays: readonly string[]; onWeekends: boolean },
): string {
  let day = new Date(`${wanted < today ? today : wanted}T00:00:00Z`);
  const text = () => day.toISOString().slice(0, 10);
  const isWeekend = () => day.getUTCDay() === 0 || day.getUTCDay() === 6;
  while (rules.blockedDays.includes(text()) || (!rules.onWeekends && isWeekend()))
    day = new Date(day.getTime() + DAY_MS);
  return text();
}

/** True for a day that exists. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;
}

/** The closed list of hours in which parcels are fetched and delivered. */
export const TIMESLOTS: readonly string[] = [
  '09:00-12:00',
  '09:00-18:00',
  '09:00-22:00',
  '12:00-15:00',
  '15:00-18:00',
  '18:00-22:00',
];
