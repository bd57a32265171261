// dateentry.ts: one field takes an age, a year or a date in any calendar. The same rules as
// src/text/date_entry.h, so that the screen says at once what the node will understand.
import {
  type CalDate, type Calendar, CALENDARS, type Day, addMonths, fromDay, monthDays, monthsBetween,
  toDay, yearKnown, yearsBetween,
} from './calendars';
import { type MonthReading, foldWord, readMonth } from './monthnames';

export type Precision = 'exact' | 'month' | 'year' | 'age';
export type AgeUnit = 'y' | 'm' | 'w' | 'd';

export interface Reading {
  /** What is stored. */
  day: Day;
  /** The span it can be, both included. */
  first: Day;
  last: Day;
  precision: Precision;
  calendar: Calendar;
  year: number;
  month: number;
  dayOfMonth: number;
  age: number;
  ageUnit: AgeUnit | '';
  isAbout: boolean;
}

export type DateError =
  | 'empty' | 'not_understood' | 'future' | 'too_old' | 'two_digit_year' | 'no_such_day'
  | 'no_such_month' | 'out_of_range' | 'age_range' | 'too_long';

export interface Rules {
  today: Day;
  preferred: Calendar;
  /** For what is not a birth: expiry, appointment. Ages are refused then. */
  allowFuture?: boolean;
}

export type Entry =
  | { ok: true; best: Reading; alternatives: Reading[] }
  | { ok: false; error: DateError; lastDay: number };

const BYTES_MAX = 80;
const WORDS_MAX = 8;
const AGE_MAX = 120;
const ALTERNATIVES_MAX = 3;

const words = (text: string): ReadonlySet<string> => new Set(text.split(' ').map(foldWord));
const ABOUT = words('about approx approximately ca circa environ vers around ~ حدود تقریبا تخمینا شاوخوا نږدې حوالي تقريبا نحو');
const FILLER = words('old of de d le the born né née age aged âge عمر سن سالگی زیږیدلی مولود هجری ه م دی');
const UNITS: Record<AgeUnit, ReadonlySet<string>> = {
  y: words('years year yrs yr y ans an سال ساله کلن کاله کال سنة سنوات سنه عام عاما'),
  m: words('months month mths mth mo m mois ماه ماهه میاشت میاشتې میاشتنی شهر أشهر شهور'),
  w: words('weeks week wks wk w semaines semaine sem هفته هفتة اونۍ اونیز أسبوع أسابيع'),
  d: words('days day d jours jour j روز روزه ورځ ورځې ورځنی يوم أيام'),
};
const CALENDAR_WORDS: Record<Calendar, ReadonlySet<string>> = {
  gregorian: words('میلادی ميلادي م ad ce'),
  solar: words('شمسی خورشیدی لمریز لمریزه hs sh'),
  lunar: words('قمری سپوږمیز ah hq'),
};

export const latinDigits = (text: string): string =>
  text
    .replace(/[\u06f0-\u06f9]/g, (c) => String(c.charCodeAt(0) - 0x6f0))
    .replace(/[\u0660-\u0669]/g, (c) => String(c.charCodeAt(0) - 0x660));

interface Parts {
  numbers: number[];
  widths: number[];
  months: MonthReading[];
  unit: AgeUnit | '';
  calendar: Calendar | '';
  isAbout: boolean;
  slashes: boolean;
  understood: boolean;
}

/** "Jumada al-thani" is two words to people and one month to us. */
const joinLunar = (text: string): string =>
  text
    .replace(/\b(rabi|jumada)\w*[\s'’-]*(?:al|ul|us|as|ath|uth|awwal)*[\s'’-]*(awwal|ula|thani|akhir|akhira|sani|i{1,2}|1|2)\b/gi,
      (_all, name: string, which: string) => `${name}${/^(awwal|ula|i|1)$/i.test(which) ? 1 : 2}`)
    .replace(/(ربیع|ربيع|جمادی|جمادى)\s*(?:ال)?(اول|أول|أولى|اولی|ثانی|ثاني|ثانية|آخر|اخر)/g,
      (_all, name: string, which: string) => `${name}${/^[اأ]و/.test(which) ? '۱' : '۲'}`);

function unitOf(word: string): AgeUnit | '' {
  for (const unit of ['y', 'm', 'w', 'd'] as const) if (UNITS[unit].has(word)) return unit;
  return '';
}

function split(typed: string): Parts {
  const text = joinLunar(typed.replace(/[\u200c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, ' '));
  const parts: Parts = {
    numbers: [], widths: [], months: [], unit: '', calendar: '', isAbout: false,
    slashes: text.includes('/'), understood: true,
  };
  const lunar = /(?:rabi|jumada)[12]|(?:ربیع|ربيع|جمادی|جمادى)[۱۲]/i;
  const tokens = text.match(new RegExp(`${lunar.source}|[0-9\\u06f0-\\u06f9\\u0660-\\u0669]+|~|[\\p{L}\\p{M}'’]+|[^\\s\\/.,،\\-–٫]`, 'giu')) ?? [];
  if (tokens.length > WORDS_MAX) parts.understood = false;
  for (const token of tokens.slice(0, WORDS_MAX)) {
    const plain = latinDigits(token);
    if (/^[0-9]+$/.test(plain)) {
      parts.numbers.push(plain.length > 6 ? NaN : Number(plain));
      parts.widths.push(plain.length);
      continue;
    }
    const word = foldWord(token);
    const months = readMonth(word);
    const unit = unitOf(word);
    const calendar = CALENDARS.find((c) => CALENDAR_WORDS[c].has(word));
    if (ABOUT.has(word)) parts.isAbout = true;
    else if (months.length > 0 && parts.months.length === 0 && unit === '') parts.months = months;
    else if (unit !== '' && parts.unit === '' && parts.numbers.length === 1) parts.unit = unit;
    else if (calendar !== undefined) parts.calendar = calendar;
    else if (!FILLER.has(word)) parts.understood = false;
  }
  return parts;
}

class Refused extends Error {
  constructor(readonly key: DateError, readonly lastDay = 0) {
    super(key);
  }
}

function ageReading(age: number, unit: AgeUnit, parts: Parts, today: Day): Reading {
  const most = { y: AGE_MAX, m: AGE_MAX * 12, w: AGE_MAX * 52, d: AGE_MAX * 366 }[unit];
  if (!(age >= 1 && age <= most)) throw new Refused('age_range');
  let day: Day;
  let first: Day;
  let last: Day;
  if (unit === 'y' || unit === 'm') {
    const months = unit === 'y' ? 12 : 1;
    last = addMonths(today, -age * months);
    first = addMonths(today, -(age + 1) * months) + 1;
    day = last;
    if (unit === 'y') {
      const year = fromDay('gregorian', addMonths(today, -age * 12 - 6)).year;
      day = toDay('gregorian', { year, month: 7, day: 1 });
    }
  } else {
    const days = unit === 'w' ? 7 : 1;
    last = today - age * days;
    first = last - days + 1;
    day = last;
  }
  return {
    day, first, last, precision: 'age', calendar: 'gregorian', year: 0, month: 0, dayOfMonth: 0,
    age, ageUnit: unit, isAbout: parts.isAbout,
  };
}

/** 1 July of the year; for a solar year, of the Gregorian one it begins in (src/text/date_entry.h). */
function middleOf(calendar: Calendar, first: Day, seventh: Day): Day {
  if (calendar !== 'solar') return seventh;
  return toDay('gregorian', { year: fromDay('gregorian', first).year, month: 7, day: 1 });
}

/** Where today cuts the span, the middle of what is past. */
function keepPast(r: Reading, today: Day): void {
  if (r.last <= today) return;
  if (r.day > today) r.day = r.first + Math.floor((today - r.first) / 2);
  r.last = today;
}

function dateReading(calendar: Calendar, d: CalDate, isAbout: boolean): Reading {
  const { year, month, day: dom } = d;
  const base = { calendar, year, month, dayOfMonth: dom, age: 0, ageUnit: '' as const, isAbout };
  const at = (m: number, n: number): Day => toDay(calendar, { year, month: m, day: n });
  if (month === 0) {
    return { ...base, precision: 'year', first: at(1, 1), last: at(12, monthDays(calendar, year, 12)), day: middleOf(calendar, at(1, 1), at(7, 1)) };
  }
  if (month > 12) throw new Refused('no_such_month');
  const lastDay = monthDays(calendar, year, month);
  if (dom === 0) return { ...base, precision: 'month', first: at(month, 1), last: at(month, lastDay), day: at(month, 15) };
  if (dom > lastDay) throw new Refused('no_such_day', lastDay);
  const day = at(month, dom);
  return { ...base, precision: 'exact', first: day, last: day, day };
}

/** Candidates of three numbers, or of two with a month's name. */
function orders(parts: Parts): { year: number; month: number; day: number }[] {
  const [a = 0, b = 0, c = 0] = parts.numbers;
  const isYear = (i: number): boolean => (parts.widths[i] ?? 0) >= 3;
  if (parts.months.length > 0) {
    if (parts.numbers.length === 1) return isYear(0) ? [{ year: a, month: -1, day: 0 }] : [];
    if (parts.numbers.length !== 2) return [];
    if (isYear(0)) return [{ year: a, month: -1, day: b }];
    return isYear(1) ? [{ year: b, month: -1, day: a }] : [];
  }
  switch (parts.numbers.length) {
    case 1:
      return isYear(0) ? [{ year: a, month: 0, day: 0 }] : [];
    case 2:
      if (isYear(0)) return [{ year: a, month: b || 13, day: 0 }];
      return isYear(1) ? [{ year: b, month: a || 13, day: 0 }] : [];
    case 3:
      if (isYear(0)) return [{ year: a, month: b || 13, day: c || 32 }];
      if (!isYear(2)) return [];
      if (b > 12 && a <= 12) return [{ year: c, month: a || 13, day: b }];
      if (parts.slashes && a <= 12 && a !== b) {
        return [{ year: c, month: b || 13, day: a || 32 }, { year: c, month: a || 13, day: b || 32 }];
      }
      return [{ year: c, month: b || 13, day: a || 32 }];
    default:
      return [];
  }
}

const preference = (rules: Rules): Calendar[] => [
  rules.preferred,
  ...CALENDARS.filter((c) => c !== rules.preferred),
];

function candidates(parts: Parts, rules: Rules): Reading[] {
  const found = orders(parts);
  if (found.length === 0) {
    const short = parts.numbers.length > 1 || parts.months.length > 0;
    throw new Refused(short && parts.numbers.length > 0 ? 'two_digit_year' : 'not_understood');
  }
  const readings: Reading[] = [];
  let refusal: Refused | null = null;
  for (const calendar of preference(rules)) {
    if (parts.calendar !== '' && parts.calendar !== calendar) continue;
    for (const order of found) {
      if (!yearKnown(calendar, order.year)) continue;
      const named = parts.months.filter((m) => m.calendar === calendar);
      const months = order.month === -1 ? named.map((m) => m.month) : [order.month];
      for (const month of months) {
        try {
          const reading = dateReading(calendar, { ...order, month }, parts.isAbout);
          if (rules.allowFuture !== true && reading.first > rules.today) throw new Refused('future');
          if (reading.last < addMonths(rules.today, -12 * AGE_MAX)) throw new Refused('too_old');
          if (rules.allowFuture !== true) keepPast(reading, rules.today);
          readings.push(reading);
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          refusal ??= error;
        }
      }
    }
  }
  if (readings.length === 0) throw refusal ?? new Refused('out_of_range');
  return readings;
}

export function parseDate(typed: string, rules: Rules): Entry {
  try {
    if (new TextEncoder().encode(typed).length > BYTES_MAX) throw new Refused('too_long');
    if (typed.trim() === '') throw new Refused('empty');
    if (/^\s*[-\u2212]\p{Nd}/u.test(typed)) throw new Refused('not_understood');
    const parts = split(typed);
    const [only = NaN] = parts.numbers;
    if (!parts.understood || parts.numbers.length === 0 || parts.numbers.length > 3) {
      throw new Refused('not_understood');
    }
    const isAge = parts.numbers.length === 1 && parts.months.length === 0 &&
      (parts.unit !== '' || (parts.widths[0] ?? 0) < 3 || (only >= 100 && only <= 199));
    if (isAge) {
      if (rules.allowFuture === true) throw new Refused('not_understood');
      return { ok: true, best: ageReading(only, parts.unit || 'y', parts, rules.today), alternatives: [] };
    }
    if (parts.unit !== '') throw new Refused('not_understood');
    const [best, ...rest] = candidates(parts, rules);
    if (best === undefined) throw new Refused('not_understood');
    return { ok: true, best, alternatives: rest.slice(0, ALTERNATIVES_MAX) };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, error: error.key, lastDay: error.lastDay };
    throw error;
  }
}

/** A date written so that it can be read in one order only: with points the day comes first. */
export const plainDate = (r: Pick<Reading, 'year' | 'month' | 'dayOfMonth'>): string => `${r.dayOfMonth}.${r.month}.${r.year}`;

export interface Ages {
  min: number;
  max: number;
  /** Completed months, for those under two years; else -1. */
  months: number;
}

export function agesOf(reading: Pick<Reading, 'day' | 'first' | 'last'>, today: Day): Ages {
  const months = monthsBetween(reading.day, today);
  return {
    min: Math.max(0, yearsBetween(reading.last, today)),
    max: Math.max(0, yearsBetween(reading.first, today)),
    months: months < 24 ? Math.max(0, months) : -1,
  };
}

/** The reading again from what is stored: the day, its precision and what was typed. */
export function spanOf(day: Day, precision: string): Pick<Reading, 'day' | 'first' | 'last'> {
  const d = fromDay('gregorian', day);
  if (precision === 'month') {
    const start = day - d.day + 1;
    return { day, first: start, last: start + monthDays('gregorian', d.year, d.month) - 1 };
  }
  if (precision === 'year' || precision === 'age') {
    return { day, first: day - 183, last: day + 183 };
  }
  return { day, first: day, last: day };
}
