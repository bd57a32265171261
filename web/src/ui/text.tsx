// text.tsx: names, numbers and dates as they stand in a line of either direction.
import { formatAge, formatBoth, formatIso, formatTime, listOf } from '../lib/format';
import { number, rightToLeft, t } from '../lib/i18n';
import { codeLabel, fieldOf } from '../lib/meta';
import type { Fields, Rec, Value } from '../lib/types';

const NAMES = ['given_name', 'father_name', 'grandfather_name', 'family_name'];

const joined = (fields: Fields, suffix: string): string =>
  NAMES.map((n) => fields[`${n}${suffix}`]).filter((v) => typeof v === 'string' && v !== '').join(' ');

export const nameOf = (fields: Fields): { latin: string; local: string } => ({
  latin: joined(fields, ''),
  local: joined(fields, '_local'),
});

/** One name, where there is room for one: in the reader's own script where it is known. */
export function plainName(fields: Fields): string {
  const { latin, local } = nameOf(fields);
  return (rightToLeft.value && local) || latin || local;
}

/** A name in both scripts, the reader's own first. */
export function Name(p: { latin?: string | null | undefined; local?: string | null | undefined; big?: boolean }) {
  const latin = p.latin ?? '';
  const local = p.local === latin ? '' : (p.local ?? '');
  const [first, second] = rightToLeft.value && local !== '' ? [local, latin] : [latin, local];
  const main = first || second;
  if (main === '') return <span class="quiet">{t('person.no_name')}</span>;
  return (
    <span class={p.big === true ? 'name name-big' : 'name'}>
      <bdi class="name-main">{main}</bdi>
      {first !== '' && second !== '' && <bdi class="name-other">{second}</bdi>}
    </span>
  );
}

export const RecordName = ({ fields, big = false }: { fields: Fields; big?: boolean }) => {
  const name = nameOf(fields);
  return <Name latin={name.latin} local={name.local} big={big} />;
};

/** A printed number: its digits stay as they are. */
export const Num = ({ text }: { text: string | null | undefined }) =>
  text ? <bdi class="num" dir="ltr">{text}</bdi> : null;

export const Age = ({ fields }: { fields: Fields }) => (
  <bdi>{formatAge(fields['birth_date'] as string, fields['birth_date_precision'] as string)}</bdi>
);

export const sexLabel = (sex: Value | undefined): string =>
  typeof sex === 'string' && sex !== '' ? codeLabel(fieldOf('person', 'sex')?.codes ?? 'sex', sex) : '';

/** Any value of a record as text. */
export function shown(record: Rec, field: string): string {
  const value = record.fields[field];
  if (value === undefined || value === null || value === '') return '';
  const label = record.labels?.[field];
  if (Array.isArray(label)) return listOf(label);
  if (label !== undefined) return label;
  const meta = fieldOf(record.kind, field);
  if (meta?.type === 'date') return formatIso(String(value), String(record.fields[`${field}_precision`] ?? 'exact'));
  if (meta?.type === 'time') return formatTime(String(value));
  if (typeof value === 'boolean') return t(value ? 'answer.yes' : 'answer.no');
  if (meta?.codes !== undefined && typeof value === 'string') return codeLabel(meta.codes, value);
  if (typeof value === 'number') return number(value);
  return Array.isArray(value) ? listOf(value) : String(value);
}

export const Dates = ({ iso, precision }: { iso: Value | undefined; precision?: Value | undefined }) => (
  <bdi>{formatBoth(iso as string, typeof precision === 'string' ? precision : 'exact')}</bdi>
);
