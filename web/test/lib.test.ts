import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changed } from '../src/lib/correct';
import { type Chip, chipsOf, expressionOf } from '../src/lib/filter';
import { cropBox } from '../src/lib/image';
import { pickCodes } from '../src/lib/pickcode';
import { uuid } from '../src/lib/uuid';

test('ids are version 7 and sort by time', () => {
  const a = uuid(1_700_000_000_000);
  const b = uuid(1_700_000_000_001);
  assert.match(a, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(a < b);
});

test('filter chips become a condition and come back', () => {
  const types: Record<string, string> = { sex: 'code', birth_date: 'date', village: 'text' };
  const chips: Chip[] = [
    { field: 'sex', op: '=', value: 'F' },
    { field: 'birth_date', op: '>=', value: '2020-01-01' },
    { field: 'village', op: 'contains', value: "O'Neil and sons" },
    { field: 'village', op: 'is known', value: '' },
  ];
  const line = expressionOf(chips, (f) => types[f] ?? 'text');
  assert.equal(line, "sex = 'F' and birth_date >= 2020-01-01 and village contains 'O''Neil and sons' and village is known");
  assert.deepEqual(chipsOf(line), chips);
});

test('what chips cannot show stays a line', () => {
  assert.equal(chipsOf('age(birth_date) < 5'), null);
  assert.equal(chipsOf("sex = 'F' or sex = 'M'"), null);
  assert.deepEqual(chipsOf(''), []);
});

test('codes are found by any word, the last choices first', () => {
  const codes = [
    { code: 'AFG', label: 'Afghanistan' },
    { code: 'CAF', label: 'Central African Republic' },
    { code: 'CMR', label: 'Cameroon' },
    { code: 'SSD', label: 'South Sudan' },
  ];
  const found = (typed: string, first: string[] = []): string[] => pickCodes(codes, typed, first).map((c) => c.code);
  assert.deepEqual(found('af'), ['AFG', 'CAF']);
  assert.deepEqual(found('sud'), ['SSD']);
  assert.deepEqual(found('cmr'), ['CMR']);
  assert.deepEqual(found('', ['SSD']), ['SSD', 'AFG', 'CAF', 'CMR']);
  assert.deepEqual(found('c', ['CMR'])[0], 'CMR');
  const many = Array.from({ length: 40 }, (_, i) => ({ code: `X${i}`, label: `Land ${i}` }));
  assert.equal(pickCodes(many, 'land', []).length, 8);
  assert.equal(pickCodes(many, '', []).length, 40);
});

test('only what changed is sent; an emptied field is unknown', () => {
  const before = { given_name: 'Karim', sex: 'M', languages: ['prs', 'pus'], size: 4 };
  assert.deepEqual(changed(before, { given_name: 'Kareem', sex: 'M', languages: ['pus', 'prs'], size: 4 }), { given_name: 'Kareem' });
  assert.deepEqual(changed(before, { ...before, sex: '' }), { sex: null });
  assert.deepEqual(changed(before, { ...before, family_name: null }), {});
});

test('a photo keeps its 3 to 4 within the picture', () => {
  const whole = cropBox(1280, 720, { zoom: 1, x: 0.5, y: 0.5 });
  assert.deepEqual(whole, { x: 370, y: 0, w: 540, h: 720 });
  const corner = cropBox(1280, 720, { zoom: 2, x: 0, y: 1 });
  assert.deepEqual(corner, { x: 0, y: 360, w: 270, h: 360 });
});
