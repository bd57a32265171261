import assert from 'node:assert/strict';
import { test } from 'node:test';
import { officeInput } from '../src/desks/users/officeinput';
import { namesInput, namesOf } from '../src/lib/names';
import type { Fields, Rec } from '../src/lib/types';

const rec = (fields: Fields): Rec => ({ kind: 'office', id: '1', version: 'v', fields });

test('only names that changed are sent; an emptied one is taken back', () => {
  const office = rec({ name: 'Herat', label_fa: 'هرات', label_fr: 'Hérat' });
  assert.deepEqual(namesInput(office, namesOf(office)), {});
  assert.deepEqual(namesInput(office, { ...namesOf(office), fr: ' ', ps: ' هرات ' }), { label_fr: null, label_ps: 'هرات' });
  assert.deepEqual(namesInput(null, { ...namesOf(null), ar: 'هراة' }), { label_ar: 'هراة' });
});

test('of an office only what changed is sent, the difference to UTC as a number', () => {
  const office = rec({ code: 'HER', name: 'Herat', calendar: 'solar', utc_offset_minutes: 270 });
  const texts = { code: 'HER', name: 'Herat', type: '', parent: '', country: '', calendar: 'solar', language: '', dial_code: '', utc_offset_minutes: '270' };
  assert.deepEqual(officeInput(office, texts), {});
  assert.deepEqual(officeInput(office, { ...texts, calendar: '', utc_offset_minutes: '-60', type: 'FIELD' }), { type: 'FIELD', calendar: null, utc_offset_minutes: -60 });
  assert.deepEqual(officeInput(office, { ...texts, utc_offset_minutes: 'an hour' }), { utc_offset_minutes: 'an hour' });
});
