// pickcode.ts: finds codes as people type: by the start of any word of the label, or by the code.
import { foldWord } from './monthnames';
import type { Code } from './types';

/** As many as people look at; more letters bring the others. */
const TYPED_MOST = 12;
const folded = new WeakMap<Code, string>();

function foldLabel(c: Code): string {
  const known = folded.get(c);
  if (known !== undefined) return known;
  const label = foldWord(c.label);
  folded.set(c, label);
  return label;
}

export function pickCodes(codes: readonly Code[], typed: string, first: readonly string[], most = 60): Code[] {
  const wanted = foldWord(typed.trim());
  if (wanted === '') {
    const ahead = first.map((c) => codes.find((o) => o.code === c)).filter((c): c is Code => c !== undefined);
    return [...ahead, ...codes.filter((c) => !first.includes(c.code))].slice(0, most);
  }
  const rank = (c: Code): number => {
    const label = foldLabel(c);
    if (c.code.toLowerCase() === wanted) return 0;
    if (label.startsWith(wanted)) return first.includes(c.code) ? 1 : 2;
    if (label.split(/[\s(,:/-]+/).some((w) => w.startsWith(wanted))) return 3;
    if (c.code.toLowerCase().startsWith(wanted)) return 4;
    return label.includes(wanted) ? 5 : 9;
  };
  return codes
    .map((code) => ({ code, rank: rank(code) }))
    .filter((r) => r.rank < 9)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, TYPED_MOST)
    .map((r) => r.code);
}
