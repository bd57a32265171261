// load.ts: what a screen shows while it waits, when it has it, and when it failed.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { isAbort } from './api';

export interface Loaded<T> {
  data: T | null;
  error: unknown;
  loading: boolean;
  reload: () => void;
}

/** Runs `read` now and whenever `deps` change; older runs are aborted. Data stays while reloading. */
export function useLoad<T>(read: (signal: AbortSignal) => Promise<T>, deps: readonly unknown[]): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, 'reload'>>({ data: null, error: null, loading: true });
  const [turn, setTurn] = useState(0);
  const key = useRef(deps);
  const changed = deps.some((d, i) => d !== key.current[i]);
  key.current = deps;
  useEffect(() => {
    const abort = new AbortController();
    setState((s) => ({ data: s.data, error: null, loading: true }));
    read(abort.signal).then(
      (data) => {
        if (!abort.signal.aborted) setState({ data, error: null, loading: false });
      },
      (error: unknown) => {
        if (!isAbort(error)) setState({ data: null, error, loading: false });
      },
    );
    return () => abort.abort();
  }, [...deps, turn]);
  const reload = useCallback(() => setTurn((n) => n + 1), []);
  return { ...state, data: changed ? null : state.data, reload };
}
