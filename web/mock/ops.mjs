// ops.mjs: the operations of the mock server, on the invented population.
import { randomUUID } from 'node:crypto';
import { ADMIN, OFFICE, all, childrenOf, db, display, log, nextNumber, put } from './data.mjs';
import { fieldsOf, labelOf, opTitle } from './meta.mjs';

export class Problem extends Error {
  constructor(status, code, errors = [], title = code) {
    super(title);
    Object.assign(this, { status, code, errors });
  }
}
const missing = () => new Problem(404, 'missing', [{ path: '', key: 'error.missing', message: 'There is no such record.' }]);
const byId = (id) => db.records.get(id) ?? (() => { throw missing(); })();
const today = () => new Date().toISOString().slice(0, 10);

export const nameOf = (id, lang = 'en') => {
  const r = db.records.get(id);
  return r === undefined ? id : r.fields[`label_${lang}`] ?? r.fields.display_name ?? r.fields.name ?? r.fields.number ?? id;
};

export function show(record, lang) {
  if (record === undefined) return record;
  const labels = {};
  for (const f of fieldsOf(record.kind)) {
    const value = record.fields[f.name];
    if (value === undefined || value === null) continue;
    if (f.type === 'code') labels[f.name] = labelOf(lang, f.of, value) ?? value;
    if (f.type === 'set') labels[f.name] = value.map((v) => labelOf(lang, f.of, v) ?? v);
    if (f.type === 'ref') labels[f.name] = nameOf(value, lang);
    if (f.name === 'name' && record.fields[`label_${lang}`]) labels.name = record.fields[`label_${lang}`];
  }
  return { ...record, labels };
}

const ageOf = (iso) => (iso ? Math.floor((Date.now() - Date.parse(iso)) / 31557600000) : null);
const fold = (s) => String(s ?? '').toLowerCase().replace(/[يى]/g, 'ی').replace(/ك/g, 'ک').replace(/[\s-]+/g, ' ');

function line(p, matched = 'name') {
  const m = childrenOf('membership', 'person', p.id)[0];
  const g = m && db.records.get(m.fields.registration_group);
  const photo = childrenOf('photo', 'person', p.id)[0];
  const local = ['given_name_local', 'father_name_local', 'family_name_local'].map((k) => p.fields[k]).filter(Boolean).join(' ');
  return {
    person: p.id, group: g?.id, number: p.fields.number, group_number: g?.fields.number, name: p.fields.display_name, name_local: local,
    father_name: p.fields.father_name ?? p.fields.father_name_local, sex: p.fields.sex, age: ageOf(p.fields.birth_date), birth_date: p.fields.birth_date,
    birth_date_precision: p.fields.birth_date_precision, village: g?.fields.village, focal_point: m?.fields.relationship === 'FP', matched, photo: photo?.fields.image ?? null, void: p.void ?? null,
  };
}

function search({ q = '', limit = 20 }) {
  const words = fold(q).split(' ').filter(Boolean);
  const number = fold(q).replace(/[^a-z0-9]/g, '').replace(/^psh26i?0*/, '');
  const rows = [];
  for (const p of all('person')) {
    const f = p.fields;
    const text = fold([f.given_name, f.father_name, f.grandfather_name, f.family_name, f.given_name_local, f.father_name_local, f.grandfather_name_local, f.family_name_local].join(' ')).split(' ');
    const m = childrenOf('membership', 'person', p.id)[0];
    const g = m && db.records.get(m.fields.registration_group);
    if (words.length > 0 && words.every((w, i) => text.some((t) => (i === words.length - 1 ? t.startsWith(w) : t === w)))) rows.push(line(p));
    else if (/\d{3}/.test(number) && [f.number, g?.fields.number].some((n) => n && n.replace(/\D/g, '').includes(number))) rows.push(line(p, 'number'));
    if (rows.length >= limit) break;
  }
  return { rows, searched: all('person').length, total: rows.length, more: rows.length >= limit };
}

function personFile({ id }, lang, user) {
  const person = byId(id);
  const kids = (kind) => childrenOf(kind, 'person', id).map((r) => show(r, lang));
  const memberships = kids('membership');
  const needs = kids('specific_need');
  const relatives = [];
  for (const relation of ['mother', 'father', 'spouse', 'caregiver']) if (person.fields[relation]) relatives.push({ relation, id: person.fields[relation], name: nameOf(person.fields[relation]) });
  return {
    person: show(person, lang), groups: memberships.map((membership) => ({ membership, group: show(byId(membership.fields.registration_group), lang) })),
    names: kids('name'), phones: kids('phone'), documents: kids('document'), consents: kids('consent'), photos: kids('photo'), relatives, conflicts: [],
    ...(user.permissions.includes('need.read') ? { needs } : { need_count: needs.length }),
  };
}

function groupFile({ id }, lang) {
  const members = all('membership').filter((m) => m.fields.registration_group === id);
  const pair = (m) => ({ membership: show(m, lang), person: show(byId(m.fields.person), lang) });
  return { group: show(byId(id), lang), members: members.filter((m) => !m.void && !m.fields.to_date).map(pair), former_members: members.filter((m) => m.fields.to_date).map(pair), interviews: childrenOf('interview', 'registration_group', id).map((r) => show(r, lang)) };
}

const labelled = (kind, field, value, lang) => {
  const f = fieldsOf(kind).find((x) => x.name === field);
  if (value === null || value === undefined || f === undefined) return value ?? null;
  return f.type === 'code' ? labelOf(lang, f.of, value) ?? value : f.type === 'ref' ? nameOf(value) : value;
};

function history({ subject }, lang) {
  const touches = (c) => c.id === subject || ['person', 'registration_group'].some((k) => db.records.get(c.id)?.fields[k] === subject);
  const entries = db.history.filter((e) => e.changes.some(touches)).sort((a, b) => (a.when < b.when ? 1 : -1));
  return {
    entries: entries.map((e) => ({
      ...e, op_title: opTitle(lang, e.op), reason: labelOf(lang, 'correction_reason', e.reason) ?? e.reason,
      changes: e.changes.filter(touches).map((c) => ({ ...c, label: fieldsOf(c.kind).find((f) => f.name === c.field)?.label(lang) ?? c.field, before: labelled(c.kind, c.field, c.before, lang), after: labelled(c.kind, c.field, c.after, lang) })),
    })),
  };
}

function change(op, id, fields, more = {}) {
  const r = byId(id);
  const changes = [];
  for (const [field, value] of Object.entries(fields)) {
    if (JSON.stringify(r.fields[field] ?? null) === JSON.stringify(value ?? null)) continue;
    changes.push({ kind: r.kind, id, field, before: r.fields[field] ?? null, after: value, stands: true });
    r.fields[field] = value;
  }
  r.version = `v${Number(r.version.slice(1)) + 1}`;
  if (r.kind === 'person') r.fields.display_name = display(r.fields);
  log(op, changes, more);
  return r;
}

function correct(op, input) {
  const r = byId(input.id);
  if (input.base !== r.version) {
    const [field, mine] = Object.entries(input.fields)[0];
    throw new Problem(409, 'stale', [{ path: field, key: 'error.stale', message: 'Someone changed this meanwhile.', args: { mine, theirs: r.fields[field] ?? null } }]);
  }
  const created = db.history.find((e) => e.changes.some((c) => c.id === input.id))?.when ?? '';
  if (!input.reason && Date.now() - Date.parse(created) > 9e5) throw new Problem(422, 'invalid', [{ path: 'reason', key: 'error.reason.required', message: 'Say why this is corrected.' }]);
  change(op, input.id, input.fields, { reason: input.reason ?? null, reason_text: input.reason_text ?? null });
  return { id: r.id, version: r.version };
}

const agesClose = (a, b) => a && b && Math.abs(ageOf(a) - ageOf(b)) <= 2;
function checkMembers({ members }) {
  const matches = [];
  members.forEach((m, member) => {
    for (const p of all('person')) {
      if (p.void) continue;
      const f = p.fields;
      const reasons = [];
      const same = (a, b) => a && b && fold(a) === fold(b);
      if ((same(m.given_name, f.given_name) && same(m.father_name, f.father_name) || same(m.given_name_local, f.given_name_local) && same(m.father_name_local, f.father_name_local)) && agesClose(m.birth_date, f.birth_date)) reasons.push({ field: 'given_name', kind: 'same_name_father_age' });
      for (const d of childrenOf('document', 'person', p.id)) if (m.documents?.includes(d.fields.number)) reasons.push({ field: 'document', kind: 'same_document' });
      for (const d of childrenOf('phone', 'person', p.id)) if (m.phones?.includes(d.fields.number)) reasons.push({ field: 'phone', kind: 'same_phone' });
      if (reasons.length > 0) matches.push({ member, ...line(p), reasons });
    }
  });
  return { matches: matches.slice(0, 8) };
}

function addPerson(m, groupId, common) {
  const p = put('person', { ...m.person, number: nextNumber('I'), registration_date: today(), process_status: 'ACTIVE', ...common });
  p.fields.display_name = display(p.fields);
  put('membership', { person: p.id, registration_group: groupId, relationship: m.relationship, presence: m.presence ?? 'PRESENT', from_date: today() });
  for (const [kind, list] of [['phone', m.phones], ['document', m.documents], ['specific_need', m.needs], ['consent', m.consents]]) for (const fields of list ?? []) put(kind, { person: p.id, ...fields });
  if (m.photo) put('photo', { person: p.id, image: m.photo, taken_on: today() });
  return p;
}

function register(input) {
  const { matches } = checkMembers({ members: input.members.map((m) => ({ ...m.person, phones: m.phones?.map((p) => p.number), documents: m.documents?.map((d) => d.number) })) });
  const open = matches.filter((m) => !(input.confirmed_not ?? []).includes(m.person));
  if (open.length > 0) throw new Problem(409, 'conflict', open.map((m) => ({ path: `members/${m.member}`, key: 'error.duplicate', message: 'This person seems to be registered.', args: { person: m.person, name: m.name, reason: m.reasons[0].kind } })));
  const group = put('registration_group', { ...input.group, number: nextNumber('G'), registration_date: today(), registration_level: 'BASIC', process_status: 'ACTIVE' });
  const made = input.members.map((m) => ({ key: m.key, person: addPerson(m, group.id, {}) }));
  group.fields.focal_point = made.find((m) => m.key === input.focal_point)?.person.id;
  input.members.forEach((m, i) => { if (m.mother) made[i].person.fields.mother = made.find((x) => x.key === m.mother)?.person.id; });
  put('interview', { registration_group: group.id, clerk: ADMIN, ...input.interview, saved_at: new Date().toISOString() });
  if (input.draft) db.drafts.delete(input.draft);
  log('group.register', [{ kind: 'registration_group', id: group.id, field: 'number', before: null, after: group.fields.number, stands: true }, ...made.map(({ person }) => ({ kind: 'person', id: person.id, field: 'display_name', before: null, after: person.fields.display_name, stands: true }))]);
  return { group: group.id, number: group.fields.number, members: made.map((m) => ({ key: m.key, person: m.person.id, number: m.person.fields.number })) };
}

function summary() {
  const people = all('person').filter((p) => !p.void);
  const days = new Map();
  for (let i = 29; i >= 0; i--) days.set(new Date(Date.now() - i * 864e5).toISOString().slice(0, 10), 0);
  for (const p of people) if (days.has(p.fields.registration_date)) days.set(p.fields.registration_date, days.get(p.fields.registration_date) + 1);
  const bands = [['0-4', 0, 4], ['5-11', 5, 11], ['12-17', 12, 17], ['18-59', 18, 59], ['60+', 60, 200]];
  const count = (sex, from, to) => people.filter((p) => p.fields.sex === sex && ageOf(p.fields.birth_date) >= from && ageOf(p.fields.birth_date) <= to).length;
  const drafts = [...db.drafts.values()];
  return {
    mine: { drafts: drafts.filter((d) => d.state === 'active').length, parked: drafts.filter((d) => d.state === 'parked').length, conflicts: 0, imports: all('import_batch').filter((b) => b.fields.state === 'STAGED').length },
    place: { people: people.length, groups: all('registration_group').length, today_people: days.get(today()), by_day: [...days].map(([day, n]) => ({ day, n })), pyramid: bands.map(([band, from, to]) => ({ band, f: count('F', from, to), m: count('M', from, to) })) },
  };
}

function voidAll(id, reason) {
  const touched = [byId(id), ...all('membership').filter((m) => m.fields.registration_group === id)];
  for (const m of touched.slice(1)) touched.push(byId(m.fields.person));
  for (const r of touched) r.void = reason;
  log('group.void', touched.map((r) => ({ kind: r.kind, id: r.id, field: 'void', before: null, after: reason, stands: true })), { reason });
  return { voided: touched.length };
}

function move({ person, to_group, relationship, reason }) {
  const from = childrenOf('membership', 'person', person)[0];
  from.fields.to_date = today();
  from.void = undefined;
  const m = put('membership', { person, registration_group: to_group, relationship, presence: 'PRESENT', from_date: today() });
  log('member.move', [{ kind: 'membership', id: m.id, field: 'registration_group', before: from.fields.registration_group, after: to_group, stands: true }], { reason });
  return { membership: m.id };
}

function undo({ act, reason }) {
  const entry = db.history.find((e) => e.act === act);
  const changes = entry.changes.map((c) => {
    const r = byId(c.id);
    if (c.field === 'void') delete r.void;
    else r.fields[c.field] = c.before;
    return { ...c, before: c.after, after: c.before };
  });
  entry.can_undo = false;
  entry.changes.forEach((c) => { c.stands = false; });
  log('act.undo', changes, { reason, can_undo: false });
  return { restored: changes, moved_on: [] };
}

export const READS = {
  'person.search': search, 'person.file': personFile, 'person.as_of': personFile, 'group.file': groupFile, 'record.history': history,
  'registration.check': checkMembers, 'home.summary': summary,
  'draft.colleagues': () => ({ rows: all('user').filter((u) => u.id !== ADMIN && u.fields.status === 'ACTIVE').map((u) => ({ id: u.id, name: u.fields.name })) }),
  'draft.list': ({ whose }) => ({ rows: [...db.drafts.values()].filter((d) => whose === 'desk' || d.owner === ADMIN).map(({ data, ...rest }) => rest) }),
  'draft.get': ({ id }) => db.drafts.get(id) ?? (() => { throw missing(); })(),
  'import.look': ({ batch }) => ({ batch: show(byId(batch), 'en'), rows: [] }),
};

export const WRITES = {
  'group.register': register,
  'person.register': (input) => {
    const p = addPerson({ ...input, relationship: input.relationship }, input.group, {});
    log('person.register', [{ kind: 'person', id: p.id, field: 'display_name', before: null, after: p.fields.display_name, stands: true }]);
    return { person: p.id, number: p.fields.number, group: input.group, group_number: byId(input.group).fields.number };
  },
  'person.correct': (i) => correct('person.correct', i), 'group.correct': (i) => correct('group.correct', i), 'record.correct': (i) => correct('record.correct', i),
  'group.void': ({ id, reason }) => voidAll(id, reason),
  'person.void': ({ id, reason }) => { byId(id).void = reason; log('person.void', [{ kind: 'person', id, field: 'void', before: null, after: reason, stands: true }], { reason }); return {}; },
  'record.add': ({ kind, fields }) => { const r = put(kind, fields); log('record.add', Object.entries(fields).map(([field, after]) => ({ kind, id: r.id, field, before: null, after, stands: true }))); return { id: r.id }; },
  'record.void': ({ id, reason }) => { byId(id).void = reason; log('record.void', [{ kind: byId(id).kind, id, field: 'void', before: null, after: reason, stands: true }], { reason }); return {}; },
  'member.move': move,
  'member.split': (i) => {
    const g = put('registration_group', { ...byId(childrenOf('membership', 'person', i.persons[0])[0].fields.registration_group).fields, ...i.group, number: nextNumber('G'), focal_point: i.focal_point, registration_date: today() });
    for (const person of i.persons) move({ person, to_group: g.id, relationship: person === i.focal_point ? 'FP' : i.relationships.find((r) => r.person === person)?.relationship, reason: i.reason });
    return { group: g.id, number: g.fields.number };
  },
  'group.set_focal_point': (i) => {
    for (const m of childrenOf('membership', 'registration_group', i.group)) m.fields.relationship = m.fields.person === i.person ? 'FP' : i.relationships.find((r) => r.person === m.fields.person)?.relationship ?? m.fields.relationship;
    change('group.set_focal_point', i.group, { focal_point: i.person }, { reason: i.reason });
    return {};
  },
  'member.presence': ({ membership, presence }) => { change('member.presence', membership, { presence }); return {}; },
  'act.undo': undo,
  'draft.save': ({ id, title, state, data }) => { db.drafts.set(id, { id, title, state, data, owner: ADMIN, owner_name: 'Salma Durrani', saved_at: new Date().toISOString() }); return { id }; },
  'draft.discard': ({ id }) => { db.drafts.delete(id); return {}; },
  'draft.hand_over': ({ id, user }) => { db.drafts.get(id).owner = user; return {}; },
  'user.create': (i) => ({ id: put('user', { login: i.login, name: i.name, office: i.office, language: i.language, status: 'ACTIVE', must_change_password: true }).id, first_password: 'walnut-river-4821' }),
  'user.correct': (i) => { change('user.correct', i.id, i.fields); return {}; },
  'user.reset_password': () => ({ first_password: 'pomegranate-hill-7730' }),
  'user.suspend': ({ id, status }) => { change('user.suspend', id, { status }); return {}; },
  'office.save': ({ id, base, ...fields }) => { if (id) change('office.save', id, fields); else put('office', fields); return {}; },
  'role.save': (i) => { const old = all('role').find((r) => r.fields.code === i.code); if (old) change('role.save', old.id, { name: i.name, permissions: i.permissions, lanes: i.lanes }); else put('role', i); return {}; },
  'grant.give': (i) => ({ id: put('grant', i).id }),
  'grant.take': ({ id }) => { byId(id).void = 'TAKEN'; return {}; },
  'view.save': (i) => ({ id: put('saved_view', { ...i, owner: ADMIN }).id }),
  'view.remove': ({ id }) => { byId(id).void = 'REMOVED'; return {}; },
  'import.refuse': ({ batch }) => { byId(batch).fields.state = 'REFUSED'; return {}; },
};

const IMPORT_ERRORS = [
  { row: 14, line: 15, column: 'DOB', value: '31/02/1991', key: 'error.date.no_such_day', message: 'February 1991 has no day 31.', remedy: 'Write a day up to 28.' },
  { row: 39, line: 40, column: 'Sex', value: 'X', key: 'error.code', message: 'There is no sex “X” in the list.', remedy: 'Use F, M or U.' },
  { row: 203, line: 204, column: 'DOB', value: '2031', key: 'error.date.future', message: 'This birth lies in the future.', remedy: 'Check the year.' },
];

export const JOBS = {
  'import.stage': (i) => {
    const header = Buffer.from(i.text ?? '', 'base64').toString('utf8').split('\n')[0].split(/[,;\t]/).map((s) => s.trim());
    const guess = { Name: 'given_name', Father: 'father_name', Sex: 'sex', DOB: 'birth_date', Village: 'village' };
    const mapping = i.mapping ?? Object.fromEntries(header.map((h) => [h, guess[h] ?? (fieldsOf('person').some((f) => f.name === h) ? h : null)]));
    const batch = i.dry_run ? null : put('import_batch', { file_name: i.file_name, kind: i.kind, rows: 482, state: 'STAGED', made: 0 }).id;
    return { batch, rows: 482, errors: IMPORT_ERRORS, mapping, preview: [{ given_name: 'Ahmad', father_name: 'Karim', sex: 'M', birth_date: '1990-07-01' }, { given_name: 'Zahra', father_name: 'Nasir', sex: 'F', birth_date: '2001-07-01' }] };
  },
  'import.approve': ({ batch }) => { Object.assign(byId(batch).fields, { state: 'APPROVED', made: 479 }); return { made: 479 }; },
  'import.take_back': ({ batch }) => { byId(batch).fields.state = 'TAKEN_BACK'; return { voided: 470, stays: [{ person: all('person')[0].id, name: all('person')[0].fields.display_name }] }; },
};

export function query({ kind, where = '', order, descending, limit = 50, cursor, with_void }, lang) {
  if (/[&|;]/.test(where)) throw new Problem(422, 'invalid', [{ path: 'where', key: 'error.expr.syntax', message: `I do not understand “${where.match(/[&|;]/)[0]}” here. Write and, or, not.`, args: { position: where.search(/[&|;]/) + 1 } }]);
  let rows = all(kind).filter((r) => with_void || !r.void);
  for (const [, field, op, value] of where.matchAll(/(\w+) (=|!=|>=|<=|contains) '?([^']*?)'?(?: and |$)/g)) {
    rows = rows.filter((r) => { const v = String(r.fields[field] ?? ''); return op === '=' ? v === value : op === '!=' ? v !== value : op === '>=' ? v >= value : op === '<=' ? v <= value : fold(v).includes(fold(value)); });
  }
  if (order) rows.sort((a, b) => String(a.fields[order] ?? '').localeCompare(String(b.fields[order] ?? '')) * (descending ? -1 : 1));
  const from = Number(cursor ?? 0);
  return { rows: rows.slice(from, from + limit).map((r) => show(r, lang)), next: from + limit < rows.length ? String(from + limit) : null, searched: rows.length, total: rows.length };
}

export const newJob = (op, input) => {
  const job = { id: randomUUID(), op, state: 'running', done: 0, total: 482, phase: 'reading' };
  db.jobs.set(job.id, job);
  const timer = setInterval(() => {
    if (job.state !== 'running') return clearInterval(timer);
    job.done = Math.min(job.total, job.done + 120);
    if (job.done < job.total) return undefined;
    try {
      Object.assign(job, { state: 'done', result: JOBS[op](input) });
    } catch (error) {
      Object.assign(job, { state: 'failed', problem: { title: error.message, status: error.status ?? 500, code: error.code ?? 'bug', errors: error.errors ?? [] } });
    }
    return clearInterval(timer);
  }, 150);
  return job;
};
export { OFFICE };
