// bits.tsx: small parts that many screens share.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { number, t } from '../lib/i18n';
import { blobUrl } from '../lib/image';
import { href } from '../lib/router';
import { Icon, type IconName } from './icon';

export function Photo({ hex, size = 'small' }: { hex?: string | null | undefined; size?: 'small' | 'middle' | 'big' }) {
  // Not everybody may open photos: the outline stands in.
  const [closed, setClosed] = useState('');
  return (
    <span class={`photo photo-${size}`}>
      {hex && hex !== closed ? (
        <img src={blobUrl(hex)} alt="" loading="lazy" onError={() => setClosed(hex)} />
      ) : (
        <Icon name="person" size={size === 'small' ? 18 : 36} />
      )}
    </span>
  );
}

/** A button whose work takes time: it waits, and cannot be pressed twice. */
export function Busy(p: {
  children: ComponentChildren;
  run: () => Promise<unknown> | void;
  id?: string;
  class?: string;
  icon?: IconName;
  disabled?: boolean;
  title?: string;
}) {
  const [busy, setBusy] = useState(false);
  const alive = useRef(true);
  // Seen at once; the state is seen with the next drawing, and a second press may come before it.
  const working = useRef(false);
  return (
    <button
      type="button"
      id={p.id}
      class={p.class ?? 'button'}
      title={p.title}
      disabled={p.disabled === true}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={() => {
        if (working.current) return;
        const work = p.run();
        if (work === undefined) return;
        working.current = true;
        setBusy(true);
        void work.finally(() => {
          working.current = false;
          if (alive.current) setBusy(false);
        });
      }}
    >
      {p.icon !== undefined && <Icon name={p.icon} size={18} />}
      {p.children}
    </button>
  );
}

export interface Tab {
  id: string;
  label: string;
  mark?: string | number;
}

export function Tabs(p: { tabs: Tab[]; open: string; desk: string; id: string; label: string }) {
  const tabs = useRef<HTMLElement>(null);
  useEffect(() => {
    const row = tabs.current;
    const now = row?.querySelector<HTMLElement>('[aria-current]');
    // Only sideways: the page stays where it is.
    if (row && now) row.scrollBy({ left: Math.min(0, now.getBoundingClientRect().left - row.getBoundingClientRect().left) || Math.max(0, now.getBoundingClientRect().right - row.getBoundingClientRect().right) });
  }, [p.open]);
  return (
    <nav ref={tabs} class="tabs" aria-label={p.label}>
      {p.tabs.map((tab) => (
        <a key={tab.id} href={p.id === '' ? href(p.desk, tab.id) : href(p.desk, p.id, tab.id)} aria-current={tab.id === p.open ? 'page' : undefined}>
          {tab.label}
          {tab.mark !== undefined && tab.mark !== 0 && <span class="tab-mark">{typeof tab.mark === 'number' ? number(tab.mark) : tab.mark}</span>}
        </a>
      ))}
    </nav>
  );
}

export const Keys = ({ keys }: { keys: string }) => (
  <kbd class="keys" dir="ltr">
    {keys}
  </kbd>
);

export function Head(p: { title: ComponentChildren; children?: ComponentChildren; note?: ComponentChildren }) {
  return (
    <header class="page-head">
      <div>
        <h1 tabIndex={-1}>{p.title}</h1>
        {p.note !== undefined && <p class="page-note">{p.note}</p>}
      </div>
      {p.children !== undefined && <div class="page-actions">{p.children}</div>}
    </header>
  );
}

export const Facts = ({ rows }: { rows: { label: string; value: ComponentChildren }[] }) => (
  <dl class="facts">
    {rows.map((row) => (
      <div key={row.label}>
        <dt>{row.label}</dt>
        <dd>{row.value || <span class="quiet">{t('value.none')}</span>}</dd>
      </div>
    ))}
  </dl>
);
