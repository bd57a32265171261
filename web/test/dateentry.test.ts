import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Calendar, dayOf, fromDay, isoOf, toDay, valid } from '../src/lib/calendars';
import { type Rules, agesOf, parseDate, plainDate } from '../src/lib/dateentry';

const today = dayOf('2026-03-10') ?? 0;
const rules: Rules = { today, preferred: 'solar' };

const read = (typed: string, more: Partial<Rules> = {}): string => {
  const entry = parseDate(typed, { ...rules, ...more });
  if (!entry.ok) return entry.lastDay > 0 ? `${entry.error} ${entry.lastDay}` : entry.error;
  return `${entry.best.precision} ${entry.best.calendar} ${isoOf(entry.best.day)}`;
};

test('worked dates of the three calendars', () => {
  const worked: [Calendar, number, number, number, string][] = [
    ['solar', 1385, 5, 15, '2006-08-06'],
    ['solar', 1357, 2, 7, '1978-04-27'],
    ['solar', 1402, 12, 29, '2024-03-19'],
    ['solar', 1403, 12, 30, '2025-03-20'],
    ['solar', 1400, 1, 1, '2021-03-21'],
    ['lunar', 1400, 1, 1, '1979-11-21'],
    ['lunar', 1390, 1, 1, '1970-03-09'],
    ['lunar', 1447, 1, 1, '2025-06-27'],
    ['gregorian', 2000, 2, 29, '2000-02-29'],
  ];
  for (const [calendar, year, month, day, iso] of worked) {
    assert.equal(isoOf(toDay(calendar, { year, month, day })), iso);
    assert.deepEqual(fromDay(calendar, dayOf(iso) ?? 0), { year, month, day });
  }
  assert.equal(valid('solar', { year: 1402, month: 12, day: 30 }), false);
});

test('every day of three centuries comes back from each calendar', () => {
  for (const calendar of ['gregorian', 'solar', 'lunar'] as const) {
    for (let day = -52000; day < 38000; day += 7) {
      const d = fromDay(calendar, day);
      assert.ok(valid(calendar, d), `${calendar} ${day}`);
      assert.equal(toDay(calendar, d), day);
    }
  }
});

test('ages', () => {
  assert.equal(read('35'), 'age gregorian 1990-07-01');
  assert.equal(read('۳۵ ساله'), 'age gregorian 1990-07-01');
  assert.equal(read('about 40'), 'age gregorian 1985-07-01');
  assert.equal(read('8m'), 'age gregorian 2025-07-10');
  assert.equal(read('۵ ماهه'), 'age gregorian 2025-10-10');
  assert.equal(read('3w'), 'age gregorian 2026-02-17');
  assert.equal(read('10 days'), 'age gregorian 2026-02-28');
  assert.equal(read('0'), 'age_range');
  assert.equal(read('121'), 'age_range');
  assert.equal(read('-5'), 'not_understood');
  assert.equal(read(' -1990'), 'not_understood');
  assert.equal(read('\u2212۵'), 'not_understood');
});

test('years', () => {
  assert.equal(read('1368'), 'year solar 1989-07-01');
  assert.equal(read('۱۳۶۸'), 'year solar 1989-07-01');
  assert.equal(read('1990'), 'year gregorian 1990-07-01');
  assert.equal(read('1390'), 'year solar 2011-07-01');
  const entry = parseDate('1390', rules);
  assert.ok(entry.ok);
  assert.deepEqual(entry.alternatives.map((a) => a.calendar), ['lunar']);
  assert.equal(read('1390 قمری'), 'year lunar 1970-09-02');
  assert.equal(read('900'), 'out_of_range');
  assert.equal(read('2030'), 'future');
  assert.equal(read('2026'), 'year gregorian 2026-02-04'); // the middle of what is past of it
  assert.equal(read('1800'), 'too_old');
});

test('months', () => {
  assert.equal(read('3/1368'), 'month solar 1989-06-05');
  assert.equal(read('03.1990'), 'month gregorian 1990-03-15');
  assert.equal(read('hamal 1368'), 'month solar 1989-04-04');
  assert.equal(read('حمل ۱۳۶۸'), 'month solar 1989-04-04');
  assert.equal(read('mars 1990'), 'month gregorian 1990-03-15');
  assert.equal(read('13/1368'), 'no_such_month');
  assert.equal(read('3/68'), 'two_digit_year');
});

test('dates', () => {
  assert.equal(read('12.03.1990'), 'exact gregorian 1990-03-12');
  assert.equal(read('1990-03-12'), 'exact gregorian 1990-03-12');
  assert.equal(read('12 March 1990'), 'exact gregorian 1990-03-12');
  assert.equal(read('12 mars 1990'), 'exact gregorian 1990-03-12');
  assert.equal(read('۱۲/۳/۱۳۶۸'), 'exact solar 1989-06-02');
  assert.equal(read('12 حمل 1368'), 'exact solar 1989-04-01');
  assert.equal(read('15 Asad 1385'), 'exact solar 2006-08-06');
  assert.equal(read('15 زمری 1385'), 'exact solar 2006-08-06');
  assert.equal(read('1 Ramadan 1420'), 'exact lunar 1999-12-09');
  assert.equal(read('30 Hut 1402'), 'no_such_day 29');
  assert.equal(read('03/25/1990'), 'exact gregorian 1990-03-25');
  const both = parseDate('03/04/1990', { ...rules, preferred: 'gregorian' });
  assert.ok(both.ok);
  assert.deepEqual([both.best, ...both.alternatives].map((r) => isoOf(r.day)), ['1990-04-03', '1990-03-04']);
});

test('what is not a date', () => {
  assert.equal(read(''), 'empty');
  assert.equal(read('unknown'), 'not_understood');
  assert.equal(read('1 2 3 4'), 'not_understood');
  assert.equal(read('9'.repeat(90)), 'too_long');
  assert.equal(read('5', { allowFuture: true }), 'not_understood');
  assert.equal(read('12.03.2030', { allowFuture: true }), 'exact gregorian 2030-03-12');
});

test('the span of an age', () => {
  const year = parseDate('1368', rules);
  assert.ok(year.ok);
  assert.deepEqual(agesOf(year.best, today), { min: 35, max: 36, months: -1 });
  const baby = parseDate('8m', rules);
  assert.ok(baby.ok);
  assert.deepEqual(agesOf(baby.best, today), { min: 0, max: 0, months: 8 });
});

test('the other order of day and month, written out, is read in that order alone', () => {
  for (const typed of ['12/03/1990', '3/12/1368', '01/02/1410']) {
    const entry = parseDate(typed, rules);
    assert.ok(entry.ok);
    for (const reading of [entry.best, ...entry.alternatives]) {
      const again = parseDate(plainDate(reading), rules);
      assert.ok(again.ok);
      const found = [again.best, ...again.alternatives].filter((r) => r.calendar === reading.calendar);
      assert.deepEqual(found.map((r) => r.day), [reading.day], `${typed} as ${plainDate(reading)} ${reading.calendar}`);
    }
  }
});
