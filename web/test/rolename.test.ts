import assert from 'node:assert/strict';
import { test } from 'node:test';
import { called, ownLanguage } from '../src/desks/users/rolename';
import type { Rec } from '../src/lib/types';

const rec = (fields: Record<string, string>): Rec => ({ kind: 'role', id: '1', fields }) as unknown as Rec;

test('a role is called what it is called in the language of the reader', () => {
  const role = rec({ code: 'night', name: 'Night desk', label_fa: 'میز شب' });
  assert.deepEqual(called(role, 'fa', 'en'), { text: 'میز شب', other: false });
  assert.deepEqual(called(role, 'ps', 'en'), { text: 'Night desk', other: true });
  assert.deepEqual(called(role, 'en', 'en'), { text: 'Night desk', other: false });
  assert.deepEqual(called(undefined, 'en', 'en'), { text: '', other: false });
});

test('a label goes before the name that the program has for a built-in role', () => {
  const role = rec({ code: 'viewer', name: 'Viewer', label_fr: 'Observateur' });
  assert.equal(called(role, 'fr', 'en').text, 'Observateur');
  assert.equal(called(role, 'ar', 'en').other, false);
});

test('names without a language are in that of the office under no other', () => {
  assert.equal(ownLanguage([rec({ parent: '9', language: 'fr' }), rec({ language: 'fa' })]), 'fa');
  assert.equal(ownLanguage([]), 'en');
});
