// searchlist.tsx: a search field with its results beneath: arrows move, Enter opens.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { number, t, tn } from '../lib/i18n';
import type { Search } from '../lib/search';
import type { PersonLine } from '../lib/types';
import { Icon } from './icon';
import { Line } from './personline';
import { Empty, Skeleton, Trouble } from './states';

interface Props {
  search: Search;
  label: string;
  placeholder?: string;
  onOpen: (line: PersonLine) => void;
  /** Enter without a marked result. */
  onEnter?: () => void;
  onEscape?: () => void;
  autofocus?: boolean;
  inputId?: string;
  hideLabel?: boolean;
  /** Nothing was typed yet. */
  empty?: string;
}

export function SearchList(p: Props) {
  // The mark belongs to one answer. The keys read the newest, which may not be drawn yet.
  const mark = useRef({ of: '', at: -1 });
  const [, draw] = useState(0);
  const marked = (): number => (mark.current.of === p.search.answered ? mark.current.at : -1);
  const ids = useId();
  const input = useRef<HTMLInputElement>(null);
  const rows = p.search.result?.rows ?? [];
  useEffect(() => {
    if (p.autofocus === true) input.current?.focus();
  }, []);
  const onKey = (e: KeyboardEvent): void => {
    if (e.isComposing) return;
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      const at = Math.max(-1, Math.min(rows.length - 1, marked() + (e.key === 'ArrowDown' ? 1 : -1)));
      mark.current = { of: p.search.answered, at };
      draw((n) => n + 1);
    } else if (e.key === 'Enter') {
      const row = rows[marked()];
      if (row !== undefined) {
        e.preventDefault();
        p.onOpen(row);
      } else if (p.onEnter !== undefined) {
        // The focus may move to a button, which this same Enter would press.
        e.preventDefault();
        p.onEnter();
      }
    } else if (e.key === 'Escape') {
      if (p.search.q !== '') {
        e.stopPropagation();
        p.search.setQ('');
      } else p.onEscape?.();
    }
  };
  return (
    <div class="search-list">
      <div class="field">
        <label for={p.inputId ?? ids} class={p.hideLabel === true ? 'hidden' : ''}>
          {p.label}
        </label>
        <div class="search-box">
          <Icon name="search" />
          <input
            ref={input}
            id={p.inputId ?? ids}
            type="text"
            inputMode="search"
            dir={p.search.q === '' ? undefined : 'auto'}
            role="combobox"
            autoComplete="off"
            spellcheck={false}
            placeholder={p.placeholder}
            aria-expanded={rows.length > 0}
            aria-controls={`${ids}-list`}
            aria-autocomplete="list"
            aria-activedescendant={marked() >= 0 ? `${ids}-${marked()}` : undefined}
            value={p.search.q}
            onInput={(e) => p.search.setQ(e.currentTarget.value)}
            onKeyDown={onKey}
          />
          {p.search.q !== '' && (
            <button type="button" class="icon-button" aria-label={t('search.clear')} onClick={() => p.search.setQ('')}>
              <Icon name="close" size={16} />
            </button>
          )}
        </div>
      </div>
      <Found search={p.search} ids={ids} marked={marked()} onOpen={p.onOpen} empty={p.empty} />
    </div>
  );
}

function Found(p: { search: Search; ids: string; marked: number; onOpen: (line: PersonLine) => void; empty?: string | undefined }) {
  const { result, error, busy, answered } = p.search;
  const marked = useRef<HTMLLIElement>(null);
  useEffect(() => marked.current?.scrollIntoView({ block: 'nearest' }), [p.marked]);
  if (error !== null) return <Trouble error={error} />;
  if (result === null) return busy ? <Skeleton lines={4} /> : p.empty === undefined ? null : <p class="hint">{p.empty}</p>;
  return (
    <>
      <p class="hint" role="status">
        {result.more === true ? t('search.more', { n: result.rows.length }) : tn('search.found', result.rows.length)}
        {result.total !== undefined && result.searched !== undefined && result.searched < result.total && (
          <> {t('search.searched', { n: number(result.searched), of: number(result.total) })}</>
        )}
      </p>
      {result.rows.length === 0 ? (
        <Empty icon="search" title={t('search.nobody', { q: answered })}>
          <p class="hint">{t('search.nobody.hint')}</p>
        </Empty>
      ) : (
        <ul id={`${p.ids}-list`} role="listbox" class="lines" aria-label={t('search.results')}>
          {result.rows.map((line, i) => (
            <li
              key={line.person}
              ref={i === p.marked ? marked : null}
              id={`${p.ids}-${i}`}
              role="option"
              aria-selected={i === p.marked}
              class={i === p.marked ? 'marked' : ''}
              onClick={() => p.onOpen(line)}
            >
              <Line line={line}>
                {line.matched && line.matched !== 'name' && <span class="tag">{t(`matched.${line.matched}` as never)}</span>}
              </Line>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
