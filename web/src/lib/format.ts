// format.ts: dates, times and ages as people read them.
import { type Calendar, type Day, CALENDARS, dayOf, fromDay } from './calendars';
import { agesOf, spanOf } from './dateentry';
import { digits, language, lookup, number, t, tn } from './i18n';
import { officeCalendar, today } from './session';

export const monthName = (calendar: Calendar, month: number): string =>
  lookup(`month.${calendar}.${month}`) ?? String(month);

/** A date in one calendar, as much of it as the precision knows. */
export function formatDay(day: Day, calendar: Calendar, precision = 'exact'): string {
  const d = fromDay(calendar, day);
  const year = digits(String(d.year));
  if (precision === 'year' || precision === 'age') return year;
  const month = monthName(calendar, d.month);
  if (precision === 'month') return `${month} ${year}`;
  return `${digits(String(d.day))} ${month} ${year}`;
}

/** The office's calendar first, then the Gregorian or solar one beside it. */
export const shownCalendars = (): Calendar[] => {
  const first = officeCalendar.value;
  return first === 'gregorian' ? ['gregorian', 'solar'] : [first, 'gregorian'];
};

export const formatIso = (iso: string | null | undefined, precision = 'exact'): string => {
  const day = dayOf(iso ?? '');
  return day === null ? '' : formatDay(day, officeCalendar.value, precision);
};

export const formatBoth = (iso: string | null | undefined, precision = 'exact'): string => {
  const day = dayOf(iso ?? '');
  return day === null ? '' : shownCalendars().map((c) => formatDay(day, c, precision)).join(' · ');
};

export const formatAll = (day: Day, precision: string): { calendar: Calendar; text: string }[] =>
  CALENDARS.map((calendar) => ({ calendar, text: formatDay(day, calendar, precision) }));

const pad = (n: number): string => String(n).padStart(2, '0');

export const formatClock = (when: Date): string =>
  digits(`${pad(when.getHours())}:${pad(when.getMinutes())}`);

/** A moment: its date in the office's calendar and the time of day. */
export function formatTime(iso: string | null | undefined): string {
  if (!iso) return '';
  const when = new Date(iso);
  if (Number.isNaN(when.getTime())) return iso;
  const day = Math.floor((when.getTime() - when.getTimezoneOffset() * 60000) / 86400000);
  return listOf([formatDay(day, officeCalendar.value), formatClock(when)]);
}

/** Of today the time of day alone. */
export function formatLately(iso: string | null | undefined): string {
  const when = new Date(iso ?? '');
  return when.toDateString() === new Date().toDateString() ? formatClock(when) : formatTime(iso);
}

export function formatMonths(months: number): string {
  return months < 1 ? t('age.newborn') : tn('age.months', months);
}

/** "36", "35–36", "8 months". */
export function formatAge(iso: string | null | undefined, precision: string | null | undefined): string {
  const day = dayOf(iso ?? '');
  if (day === null) return '';
  const ages = agesOf(spanOf(day, precision ?? 'exact'), today.value);
  if (ages.months >= 0) return formatMonths(ages.months);
  if (precision === 'age' || precision === 'year') {
    const middle = agesOf({ day, first: day, last: day }, today.value).min;
    return `${t('age.about')} ${number(middle)}`;
  }
  return number(ages.min);
}

/** A duration in words short enough for a line. */
export function formatSeconds(seconds: number): string {
  if (seconds < 90) return tn('duration.seconds', Math.round(seconds));
  if (seconds < 90 * 60) return tn('duration.minutes', Math.round(seconds / 60));
  if (seconds < 48 * 3600) return tn('duration.hours', Math.round(seconds / 3600));
  return tn('duration.days', Math.round(seconds / 86400));
}

export const listOf = (items: string[]): string =>
  items.join(language.value === 'en' || language.value === 'fr' ? ', ' : '، ');
