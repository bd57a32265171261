import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayOf } from '../src/lib/calendars';
import {
  type Family, addMember, asksMother, blockers, checkMember, completeness, focalOf, inherit, isCheckable, isInherited, memberOf, moveMember,
  newFamily, park, registerInput, removeMember, resume, setBirth, setField, setFocal, setMember, setRelationship, stillWrong, valueOf,
} from '../src/lib/family';
import { restate } from '../src/lib/relationship';

const rules = { today: dayOf('2026-03-10') ?? 0, preferred: 'solar' as const };
const NOW = '2026-03-10T08:00:00Z';

function family(...relationships: string[]): { f: Family; keys: string[] } {
  let f = newFamily(NOW);
  f = setField(f, f.focal, 'given_name', 'Karim');
  f = setField(f, f.focal, 'sex', 'M');
  f = setField(f, f.focal, 'nationality', 'AFG');
  const keys = [f.focal];
  for (const r of relationships) {
    const [next, m] = addMember(f);
    f = setField(setRelationship(next, m.key, r), m.key, 'given_name', r);
    keys.push(m.key);
  }
  return { f, keys };
}
const at = (keys: string[], i: number): string => keys[i] ?? '';
const member = (f: Family, key: string) => memberOf(f, key) ?? focalOf(f);

test('what the first person says holds for the others', () => {
  const { f, keys } = family('WIF', 'SON');
  assert.equal(valueOf(f, member(f, at(keys, 2)), 'nationality'), 'AFG');
  const changed = setField(f, f.focal, 'nationality', 'PAK');
  assert.equal(valueOf(changed, member(changed, at(keys, 2)), 'nationality'), 'PAK');
  assert.ok(isInherited(f, member(f, at(keys, 1)), 'nationality'));
  assert.ok(!isInherited(f, focalOf(f), 'nationality'));
});

test('an exception stays when the first person changes, until it is taken back', () => {
  const { f, keys } = family('WIF');
  const wife = at(keys, 1);
  let g = setField(f, wife, 'nationality', 'IRN');
  g = setField(g, g.focal, 'nationality', 'PAK');
  assert.equal(valueOf(g, member(g, wife), 'nationality'), 'IRN');
  g = inherit(g, wife, 'nationality');
  assert.equal(valueOf(g, member(g, wife), 'nationality'), 'PAK');
});

test('names are never copied', () => {
  const { f, keys } = family('SON');
  assert.equal(valueOf(f, member(f, at(keys, 1)), 'family_name'), null);
});

test('a relationship sets the sex it implies, and no other', () => {
  const { f, keys } = family('DAU', 'U');
  assert.equal(member(f, at(keys, 1)).person['sex'], 'F');
  assert.equal(member(f, at(keys, 2)).person['sex'], undefined);
});

test('the mother is asked where there are two wives', () => {
  const one = family('WIF', 'SON');
  assert.equal(asksMother(one.f, member(one.f, at(one.keys, 2))), false);
  const two = family('WIF', 'WIF', 'SON');
  assert.equal(asksMother(two.f, member(two.f, at(two.keys, 3))), true);
  assert.equal(asksMother(two.f, member(two.f, at(two.keys, 1))), false);
  const named = setMember(two.f, at(two.keys, 3), { mother: at(two.keys, 2) });
  assert.equal(member(removeMember(named, at(two.keys, 2)), at(two.keys, 3)).mother, '');
});

test('another focal point: relationships follow, common facts stay', () => {
  const { f, keys } = family('WIF', 'SON', 'PRF');
  const g = setFocal(f, at(keys, 1));
  assert.equal(g.focal, at(keys, 1));
  assert.equal(member(g, at(keys, 0)).relationship, 'HUS');
  assert.equal(member(g, at(keys, 2)).relationship, 'SON');
  assert.equal(member(g, at(keys, 3)).relationship, 'PLF');
  assert.equal(focalOf(g).person['nationality'], 'AFG');
  assert.ok(isInherited(g, member(g, at(keys, 0)), 'nationality'));
});

test('what the links do not tell is asked', () => {
  const people = [
    { key: 'a', sex: 'M', relationship: '' },
    { key: 'b', sex: 'F', relationship: 'WIF' },
    { key: 'c', sex: 'F', relationship: 'WIF' },
    { key: 'd', sex: 'M', relationship: 'SON', mother: 'b' },
    { key: 'e', sex: 'F', relationship: 'DAU' },
  ];
  assert.deepEqual(restate(people, 'a', 'b'), { a: 'HUS', c: '', d: 'SON', e: '' });
  assert.deepEqual(restate(people, 'a', 'd'), { a: 'PRM', b: 'PRF', c: '', e: 'SBF' });
});

test('rows move and go, the focal point does not go', () => {
  const { f, keys } = family('WIF', 'SON');
  assert.deepEqual(moveMember(f, at(keys, 2), -1).members.map((m) => m.key), [at(keys, 0), at(keys, 2), at(keys, 1)]);
  assert.equal(removeMember(f, f.focal), f);
  assert.equal(removeMember(f, at(keys, 1)).members.length, 2);
});

test('one name in either script is enough; sex, birth and relationship are needed', () => {
  const { f, keys } = family('SON');
  const son = at(keys, 1);
  const fields = (g: Family, key: string): string[] => blockers(g, rules).filter((b) => b.key === key).map((b) => b.field);
  assert.deepEqual(fields(f, son), ['birth_date']);
  let g = setBirth(f, son, '12', '', rules);
  assert.deepEqual(fields(g, son), []);
  g = setField(setField(g, son, 'given_name', null), son, 'given_name_local', 'جاوید');
  assert.deepEqual(fields(g, son), []);
  g = setBirth(g, son, '12/', '', rules);
  g = setBirth(g, son, 'x', '', rules);
  assert.deepEqual(fields(g, son), ['birth_date']);
});

test('a year that two calendars know keeps the calendar chosen', () => {
  const { f } = family();
  assert.equal(focalOf(setBirth(f, f.focal, '1368', '', rules)).person['birth_date'], '1989-07-01');
  const lunar = setBirth(f, f.focal, '1368', 'lunar', rules);
  assert.ok(String(focalOf(lunar).person['birth_date']).startsWith('1949'));
});

test('completeness counts what is asked', () => {
  const { f } = family();
  const known = completeness(f, focalOf(f));
  assert.equal(known.known, 3);
  assert.equal(known.of, 7);
});

test('what is sent: copied facts in each person, no empty values, the clock', () => {
  const { f, keys } = family('WIF');
  const resumed = resume(park(f, '2026-03-10T08:10:00Z'), '2026-03-10T08:15:00Z');
  const input = registerInput(resumed, 'FP');
  const members = input['members'] as { relationship: string; person: Record<string, unknown> }[];
  assert.equal(members[0]?.relationship, 'FP');
  assert.equal(members[1]?.person['nationality'], 'AFG');
  assert.ok(!('family_name' in (members[1]?.person ?? {})));
  assert.deepEqual(input['interview'], { called_at: NOW, parked_seconds: 300, resumed: 1 });
  assert.equal(input['focal_point'], at(keys, 0));
});

test('a double is asked about once something could tell two people apart', () => {
  let f = newFamily(NOW);
  const type = (field: string, value: string): void => { f = setField(f, f.focal, field, value); };
  type('given_name', 'Karim');
  type('father_name_local', 'رحیم');
  assert.equal(isCheckable(focalOf(f)), false);
  f = setBirth(f, f.focal, '1368', '', rules);
  assert.equal(isCheckable(focalOf(f)), true);
  type('nationality', 'AFG');
  const asked = checkMember(focalOf(f));
  assert.deepEqual(Object.keys(asked).sort(), ['birth_date', 'documents', 'father_name_local', 'given_name', 'phones']);
  f = newFamily(NOW);
  f = setMember(f, f.focal, { phones: [{ number: '070', type: '', owner_note: '' }] });
  assert.equal(isCheckable(focalOf(f)), false);
  f = setMember(f, f.focal, { phones: [{ number: '0701234567', type: '', owner_note: '' }] });
  assert.equal(isCheckable(focalOf(f)), true);
});

test('what was said to be wrong holds until it is answered anew', () => {
  const { f, keys } = family('WIF', 'SON');
  const [wife, son] = [at(keys, 1), at(keys, 2)];
  const then = setMember(f, wife, { phones: [{ number: '12', type: '', owner_note: '' }] });
  const wrong = {
    [f.focal]: { given_name: 'a', 'group.village': 'b', nationality: 'c' },
    [wife]: { birth_date: 'd', relationship: 'e', 'phones/0': 'f' },
    [son]: { sex: 'g' },
  };
  assert.equal(stillWrong(wrong, then, then), wrong, 'the same object while all holds');
  assert.equal(stillWrong(wrong, then, setField(then, wife, 'given_name', 'Else')), wrong, 'what was not asked for');
  let now = setField(then, f.focal, 'given_name_local', '\u06a9\u0631\u06cc\u0645');
  now = setBirth(now, wife, '35', '', rules);
  assert.deepEqual(stillWrong(wrong, then, now), {
    [f.focal]: { 'group.village': 'b', nationality: 'c' },
    [wife]: { relationship: 'e', 'phones/0': 'f' },
    [son]: { sex: 'g' },
  });
  now = setMember(now, wife, { relationship: 'CLW', phones: [{ number: '0700123456', type: '', owner_note: '' }] });
  now = setField({ ...now, group: { village: 'Gardez' } }, f.focal, 'nationality', 'PAK');
  assert.deepEqual(stillWrong(wrong, then, removeMember(now, son)), {});
});
