// load.ts: what a screen shows while it waits, when it has it, and when it failed.
import { useCallback, useEffect, useState } from 'preact/hooks';
import { isAbort } from './api';

export interface Loaded<T> {
  data: T | null;
  error: unknown;
  loading: boolean;
  reload: () => void;
}

interface Kept<T> {
  data: T | null;
  error: unknown;
  loading: boolean;
  /** What it was read for. */
  of: readonly unknown[];
}

const same = (a: readonly unknown[], b: readonly unknown[]): boolean => a.length === b.length && a.every((d, i) => d === b[i]);

/** Runs `read` now and whenever `deps` change; older runs are aborted. Data stays while reloading, and is
 * never that of other `deps`. */
export function useLoad<T>(read: (signal: AbortSignal) => Promise<T>, deps: readonly unknown[]): Loaded<T> {
  const [state, setState] = useState<Kept<T>>({ data: null, error: null, loading: true, of: deps });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    setState((s) => ({ data: same(s.of, deps) ? s.data : null, error: null, loading: true, of: deps }));
    read(abort.signal).then(
      (data) => {
        if (!abort.signal.aborted) setState({ data, error: null, loading: false, of: deps });
      },
      (error: unknown) => {
        if (!isAbort(error)) setState({ data: null, error, loading: false, of: deps });
      },
    );
    return () => abort.abort();
  }, [...deps, turn]);
  const reload = useCallback(() => setTurn((n) => n + 1), []);
  return same(state.of, deps) ? { data: state.data, error: state.error, loading: state.loading, reload } : { data: null, error: null, loading: true, reload };
}
