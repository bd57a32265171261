import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

declare const WEB_ROOT: string;
const LANGUAGES = ['en', 'fr', 'fa', 'ps', 'ar'];
const catalogue = (lang: string): Record<string, string> =>
  JSON.parse(readFileSync(path.join(WEB_ROOT, '../lang', lang, 'web.json'), 'utf8')) as Record<string, string>;
const english = catalogue('en');

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const full = path.join(folder, name);
    return statSync(full).isDirectory() ? sources(full) : /\.tsx?$/.test(name) ? [full] : [];
  });
}
const code = sources(path.join(WEB_ROOT, 'src')).map((f) => readFileSync(f, 'utf8')).join('\n');

test('each language has each key, and nothing more', () => {
  for (const lang of LANGUAGES) assert.deepEqual(Object.keys(catalogue(lang)).sort(), Object.keys(english).sort(), lang);
});

test('a translation has the places of the English text, and is not empty', () => {
  const places = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? '').sort();
  for (const lang of LANGUAGES) {
    const texts = catalogue(lang);
    for (const [key, text] of Object.entries(texts)) {
      assert.ok(text.trim() !== '', `${lang} ${key}`);
      const counts = key.endsWith('.one') || key.endsWith('.other');
      const wanted = places(english[key] ?? '').filter((p) => !(counts && p === 'n'));
      const found = places(text).filter((p) => !(counts && p === 'n'));
      assert.deepEqual(found, wanted, `${lang} ${key}`);
    }
  }
});

test('right-to-left languages are written in their script', () => {
  const plain = /QR|CSV|SVG|JPEG|PNG|MB|\{\w+\}|Ahmad|[\d\s.·+%…،؛؟?!:()"“”«»‎—–-]/g;
  for (const lang of ['fa', 'ps', 'ar']) {
    for (const [key, text] of Object.entries(catalogue(lang))) {
      const rest = text.replace(plain, '');
      assert.ok(!/[A-Za-z]/.test(rest.replace(/m$/, '')), `${lang} ${key}: ${text}`);
    }
  }
});

test('no text is there for nothing', () => {
  const made = /^(month|calendar|precision|date|matched|duplicate|relation|consent\.text|job|phase)\./;
  for (const key of Object.keys(english)) {
    const base = key.replace(/\.(one|other)$/, '');
    assert.ok(made.test(key) || code.includes(`'${key}'`) || code.includes(`'${base}'`), `unused: ${key}`);
  }
});

test('no styles stand in the code, and no physical directions in the style sheets', () => {
  assert.ok(!/style=\{/.test(code));
  assert.ok(!/: any\b|as any\b|<any>/.test(code));
  const folder = path.join(WEB_ROOT, 'src/style');
  for (const name of readdirSync(folder)) {
    const css = readFileSync(path.join(folder, name), 'utf8');
    assert.ok(!/(?:margin|padding|border)-(?:left|right)\b|(?:^|[\s;{])(?:left|right)\s*:|text-align:\s*(?:left|right)/m.test(css), name);
  }
});
