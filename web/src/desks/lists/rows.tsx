// rows.tsx: the rows, page after page as they come into view.
import { useEffect, useRef, useState } from 'preact/hooks';
import { isAbort, request } from '../../lib/api';
import { canOrder } from '../../lib/filter';
import { number, t, tn } from '../../lib/i18n';
import { fieldLabel, fieldOf } from '../../lib/meta';
import { href } from '../../lib/router';
import type { QueryResult, Rec } from '../../lib/types';
import { Icon } from '../../ui/icon';
import { Empty, Skeleton } from '../../ui/states';
import { shown } from '../../ui/text';
import type { View } from './lists';

const PAGE = 60;

interface State {
  rows: Rec[];
  next: string | null;
  searched: number;
  total: number;
  count: number | null;
  least: boolean;
  loading: boolean;
  /** The question was not understood: that nothing fits would be untrue. */
  failed?: boolean;
}
const NOTHING: State = { rows: [], next: null, searched: 0, total: 0, count: null, least: false, loading: true };

const target = (r: Rec): string | null => {
  if (r.kind === 'person') return href('person', r.id);
  if (r.kind === 'registration_group') return href('group', r.id);
  const person = r.fields['person'];
  if (typeof person === 'string') return href('person', person);
  const group = r.fields['registration_group'];
  return typeof group === 'string' ? href('group', group) : null;
};

export function Rows(p: { view: View; onError: (error: unknown) => void; order: (field: string) => void }) {
  const [state, setState] = useState<State>(NOTHING);
  const abort = useRef<AbortController | null>(null);
  const end = useRef<HTMLDivElement>(null);
  const { view } = p;
  // The end of the last list may still come into sight when another has been asked for.
  const asked = useRef(view);
  asked.current = view;

  const load = (cursor: string | null, before: State): void => {
    abort.current?.abort();
    const mine = new AbortController();
    abort.current = mine;
    setState({ ...before, loading: true });
    const body = {
      kind: view.kind,
      limit: PAGE,
      columns: view.columns,
      ...(view.where === '' ? {} : { where: view.where }),
      ...(view.order === '' ? {} : { order: view.order, descending: view.descending }),
      ...(cursor === null ? { count: true } : { cursor }),
    };
    request<QueryResult & { count?: number; count_is_least?: boolean }>('POST', '/api/v1/query', { body, signal: mine.signal }).then(
      (page) => {
        if (mine.signal.aborted) return;
        setState({
          rows: [...before.rows, ...page.rows],
          next: page.next ?? null,
          searched: page.searched ?? 0,
          total: page.total ?? 0,
          count: page.count ?? before.count ?? (cursor === null ? (page.total ?? null) : null),
          least: page.count_is_least ?? before.least,
          loading: false,
        });
      },
      (error: unknown) => {
        if (isAbort(error)) return;
        setState({ ...before, next: null, loading: false, failed: true });
        p.onError(error);
      },
    );
  };
  useEffect(() => {
    load(null, NOTHING);
    return () => abort.current?.abort();
  }, [view]);
  useEffect(() => {
    const mark = end.current;
    if (mark === null || state.loading || state.next === null) return undefined;
    const watcher = new IntersectionObserver((seen) => {
      if (asked.current === view && seen.some((s) => s.isIntersecting)) load(state.next, state);
    }, { rootMargin: '600px' });
    watcher.observe(mark);
    return () => watcher.disconnect();
  }, [state]);

  if (state.failed === true && state.rows.length === 0) return null;
  if (!state.loading && state.rows.length === 0) {
    return <Empty icon="list" title={t('lists.empty')}><p class="hint">{t('lists.empty_hint')}</p></Empty>;
  }
  return (
    <>
      <p class="hint" role="status">
        {state.count !== null && (state.least ? t('lists.least', { n: number(state.count) }) : tn('lists.count', state.count))}
        {state.rows.length > 0 && state.count !== null && state.rows.length < state.count && <> {t('lists.shown', { n: number(state.rows.length) })}</>}
      </p>
      <div class="table-wrap table-tall" tabIndex={0} role="region" aria-label={t('desk.lists')}>
        <table class="table table-sticky">
          <thead>
            <tr>
              {view.columns.map((c) => {
                const meta = fieldOf(view.kind, c);
                const ordered = view.order === c;
                return (
                  <th key={c} scope="col" aria-sort={ordered ? (view.descending ? 'descending' : 'ascending') : undefined}>
                    {meta !== undefined && canOrder(meta) ? (
                      <button type="button" class="th-button" onClick={() => p.order(c)}>
                        {meta.label} {ordered && <Icon name={view.descending ? 'down' : 'up'} size={14} />}
                      </button>
                    ) : fieldLabel(view.kind, c)}
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {state.rows.map((r) => {
              const to = target(r);
              return (
                <tr key={r.id} class={r.void ? 'void' : ''}>
                  {view.columns.map((c, i) => {
                    const text = <bdi class={c === 'number' ? 'num' : ''} dir={c === 'number' ? 'ltr' : undefined}>{shown(r, c)}</bdi>;
                    return <td key={c} class={['date', 'time'].includes(fieldOf(view.kind, c)?.type ?? '') ? 'nowrap' : undefined}>{i === 0 && to !== null ? <a class="row-link" href={to}>{shown(r, c) === '' ? t('lists.open') : text}</a> : text}</td>;
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
        {state.loading && <Skeleton lines={state.rows.length === 0 ? 12 : 3} />}
        <div ref={end} />
      </div>
      {!state.loading && state.next !== null && state.searched < state.total && state.rows.length < PAGE && (
        <p>
          {t('search.searched', { n: number(state.searched), of: number(state.total) })}{' '}
          <button type="button" class="button button-small" onClick={() => load(state.next, state)}>{t('lists.continue')}</button>
        </p>
      )}
    </>
  );
}
