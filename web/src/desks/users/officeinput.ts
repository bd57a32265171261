// officeinput.ts: what of an office is typed, and what of it is sent.
import type { Rec } from '../../lib/types';

export const OFFICE_FIELDS = ['code', 'name', 'type', 'parent', 'country', 'calendar', 'language', 'dial_code', 'utc_offset_minutes'] as const;
export type OfficeField = (typeof OFFICE_FIELDS)[number];
export type OfficeTexts = Record<OfficeField, string>;

export const textsOf = (office: Rec | null): OfficeTexts =>
  Object.fromEntries(OFFICE_FIELDS.map((f) => [f, String(office?.fields[f] ?? '')])) as OfficeTexts;

/** What has changed; emptied ones are null. */
export function officeInput(office: Rec | null, texts: OfficeTexts): Record<string, string | number | null> {
  const before = textsOf(office);
  const changed = OFFICE_FIELDS.filter((f) => texts[f].trim() !== before[f]);
  return Object.fromEntries(changed.map((f) => {
    const text = texts[f].trim();
    if (text === '') return [f, null];
    // What is no number goes as it was typed, and is refused with its place.
    return [f, f === 'utc_offset_minutes' && /^-?\d+$/.test(text) ? Number(text) : text];
  }));
}
