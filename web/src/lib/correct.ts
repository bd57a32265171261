// correct.ts: what changed in a form, and what to do when somebody else changed it meanwhile.
import { type ApiError, get } from './api';
import { ask } from './commands';
import type { Fields, GroupFile, PersonFile, Rec, Value } from './types';

const same = (a: Value | undefined, b: Value | undefined): boolean => {
  const plain = (v: Value | undefined): string =>
    v === undefined || v === null || v === '' ? '' : Array.isArray(v) ? [...v].sort().join('\u0000') : String(v);
  return plain(a) === plain(b);
};

/** Only the fields whose value is another one; null makes a field unknown again. */
export const changed = (before: Fields, after: Fields): Fields =>
  Object.fromEntries(
    Object.entries(after)
      .filter(([name, value]) => !same(before[name], value))
      .map(([name, value]) => [name, value === '' ? null : value]),
  );

/** A birth is one answer: its day, how far it is known, and what was said. */
const BIRTH = ['birth_date', 'birth_date_precision', 'birth_date_entered'];
const partsOf = (field: string): string[] => (BIRTH.includes(field) ? BIRTH : [field]);

export interface Stale {
  field: string;
  mine: Fields;
  theirs: Fields;
}

/** The fields of a 409: what I wrote and what stands there now. */
export function staleOf(error: ApiError, wanted: Fields, now: Fields): Stale[] {
  const named = error.errors.map((e) => (e.path ?? '').replace(/^fields[/.]/, '')).filter((field) => field in wanted);
  const fields = named.length > 0 ? named : Object.keys(wanted);
  const questions = [...new Set(fields.map((field) => partsOf(field)[0] ?? field))];
  return questions.map((field) => ({
    field,
    mine: Object.fromEntries(partsOf(field).map((part) => [part, (part in wanted ? wanted[part] : now[part]) ?? null])),
    theirs: Object.fromEntries(partsOf(field).map((part) => [part, now[part] ?? null])),
  }));
}

/** The record as it is now. */
export async function fresh(record: Rec): Promise<Rec> {
  if (record.kind === 'person') return (await ask<PersonFile>('person.file', { id: record.id })).person;
  if (record.kind === 'registration_group') return (await ask<GroupFile>('group.file', { id: record.id })).group;
  return get<Rec>(`/api/v1/${record.kind}/${record.id}`);
}

export const correctionOp = (kind: string): string =>
  kind === 'person' ? 'person.correct' : kind === 'registration_group' ? 'group.correct' : 'record.correct';
