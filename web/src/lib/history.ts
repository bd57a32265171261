// history.ts: what the acts of a history say together.
import type { HistoryChange, HistoryEntry, Value } from './types';

/**
 * How far a date was known before or after a change: what the same act says, else the last act before it
 * that said so. Of two years the day is no more known than of one. `entries`: the newest first.
 */
export function precisionSaid(entries: readonly HistoryEntry[], at: number, c: HistoryChange, side: 'before' | 'after'): Value | undefined {
  const saying = (entry: HistoryEntry | undefined): HistoryChange | undefined =>
    entry?.changes.find((x) => x.id === c.id && x.field === `${c.field}_precision`);
  const own = saying(entries[at]);
  if (own !== undefined) return own[side];
  return entries.slice(at + 1).map(saying).find((x) => x !== undefined)?.after;
}
