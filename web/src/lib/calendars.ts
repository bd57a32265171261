// calendars.ts: Gregorian, solar Hijri and lunar Hijri, as src/text/calendar.h has them: the
// 33-year rule for the solar, the tabular civil calendar for the lunar year.

export type Calendar = 'gregorian' | 'solar' | 'lunar';
export const CALENDARS: readonly Calendar[] = ['gregorian', 'solar', 'lunar'];

/** Days since 1970-01-01. */
export type Day = number;
export interface CalDate {
  year: number;
  month: number;
  day: number;
}

const YEARS: Record<Calendar, readonly [number, number]> = {
  gregorian: [1785, 2150],
  solar: [1200, 1500],
  lunar: [1200, 1500],
};
/** 1 Hamal 1000, 1 Hamal 1 and 1 Muharram 1 (16 July 622 Julian). */
const SOLAR_1000 = -127390;
const SOLAR_EPOCH = -492268;
const LUNAR_EPOCH = -492148;

const div = (a: number, b: number): number => Math.floor(a / b);
const mod = (a: number, b: number): number => a - b * div(a, b);

export const yearKnown = (cal: Calendar, year: number): boolean =>
  year >= YEARS[cal][0] && year <= YEARS[cal][1];

export function isLeap(cal: Calendar, year: number): boolean {
  if (cal === 'gregorian') return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (cal === 'solar') return mod(25 * year + 11, 33) < 8;
  return mod(11 * year + 14, 30) < 11;
}

/** 0 for a month that is none. */
export function monthDays(cal: Calendar, year: number, month: number): number {
  if (month < 1 || month > 12) return 0;
  if (cal === 'gregorian') {
    if (month === 2) return isLeap(cal, year) ? 29 : 28;
    return [4, 6, 9, 11].includes(month) ? 30 : 31;
  }
  if (cal === 'solar') return month <= 6 ? 31 : month <= 11 || isLeap(cal, year) ? 30 : 29;
  return month % 2 === 1 || (month === 12 && isLeap(cal, year)) ? 30 : 29;
}

export const valid = (cal: Calendar, d: CalDate): boolean =>
  yearKnown(cal, d.year) && d.day >= 1 && d.day <= monthDays(cal, d.year, d.month);

function solarYearStart(year: number): Day {
  const cycles = div(year - 1000, 33);
  let leaps = cycles * 8;
  for (let y = 1000 + cycles * 33; y < year; y++) if (isLeap('solar', y)) leaps++;
  return SOLAR_1000 + (year - 1000) * 365 + leaps;
}

const lunarYearStart = (year: number): Day =>
  LUNAR_EPOCH + (year - 1) * 354 + div(11 * year + 3, 30);

const gregorianDay = (d: CalDate): Day => Math.round(Date.UTC(d.year, d.month - 1, d.day) / 86400000);

export function toDay(cal: Calendar, d: CalDate): Day {
  if (cal === 'gregorian') return gregorianDay(d);
  const start = cal === 'solar' ? solarYearStart(d.year) : lunarYearStart(d.year);
  let days = d.day - 1;
  for (let m = 1; m < d.month; m++) days += monthDays(cal, d.year, m);
  return start + days;
}

export function fromDay(cal: Calendar, day: Day): CalDate {
  if (cal === 'gregorian') {
    const date = new Date(day * 86400000);
    return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
  }
  const start = cal === 'solar' ? solarYearStart : lunarYearStart;
  const epoch = cal === 'solar' ? SOLAR_EPOCH : LUNAR_EPOCH;
  let year = div(day - epoch, cal === 'solar' ? 365.2425 : 354.3667) + 1;
  while (start(year + 1) <= day) year++;
  while (start(year) > day) year--;
  let rest = day - start(year);
  let month = 1;
  while (rest >= monthDays(cal, year, month)) rest -= monthDays(cal, year, month++);
  return { year, month, day: rest + 1 };
}

export const isoOf = (day: Day): string => new Date(day * 86400000).toISOString().slice(0, 10);

export function dayOf(iso: string): Day | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso);
  if (found === null) return null;
  const d = { year: Number(found[1]), month: Number(found[2]), day: Number(found[3]) };
  return d.day >= 1 && d.day <= monthDays('gregorian', d.year, d.month) ? gregorianDay(d) : null;
}

/** Completed years between two days. */
export function yearsBetween(from: Day, to: Day): number {
  const a = fromDay('gregorian', from);
  const b = fromDay('gregorian', to);
  return b.year - a.year - (b.month < a.month || (b.month === a.month && b.day < a.day) ? 1 : 0);
}

export function monthsBetween(from: Day, to: Day): number {
  const a = fromDay('gregorian', from);
  const b = fromDay('gregorian', to);
  return (b.year - a.year) * 12 + b.month - a.month - (b.day < a.day ? 1 : 0);
}

/** `day` moved by whole months; a day the month lacks becomes its last. */
export function addMonths(day: Day, months: number): Day {
  const d = fromDay('gregorian', day);
  const at = d.year * 12 + d.month - 1 + months;
  const year = div(at, 12);
  const month = mod(at, 12) + 1;
  return gregorianDay({ year, month, day: Math.min(d.day, monthDays('gregorian', year, month)) });
}
