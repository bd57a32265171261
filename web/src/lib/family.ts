// family.ts: the family at the registration desk while it is being written: plain data that a draft
// keeps, and pure functions from one state to the next. Nothing here knows the screen.
import { dayOf, isoOf } from './calendars';
import { type Rules, parseDate } from './dateentry';
import { impliedSex, isChild, isWife, restate } from './relationship';
import type { Fields, Value } from './types';
import { uuid } from './uuid';

export interface Phone { number: string; type: string; owner_note: string }
export interface Paper { type: string; number: string; issuing_country: string }
export interface Need { need: string; status: string; note: string }
export interface Answer { purpose: string; answer: string }

export interface Member {
  key: string;
  person: Fields;
  /** Copied fields that were changed by exception. */
  own: string[];
  relationship: string;
  presence: string;
  mother: string;
  birthText: string;
  birthCalendar: string;
  phones: Phone[];
  documents: Paper[];
  needs: Need[];
  consents: Answer[];
  photo: string;
  thumb: string;
}

export interface Interview {
  called_at: string;
  first_key_at: string;
  parked_seconds: number;
  parked_at: string;
  resumed: number;
}

export interface Family {
  id: string;
  group: Fields;
  members: Member[];
  focal: string;
  interview: Interview;
  confirmed_not: string[];
}

/** Written once for the first person, the same for the others unless changed. */
export const COPIED = [
  'nationality', 'country_of_origin', 'arrival_date', 'ethnicity', 'religion', 'languages',
  'legal_status', 'registration_reason',
] as const;
const copied: ReadonlySet<string> = new Set(COPIED);
export const isCopied = (field: string): boolean => copied.has(field);

export const NAME_FIELDS = ['given_name', 'father_name', 'grandfather_name', 'family_name'] as const;
export const MEMBERS_MAX = 60;

const PRESENT = 'PRESENT';

export const newMember = (): Member => ({
  key: uuid(),
  person: {},
  own: [],
  relationship: '',
  presence: PRESENT,
  mother: '',
  birthText: '',
  birthCalendar: '',
  phones: [],
  documents: [],
  needs: [],
  consents: [],
  photo: '',
  thumb: '',
});

export function newFamily(now: string): Family {
  const first = newMember();
  return {
    id: uuid(),
    group: {},
    members: [first],
    focal: first.key,
    interview: { called_at: now, first_key_at: '', parked_seconds: 0, parked_at: '', resumed: 0 },
    confirmed_not: [],
  };
}

export const memberOf = (f: Family, key: string): Member | undefined =>
  f.members.find((m) => m.key === key);
export const focalOf = (f: Family): Member => {
  const found = memberOf(f, f.focal) ?? f.members[0];
  if (found === undefined) throw new Error('a family has a first person');
  return found;
};

export const isEmpty = (value: Value | undefined): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** Is this field taken from the first person? */
export const isInherited = (f: Family, m: Member, field: string): boolean =>
  m.key !== f.focal && isCopied(field) && !m.own.includes(field);

export const valueOf = (f: Family, m: Member, field: string): Value =>
  (isInherited(f, m, field) ? focalOf(f).person[field] : m.person[field]) ?? null;

const edit = (f: Family, key: string, change: (m: Member) => Member): Family => ({
  ...f,
  members: f.members.map((m) => (m.key === key ? change(m) : m)),
});

export const setMember = (f: Family, key: string, part: Partial<Member>): Family =>
  edit(f, key, (m) => ({ ...m, ...part }));

/** Setting a copied field of another person than the first makes it that person's own. */
export const setField = (f: Family, key: string, field: string, value: Value): Family =>
  edit(f, key, (m) => ({
    ...m,
    person: { ...m.person, [field]: value },
    own: key !== f.focal && isCopied(field) && !m.own.includes(field) ? [...m.own, field] : m.own,
  }));

/** The field follows the first person again. */
export const inherit = (f: Family, key: string, field: string): Family =>
  edit(f, key, (m) => {
    const person = { ...m.person };
    delete person[field];
    return { ...m, person, own: m.own.filter((o) => o !== field) };
  });

/** The relationship comes first and sets the sex where it implies one. */
export function setRelationship(f: Family, key: string, relationship: string): Family {
  const sex = impliedSex(relationship);
  return edit(f, key, (m) => ({
    ...m,
    relationship,
    person: sex === '' ? m.person : { ...m.person, sex },
    mother: isChild(relationship) ? m.mother : '',
  }));
}

export const addMember = (f: Family, at = f.members.length): [Family, Member] => {
  const m = newMember();
  return [{ ...f, members: [...f.members.slice(0, at), m, ...f.members.slice(at)] }, m];
};

/** Takes out a row begun by mistake. The focal point stays: another one has to be chosen first. */
export function removeMember(f: Family, key: string): Family {
  if (key === f.focal) return f;
  return {
    ...f,
    members: f.members
      .filter((m) => m.key !== key)
      .map((m) => (m.mother === key ? { ...m, mother: '' } : m)),
  };
}

export function moveMember(f: Family, key: string, by: number): Family {
  const from = f.members.findIndex((m) => m.key === key);
  const to = Math.min(f.members.length - 1, Math.max(0, from + by));
  if (from < 0 || from === to) return f;
  const members = [...f.members];
  const [moved] = members.splice(from, 1);
  if (moved !== undefined) members.splice(to, 0, moved);
  return { ...f, members };
}

/** Another person becomes the focal point: what all had in common stays with all. */
export function setFocal(f: Family, key: string): Family {
  const old = focalOf(f);
  const next = memberOf(f, key);
  if (next === undefined || key === old.key) return f;
  const related = restate(
    f.members.map((m) => ({
      key: m.key,
      sex: String(m.person['sex'] ?? ''),
      relationship: m.key === old.key ? '' : m.relationship,
      mother: m.mother,
    })),
    old.key,
    key,
  );
  const shared: Fields = {};
  for (const field of COPIED) if (!isEmpty(valueOf(f, next, field))) shared[field] = valueOf(f, next, field);
  return {
    ...f,
    focal: key,
    members: f.members.map((m) => {
      if (m.key === key) return { ...m, relationship: '', own: [], person: { ...m.person, ...shared } };
      const own = COPIED.filter((c) => String(valueOf(f, m, c) ?? '') !== String(shared[c] ?? ''));
      const person = { ...m.person };
      for (const field of COPIED) {
        if (own.includes(field)) person[field] = valueOf(f, m, field);
        else delete person[field];
      }
      return { ...m, relationship: related[m.key] ?? '', own: [...own], person };
    }),
  };
}

export const wivesOf = (f: Family): Member[] =>
  f.members.filter((m) => m.key !== f.focal && isWife(m.relationship));

/** Where two wives are in the family, whose child is it? */
export const asksMother = (f: Family, m: Member): boolean =>
  isChild(m.relationship) && wivesOf(f).length >= 2;

const join = (m: Member, suffix: string): string =>
  NAME_FIELDS.map((n) => m.person[`${n}${suffix}`])
    .filter((v) => !isEmpty(v))
    .join(' ');

export const latinName = (m: Member): string => join(m, '');
export const localName = (m: Member): string => join(m, '_local');
export const hasName = (m: Member): boolean =>
  !isEmpty(m.person['given_name']) || !isEmpty(m.person['given_name_local']);

/** Nothing was written for this person yet. */
export const isUntouched = (m: Member): boolean =>
  m.own.length === 0 && Object.values(m.person).every(isEmpty) && m.relationship === '' &&
  m.birthText === '' && m.photo === '' &&
  [m.phones, m.documents, m.needs, m.consents].every((list) => list.length === 0);

export interface Missing {
  key: string;
  field: string;
}

/** What registration cannot do without. */
export function blockers(f: Family, rules: Rules): Missing[] {
  const missing: Missing[] = [];
  for (const m of f.members) {
    if (!hasName(m)) missing.push({ key: m.key, field: 'given_name' });
    if (m.key !== f.focal && m.relationship === '') missing.push({ key: m.key, field: 'relationship' });
    if (isEmpty(m.person['sex'])) missing.push({ key: m.key, field: 'sex' });
    if (isEmpty(m.person['birth_date'])) missing.push({ key: m.key, field: 'birth_date' });
    else if (m.birthText !== '' && !parseDate(m.birthText, rules).ok) {
      missing.push({ key: m.key, field: 'birth_date' });
    }
  }
  return missing;
}

/** What an answer is about, as one text: two of them tell whether it was given anew. */
function answerOf(f: Family, key: string, field: string): string {
  const m = memberOf(f, key);
  if (m === undefined) return '';
  if (/^given_name/.test(field)) return `${latinName(m)}|${localName(m)}`;
  if (field === 'birth_date') return `${m.birthText}|${m.birthCalendar}`;
  if (field === 'relationship' || field === 'mother') return m[field];
  if (field.startsWith('group.')) return JSON.stringify(f.group[field.slice(6)] ?? null);
  const [list, at] = field.split('/');
  if (list === 'phones' || list === 'documents' || list === 'needs') return JSON.stringify(m[list][Number(at)] ?? null);
  return JSON.stringify(valueOf(f, m, field));
}

export type Complaints = Record<string, Record<string, string>>;

/**
 * What is still wrong of what was said about the family as it was then: not what has been answered anew
 * since. The very same object when all still holds.
 */
export function stillWrong(wrong: Complaints, then: Family, now: Family): Complaints {
  const left: Complaints = {};
  let dropped = false;
  for (const [key, fields] of Object.entries(wrong)) {
    const kept = Object.entries(fields).filter(([field]) =>
      memberOf(now, key) !== undefined && answerOf(then, key, field) === answerOf(now, key, field));
    if (kept.length > 0) left[key] = kept.length === Object.keys(fields).length ? fields : Object.fromEntries(kept);
    dropped ||= kept.length < Object.keys(fields).length;
  }
  return dropped ? left : wrong;
}

const BASIC = ['sex', 'birth_date', 'nationality', 'country_of_origin', 'marital_status'] as const;

/** How much of what is asked at the basic level is known, and what is not. */
export function completeness(f: Family, m: Member): { known: number; of: number; missing: string[] } {
  const missing: string[] = [];
  if (!hasName(m)) missing.push('given_name');
  if (m.key !== f.focal && m.relationship === '') missing.push('relationship');
  for (const field of BASIC) if (isEmpty(valueOf(f, m, field))) missing.push(field);
  if (m.photo === '') missing.push('photo');
  const of = BASIC.length + 2 + (m.key === f.focal ? 0 : 1);
  return { known: of - missing.length, of, missing };
}

/** Only what was given: the server takes no empty values. */
export const given = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, v]) => !isEmpty(v)));

function personInput(f: Family, m: Member): Fields {
  const person = { ...m.person };
  for (const field of COPIED) person[field] = valueOf(f, m, field);
  return given(person);
}

const lines = <T extends object>(list: T[], needs: keyof T): Partial<T>[] =>
  list
    .filter((line) => line[needs] !== '')
    .map((line) => Object.fromEntries(Object.entries(line).filter(([, v]) => v !== '')) as Partial<T>);

/** The input of group.register. */
export function registerInput(f: Family, focalRelationship: string): Record<string, unknown> {
  const i = f.interview;
  return {
    group: given(f.group),
    members: f.members.map((m) => ({
      key: m.key,
      person: personInput(f, m),
      relationship: m.key === f.focal ? focalRelationship : m.relationship,
      presence: m.presence,
      ...(m.mother !== '' && m.mother !== '-' ? { mother: m.mother } : {}),
      phones: lines(m.phones, 'number'),
      documents: lines(m.documents, 'type'),
      needs: lines(m.needs, 'need'),
      consents: lines(m.consents, 'answer'),
      ...(m.photo === '' ? {} : { photo: m.photo }),
      ...(m.thumb === '' ? {} : { thumb: m.thumb }),
    })),
    focal_point: f.focal,
    draft: f.id,
    interview: given({
      called_at: i.called_at,
      first_key_at: i.first_key_at,
      parked_seconds: i.parked_seconds,
      resumed: i.resumed,
    }),
    confirmed_not: f.confirmed_not,
  };
}

/** One member as registration.check takes it. */
export const checkMember = (m: Member): Record<string, unknown> => ({
  ...given(Object.fromEntries(
    Object.entries(m.person).filter(([k]) => /^(given|father|grandfather|family)_name|^sex$|^birth_date$/.test(k)),
  )),
  phones: m.phones.map((p) => p.number).filter((n) => n !== ''),
  documents: m.documents.map((d) => d.number).filter((n) => n !== ''),
});

/** The members as registration.check takes them. */
export const checkInput = (f: Family): Record<string, unknown> => ({ members: f.members.map(checkMember) });

const WHOLE_NUMBER = 4;

/**
 * Could the check find anybody by what is typed of this person so far? A name joins nobody without a
 * second one (the father's, else the family's) and a birth; half a number is nobody's.
 */
export function isCheckable(m: Member): boolean {
  const has = (name: string): boolean => !isEmpty(m.person[name]) || !isEmpty(m.person[`${name}_local`]);
  const byName = has('given_name') && (has('father_name') || has('family_name')) && !isEmpty(m.person['birth_date']);
  return byName || [...m.phones, ...m.documents].some((x) => x.number.trim().length >= WHOLE_NUMBER);
}

/** What was typed for the birth, kept beside what it was understood as. */
export function setBirth(f: Family, key: string, typed: string, calendar: string, rules: Rules): Family {
  const entry = parseDate(typed, rules);
  const wanted = entry.ok
    ? [entry.best, ...entry.alternatives].find((r) => r.calendar === calendar) ?? entry.best
    : null;
  return edit(f, key, (m) => ({
    ...m,
    birthText: typed,
    birthCalendar: calendar,
    person: {
      ...m.person,
      birth_date: wanted === null ? null : isoOf(wanted.day),
      birth_date_precision: wanted === null ? null : wanted.precision,
      birth_date_entered: typed === '' ? null : typed,
    },
  }));
}

/** Parking stops the interview's clock; taking it up again counts. */
export const park = (f: Family, now: string): Family => ({
  ...f,
  interview: { ...f.interview, parked_at: now },
});

export function resume(f: Family, now: string): Family {
  const i = f.interview;
  if (i.parked_at === '') return { ...f, interview: { ...i, resumed: i.resumed + 1 } };
  const seconds = Math.max(0, Math.round((Date.parse(now) - Date.parse(i.parked_at)) / 1000));
  return {
    ...f,
    interview: { ...i, parked_at: '', parked_seconds: i.parked_seconds + seconds, resumed: i.resumed + 1 },
  };
}

export const titleOf = (f: Family): string => {
  const first = focalOf(f);
  return latinName(first) || localName(first);
};

export const birthDay = (m: Member): number | null => {
  const iso = m.person['birth_date'];
  return typeof iso === 'string' ? dayOf(iso) : null;
};
