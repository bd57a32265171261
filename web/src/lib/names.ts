// names.ts: what a role or an office is called in each language, beside the name that others fall back on.
import { LANGUAGES, type Language } from './i18n';
import type { Rec } from './types';

export type Names = Record<Language, string>;

export const namesOf = (record: Rec | null): Names =>
  Object.fromEntries(LANGUAGES.map((l) => [l, String(record?.fields[`label_${l}`] ?? '')])) as Names;

/** What has changed; emptied ones are null. A new record says only what it has. */
export function namesInput(record: Rec | null, names: Names): Record<string, string | null> {
  const before = namesOf(record);
  const changed = LANGUAGES.filter((l) => names[l].trim() !== before[l]);
  return Object.fromEntries(changed.map((l) => [`label_${l}`, names[l].trim() === '' ? null : names[l].trim()]));
}
