// pickcode.ts: finds codes as people type: by the start of any word of the label, or by the code.
import { foldWord } from './monthnames';
import type { Code } from './types';

/** As many as people look at; more letters bring the others. */
const TYPED_MOST = 8;

interface Folded {
  code: string;
  label: string;
  words: string[];
}
/** Labels are folded once, not with each letter. */
const known = new WeakMap<Code, Folded>();

function fold(c: Code): Folded {
  const found = known.get(c);
  if (found !== undefined) return found;
  const label = foldWord(c.label);
  const made = { code: c.code.toLowerCase(), label, words: label.split(/[\s(,:/-]+/).slice(1) };
  known.set(c, made);
  return made;
}

const MISSES = 6;

function rank(c: Code, wanted: string, first: readonly string[]): number {
  const f = fold(c);
  if (f.code === wanted) return 0;
  if (f.label.startsWith(wanted)) return first.includes(c.code) ? 1 : 2;
  if (f.words.some((w) => w.startsWith(wanted))) return 3;
  if (f.code.startsWith(wanted)) return 4;
  return f.label.includes(wanted) ? 5 : MISSES;
}

export function pickCodes(codes: readonly Code[], typed: string, first: readonly string[], most = 60): Code[] {
  const wanted = foldWord(typed.trim());
  if (wanted === '') {
    const ahead = first.map((c) => codes.find((o) => o.code === c)).filter((c): c is Code => c !== undefined);
    return [...ahead, ...codes.filter((c) => !first.includes(c.code))].slice(0, most);
  }
  const ranks: Code[][] = Array.from({ length: MISSES }, () => []);
  for (const c of codes) ranks[rank(c, wanted, first)]?.push(c);
  return ranks.flat().slice(0, TYPED_MOST);
}
