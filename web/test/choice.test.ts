import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Correction, MARKED, NONE, choiceInput, isTaken, turned } from '../src/desks/import/choice';

const one = (n: number, more: Partial<Correction> = {}): Correction => ({ n, person: 'p', kind: 'person', field: 'sex', was: 'M', now: 'F', ...more });

test('what nobody has changed is taken, the rest when somebody says so', () => {
  const moved = one(2, { moved: true });
  assert.equal(isTaken(MARKED, one(1)), true);
  assert.equal(isTaken(MARKED, moved), false);
  assert.equal(isTaken(turned(MARKED, 2), moved), true);
  assert.equal(isTaken(turned(MARKED, 1), one(1)), false);
  assert.equal(isTaken(NONE, one(1)), false);
  assert.equal(isTaken(turned(NONE, 1), one(1)), true);
});

test('what has changed since the list was checked cannot be taken', () => {
  const stale = one(3, { stale: true });
  assert.equal(isTaken(MARKED, stale), false);
  assert.equal(isTaken(turned(NONE, 3), stale), false);
});

test('turned twice is as before', () => {
  assert.deepEqual(choiceInput(turned(turned(MARKED, 4), 4)), { corrections: 'marked', corrections_but: [] });
  assert.deepEqual(choiceInput(turned(NONE, 4)), { corrections: 'none', corrections_but: [4] });
});
