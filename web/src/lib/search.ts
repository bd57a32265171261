// search.ts: search while typing: a short pause, older searches aborted, the last answer stays on
// the screen until the next one is there. What is typed never goes into an address.
import { useEffect, useRef, useState } from 'preact/hooks';
import { isAbort } from './api';
import { ask } from './commands';
import type { SearchResult } from './types';

const PAUSE_MS = 120;
const LEAST = 2;

export interface Search {
  q: string;
  setQ: (q: string) => void;
  result: SearchResult | null;
  /** The text `result` answers. */
  answered: string;
  error: unknown;
  busy: boolean;
}

const letters = (q: string): number => [...q.replace(/[\s-]/g, '')].length;

export function useSearch(limit: number, initial = ''): Search {
  const [q, setQ] = useState(initial);
  const [state, setState] = useState<Omit<Search, 'q' | 'setQ'>>({ result: null, answered: '', error: null, busy: false });
  const abort = useRef<AbortController | null>(null);
  useEffect(() => {
    abort.current?.abort();
    const wanted = q.trim();
    if (letters(wanted) < LEAST) {
      setState({ result: null, answered: '', error: null, busy: false });
      return undefined;
    }
    const mine = new AbortController();
    abort.current = mine;
    const timer = setTimeout(() => {
      setState((s) => ({ ...s, busy: true, error: null }));
      ask<SearchResult>('person.search', { q: wanted, limit }, mine.signal).then(
        (result) => setState({ result, answered: wanted, error: null, busy: false }),
        (error: unknown) => {
          if (!isAbort(error)) setState({ result: null, answered: wanted, error, busy: false });
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      mine.abort();
    };
  }, [q]);
  return { q, setQ, ...state };
}
