// topbar.tsx: search everything, place and node, what is unsent, language, who is signed in, lock.
import { useEffect, useRef, useState } from 'preact/hooks';
import { unsent } from '../lib/commands';
import { LANGUAGES, LANGUAGE_NAMES, type Language, language, number, t, tn } from '../lib/i18n';
import { go } from '../lib/router';
import { useSearch } from '../lib/search';
import { changeLanguage, lock, may, reached, session, signOut } from '../lib/session';
import type { PersonLine } from '../lib/types';
import { Busy, Keys } from '../ui/bits';
import { Icon } from '../ui/icon';
import { SearchList } from '../ui/searchlist';
import { toast } from '../ui/toast';
import { errorText } from '../ui/states';
import { theme, turnTheme } from './theme';

export function TopBar({ turnRail, narrow }: { turnRail: () => void; narrow: boolean }) {
  return (
    <header class="topbar">
      <button type="button" class="icon-button rail-turn" aria-label={t('shell.rail')} aria-expanded={!narrow} onClick={turnRail}>
        <Icon name="menu" />
      </button>
      <a class="brand" href="#/home">Panah</a>
      {may('person.read') && <SearchAll />}
      <Place />
      <Menu />
    </header>
  );
}

function Place() {
  const who = session.value;
  const waiting = unsent.value;
  const state = waiting > 0 || !reached.value ? 'attention' : 'ok';
  return (
    <div class="place">
      <span class="place-name" title={[who?.operation, who?.node].filter(Boolean).join(' · ')}>
        <bdi>{who?.office.name}</bdi>
        {who?.node !== undefined && <span class="quiet"> · <bdi>{who.node}</bdi></span>}
      </span>
      <span class={`sync sync-${state}`} role="status">
        <Icon name={state === 'ok' ? 'ok' : 'sync'} size={16} />
        <span>{waiting > 0 ? tn('sync.unsent', waiting) : t(reached.value ? 'sync.here' : 'sync.unreached')}</span>
      </span>
    </div>
  );
}

function SearchAll() {
  const search = useSearch(8);
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const shut = (): void => {
    setOpen(false);
    search.setQ('');
    (document.activeElement as HTMLElement | null)?.blur();
  };
  useEffect(() => {
    const scan = (e: Event): void => {
      const { text, inField } = (e as CustomEvent<{ text: string; inField: boolean }>).detail;
      if (inField) return;
      setOpen(true);
      search.setQ(text);
      document.getElementById('search-all')?.focus();
    };
    document.addEventListener('panah:scan', scan);
    return () => document.removeEventListener('panah:scan', scan);
  }, []);
  return (
    <div
      class={`search-all ${open && search.q !== '' ? 'search-all-open' : ''}`}
      ref={box}
      role="search"
      onFocusIn={() => setOpen(true)}
      onFocusOut={(e) => {
        if (!box.current?.contains(e.relatedTarget as Node | null)) setOpen(false);
      }}
    >
      <SearchList
        search={search}
        label={t('search.all')}
        hideLabel
        placeholder={t('search.all_placeholder')}
        inputId="search-all"
        onEscape={shut}
        onOpen={(line: PersonLine) => {
          shut();
          go('person', line.person);
        }}
      />
      <span class="search-keys"><Keys keys="/" /></span>
    </div>
  );
}

function Menu() {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const who = session.value;
  useEffect(() => {
    if (!open) return undefined;
    const away = (e: Event): void => {
      if (!root.current?.contains(e.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', away);
    return () => document.removeEventListener('pointerdown', away);
  }, [open]);
  const turn = async (next: Language): Promise<void> => {
    await changeLanguage(next).catch((e: unknown) => toast(errorText(e), { kind: 'danger' }));
  };
  return (
    <div
      class="top-end"
      ref={root}
      onKeyDown={(e) => {
        if (e.key !== 'Escape' || !open) return;
        e.stopPropagation();
        setOpen(false);
        root.current?.querySelector<HTMLElement>('.menu-button')?.focus();
      }}
    >
      <button type="button" class="button button-quiet menu-button" aria-label={who?.user.name} aria-expanded={open} aria-haspopup="true" onClick={() => setOpen(!open)}>
        <Icon name="person" />
        <bdi class="who">{who?.user.name}</bdi>
        <Icon name="down" size={14} />
      </button>
      <button type="button" class="icon-button" title={`${t('lock.lock')} (Alt+L)`} aria-label={t('lock.lock')} onClick={() => void lock()}>
        <Icon name="lock" />
      </button>
      {open && (
        <div class="menu">
          <p class="menu-who">
            <bdi>{who?.user.name}</bdi>
            <span class="hint"><bdi dir="ltr">{who?.user.login}</bdi> · <bdi>{who?.office.name}</bdi></span>
            <span class="hint">{t('sync.here')}{unsent.value > 0 ? ` · ${number(unsent.value)}` : ''}</span>
          </p>
          <div class="menu-part" role="group" aria-label={t('shell.language')}>
            {LANGUAGES.map((l) => (
              <button key={l} type="button" lang={l} class={l === language.value ? 'chosen' : ''} aria-pressed={l === language.value} onClick={() => void turn(l)}>
                {LANGUAGE_NAMES[l]}
              </button>
            ))}
          </div>
          <button type="button" class="menu-item" onClick={turnTheme}>
            <Icon name={theme.value === 'dark' ? 'sun' : 'moon'} /> {t(theme.value === 'dark' ? 'shell.light' : 'shell.dark')}
          </button>
          <Busy class="menu-item" icon="out" run={signOut}>{t('shell.sign_out')}</Busy>
        </div>
      )}
    </div>
  );
}
