import assert from 'node:assert/strict';
import { test } from 'node:test';
import { precisionSaid } from '../src/lib/history';
import type { HistoryChange, HistoryEntry } from '../src/lib/types';

const change = (field: string, before: string | null, after: string | null, id = 'p'): HistoryChange => ({ kind: 'person', id, field, before, after });
const entry = (act: string, ...changes: HistoryChange[]): HistoryEntry => ({ act, op: 'person.correct', when: '2026-03-10T08:00:00Z', changes });

test('a date is known as far as the last act said that said so', () => {
  const year = change('birth_date', '1991-09-23', '1987-09-23');
  const other = change('birth_date', '1980-01-01', '1981-01-01', 'q');
  const entries = [
    entry('4', change('birth_date', '1987-09-23', '1987-03-02'), change('birth_date_precision', 'year', 'exact')),
    entry('3', year, other),
    entry('2', change('occupation', null, 'BAKER')),
    entry('1', change('birth_date', null, '1991-09-23'), change('birth_date_precision', null, 'year')),
  ];
  const at = (i: number, c: HistoryChange | undefined, side: 'before' | 'after') => precisionSaid(entries, i, c ?? year, side);
  assert.equal(at(1, year, 'before'), 'year');
  assert.equal(at(1, year, 'after'), 'year', 'another year is no day');
  assert.equal(at(0, entries[0]?.changes[0], 'before'), 'year');
  assert.equal(at(0, entries[0]?.changes[0], 'after'), 'exact');
  assert.equal(at(3, entries[3]?.changes[0], 'after'), 'year');
  assert.equal(at(1, other, 'after'), undefined, 'what is said of one person is not said of another');
});
