// choice.ts: which of the corrections that a list offers are made.

export interface Correction {
  n: number;
  person: string;
  name?: string;
  number?: string;
  line?: number;
  kind: string;
  field: string;
  /** Of a paper. */
  type?: string;
  was: unknown;
  now: unknown;
  was_label?: string | string[];
  now_label?: string | string[];
  was_precision?: string | null;
  now_precision?: string | null;
  /** Somebody has changed it since an import said it. */
  moved?: boolean;
  marked?: boolean;
  /** Changed since the list was checked: it will not be corrected. */
  stale?: boolean;
  present?: unknown;
}

/** Those that are marked or none, but for some. */
export interface Choice {
  take: 'marked' | 'none';
  but: ReadonlySet<number>;
}
export const MARKED: Choice = { take: 'marked', but: new Set() };
export const NONE: Choice = { take: 'none', but: new Set() };

export const isTaken = (choice: Choice, c: Correction): boolean =>
  c.stale !== true && ((choice.take === 'marked' && c.moved !== true) !== choice.but.has(c.n));

export function turned(choice: Choice, n: number): Choice {
  const but = new Set(choice.but);
  if (!but.delete(n)) but.add(n);
  return { ...choice, but };
}

export const choiceInput = (choice: Choice): object => ({ corrections: choice.take, corrections_but: [...choice.but] });
