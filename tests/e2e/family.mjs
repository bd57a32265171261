#!/usr/bin/env node
// family.mjs: a family's later life in a real browser, in English and Dari: two clerks at one field,
// two machines that disagree, moves, a void registration, pictures. Prints TAP.
import { PASSWORD, ok, withOperation } from './operation.mjs';
import { conflictWalk, familyWalk, needWalk } from '../../web/tools/walks/family.mjs';

const runs = [['en', 'Rostami', 'Zamanzai'], ['fa', 'Bakhshi', 'Turabaz']];

/** One birth written here and another on a second machine, in each language's person. */
async function disagree(operation) {
  await operation.stop();
  const people = runs.map(([, name]) => operation.op('group.register', {
    focal_point: 'a',
    members: [{ key: 'a', relationship: 'FP', presence: 'PRESENT', person: { given_name: `Disputed${name}`, father_name: name, sex: 'F', birth_date: '1984-01-01', birth_date_precision: 'year' } }],
  }, 'psh-1'));
  const second = operation.secondNode();
  for (const { members: [{ person: id }] } of people) {
    const base = operation.op('person.file', { id }, 'admin').person.version;
    const input = (year) => ({ id, base, fields: { birth_date: `${year}-01-01`, birth_date_precision: 'year', birth_date_entered: year }, reason: 'PERSON_SAYS' });
    operation.op('person.correct', input('1985'), 'psh-2', second);
    operation.op('person.correct', input('1983'), 'psh-1');
  }
  operation.receive();
  await operation.serve();
  return people.map((p) => ({ person: p.members[0].person, group: p.group, years: ['1983', '1985'] }));
}

/** The demo's clerks are protection officers too; this one only registers. */
async function writeNeeds(operation, common) {
  const login = 'psh-desk';
  const added = operation.run('user', 'add', login, '--name', 'Shaista Khan', '--office', 'PSH', '--role', 'registration_clerk');
  ok(added.status === 0 && (await operation.settle(login, PASSWORD)), `${login} has a password of their own`, added.stderr);
  for (const [lang, family] of runs) {
    const { members: [{ person }] } = operation.op('group.register', {
      focal_point: 'a',
      members: [{ key: 'a', relationship: 'FP', presence: 'PRESENT', person: { given_name: `Needed${family}`, father_name: family, sex: 'F', birth_date: '1984-01-01', birth_date_precision: 'year' } }],
    }, 'psh-1');
    await needWalk({ ...common, url: operation.url, lang, login, person, note: `Sees little ${family}` });
  }
}

await withOperation({ people: 60, seed: 5, logins: ['psh-1', 'psh-2'] }, async (operation) => {
  const op = operation.op.bind(operation);
  const common = { password: PASSWORD, told: ok, op };
  for (const [lang, ...names] of runs) await familyWalk({ ...common, url: operation.url, lang, names });
  await writeNeeds(operation, common);
  const disputed = await disagree(operation);
  for (const [i, [lang]] of runs.entries()) await conflictWalk({ ...common, url: operation.url, lang, ...disputed[i] });
});
