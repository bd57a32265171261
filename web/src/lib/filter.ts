// filter.ts: filter chips to and from one line of the expression language. A line written by hand
// that chips cannot show stays a line.
import type { MetaField } from './types';

export interface Chip {
  field: string;
  op: Op;
  value: string;
}

export const OPS = ['=', '!=', '<=', '>=', 'contains', 'starts with', 'is known', 'is unknown'] as const;
export type Op = (typeof OPS)[number];

/** The comparisons that make sense for a type. */
export function opsOf(type: string): Op[] {
  switch (type) {
    case 'text':
      return ['starts with', 'contains', '=', '!=', 'is known', 'is unknown'];
    case 'date':
    case 'time':
    case 'int':
    case 'decimal':
      return ['>=', '<=', '=', 'is known', 'is unknown'];
    case 'set':
      return ['contains', 'is known', 'is unknown'];
    case 'ref':
      return ['is known', 'is unknown'];
    default:
      return ['=', '!=', 'is known', 'is unknown'];
  }
}

const bare = (type: string): boolean => ['date', 'int', 'decimal', 'bool'].includes(type);
export const takesValue = (op: Op): boolean => op !== 'is known' && op !== 'is unknown';

const quote = (text: string): string => `'${text.replace(/'/g, "''")}'`;

export function expressionOf(chips: readonly Chip[], typeOf: (field: string) => string): string {
  return chips
    .map((c) => {
      if (!takesValue(c.op)) return `${c.field} ${c.op}`;
      return `${c.field} ${c.op} ${bare(typeOf(c.field)) ? c.value : quote(c.value)}`;
    })
    .join(' and ');
}

const PART = /^(\w+) (=|!=|<=|>=|contains|starts with|is known|is unknown)(?: ('(?:[^']|'')*'|[\w.:-]+))?$/;

/** The chips of a line; null where it says more than chips can. */
export function chipsOf(expression: string): Chip[] | null {
  if (expression.trim() === '') return [];
  const chips: Chip[] = [];
  const parts = expression.trim().match(/(?:'(?:[^']|'')*'|[^'])+?(?= and |$)/g) ?? [];
  for (const part of parts) {
    const found = PART.exec(part.replace(/^ and /, '').trim());
    const op = OPS.find((o) => o === found?.[2]);
    if (found === null || op === undefined) return null;
    const value = found[3] ?? '';
    if (takesValue(op) !== (value !== '')) return null;
    chips.push({
      field: found[1] ?? '',
      op,
      value: value.startsWith("'") ? value.slice(1, -1).replace(/''/g, "'") : value,
    });
  }
  return chips;
}

const NEVER: ReadonlySet<string> = new Set(['sealed', 'hidden']);
export const canAsk = (f: MetaField): boolean =>
  !f.flags.some((flag) => NEVER.has(flag)) && !['blob', 'json', 'shape'].includes(f.type) && f.name !== 'void';
export const canOrder = (f: MetaField): boolean =>
  canAsk(f) && f.type !== 'set' && f.type !== 'ref' && (f.flags.includes('indexed') || f.flags.includes('sort'));
