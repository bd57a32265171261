// i18n.ts: the words of the screens, in the language of the person in front of it.
import { computed, signal } from '@preact/signals';
import type english from '../../../lang/en/web.json';
import { requestIfChanged } from './api';

export const LANGUAGES = ['en', 'fr', 'fa', 'ps', 'ar'] as const;
export type Language = (typeof LANGUAGES)[number];
export type Key = keyof typeof english;
export type Args = Record<string, string | number>;

/** Each language's name in itself. */
export const LANGUAGE_NAMES: Record<Language, string> = {
  en: 'English',
  fr: 'Français',
  fa: 'دری',
  ps: 'پښتو',
  ar: 'العربية',
};
/** What the page declares: our fa is Dari. */
const TAGS: Record<Language, string> = { en: 'en', fr: 'fr', fa: 'fa-AF', ps: 'ps', ar: 'ar' };
const RTL: ReadonlySet<string> = new Set(['fa', 'ps', 'ar']);
const DIGITS: Partial<Record<Language, string>> = { fa: '۰۱۲۳۴۵۶۷۸۹', ps: '۰۱۲۳۴۵۶۷۸۹', ar: '٠١٢٣٤٥٦٧٨٩' };
const GROUPS: Record<Language, string> = { en: ',', fr: '\u202f', fa: '٬', ps: '٬', ar: '٬' };

export const language = signal<Language>('en');
const messages = signal<Record<string, string>>({});
export const ready = computed(() => Object.keys(messages.value).length > 0);
export const rightToLeft = computed(() => RTL.has(language.value));
export const directionOf = (lang: Language): 'rtl' | 'ltr' => (RTL.has(lang) ? 'rtl' : 'ltr');

export const isLanguage = (text: unknown): text is Language =>
  LANGUAGES.some((known) => known === text);

/** The language last used here, else the browser's, else English. */
export function firstLanguage(): Language {
  const kept = localStorage.getItem('panah.language');
  if (isLanguage(kept)) return kept;
  for (const wanted of navigator.languages) {
    const base = wanted.slice(0, 2);
    if (isLanguage(base)) return base;
  }
  return 'en';
}

interface Stored {
  etag: string;
  data: Record<string, string>;
}

function stored(lang: Language): Stored | null {
  try {
    const text = localStorage.getItem(`panah.messages.${lang}`);
    return text === null ? null : (JSON.parse(text) as Stored);
  } catch {
    return null;
  }
}

/** Loads a language and turns the page to it. The kept copy serves while the node is silent. */
export async function useLanguage(lang: Language): Promise<void> {
  const kept = stored(lang);
  let data = kept?.data;
  try {
    const fresh = await requestIfChanged(`/api/v1/messages/${lang}`, kept?.etag ?? '');
    if (fresh !== null) {
      data = fresh.data as Record<string, string>;
      localStorage.setItem(`panah.messages.${lang}`, JSON.stringify({ etag: fresh.etag, data }));
    }
  } catch (error) {
    if (data === undefined) throw error;
  }
  messages.value = data ?? {};
  language.value = lang;
  localStorage.setItem('panah.language', lang);
  document.documentElement.lang = TAGS[lang];
  document.documentElement.dir = directionOf(lang);
}

const fill = (text: string, args?: Args): string =>
  args === undefined
    ? text
    : text.replace(/\{(\w+)\}/g, (whole, name: string) => {
        const value = args[name];
        if (value === undefined) return whole;
        // A name or a date keeps its own direction inside the sentence.
        return typeof value === 'number' ? number(value) : `\u2068${value}\u2069`;
      });

export const t = (key: Key, args?: Args): string => fill(messages.value[key] ?? key, args);

/** Text for a key made at run time; null when there is none. */
export const lookup = (key: string, args?: Args): string | null => {
  const text = messages.value[key];
  return text === undefined ? null : fill(text, args);
};

type Counted = { [K in Key]: K extends `${infer Base}.one` ? Base : never }[Key];

/** Text that counts: KEY.one for one, KEY.other for all else. */
export function tn(key: Counted, n: number, args?: Args): string {
  const one = language.value === 'fr' ? n < 2 : n === 1;
  return t(`${key}.${one ? 'one' : 'other'}` as Key, { n, ...args });
}

/** Digits of the language. Registration numbers and phones keep theirs: they are printed so. */
export function digits(text: string): string {
  const own = DIGITS[language.value];
  return own === undefined ? text : text.replace(/[0-9]/g, (d) => own[Number(d)] ?? d);
}

export function number(n: number): string {
  const sign = n < 0 ? '−' : '';
  const [whole = '', part] = String(Math.abs(n)).split('.');
  const grouped = whole.length < 5 ? whole : whole.replace(/\B(?=(\d{3})+$)/g, GROUPS[language.value]);
  const point = language.value === 'en' ? '.' : language.value === 'fr' ? ',' : '٫';
  return digits(sign + grouped + (part === undefined ? '' : point + part));
}
