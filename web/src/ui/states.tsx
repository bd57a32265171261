// states.tsx: what a screen shows when it waits, has nothing, failed or may not.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ApiError, NetworkError } from '../lib/api';
import { t } from '../lib/i18n';
import type { Loaded } from '../lib/load';
import { Icon, type IconName } from './icon';

/** Grey lines, but only where the answer takes longer than a blink. */
export function Skeleton({ lines = 6 }: { lines?: number }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 100);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="skeleton" role="status" aria-label={t('state.loading')}>
      {late && Array.from({ length: lines }, (_, i) => <div key={i} class={`skeleton-line skeleton-${i % 3}`} />)}
    </div>
  );
}

export function Empty(p: { icon?: IconName; title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <Icon name={p.icon ?? 'info'} size={28} />
      <p class="empty-title">{p.title}</p>
      {p.children}
    </div>
  );
}

/** The words of an error: what the node said, or what to do when it said nothing. */
export function errorText(error: unknown): string {
  if (error instanceof NetworkError) return t('trouble.network');
  if (!(error instanceof ApiError)) return t('trouble.unknown');
  const said = error.errors.map((e) => e.message).filter((m): m is string => !!m);
  if (said.length > 0) return said.join(' ');
  if (error.status === 403) return t('trouble.forbidden');
  if (error.status === 404) return t('trouble.missing');
  if (error.status === 429) return t('trouble.too_many', { n: error.retryAfterS });
  return error.message || t('trouble.unknown');
}

export function Trouble({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const api = error instanceof ApiError ? error : null;
  if (api?.status === 403) return <Forbidden error={api} />;
  return (
    <div class="notice notice-danger" role="alert">
      <Icon name="danger" />
      <div>
        <p>{errorText(error)}</p>
        {api !== null && api.reference !== '' && (
          <p class="hint">
            {t('trouble.reference')} <bdi class="mono">{api.reference}</bdi>
          </p>
        )}
        {retry !== undefined && (
          <button type="button" class="button" onClick={retry}>
            {t('action.retry')}
          </button>
        )}
      </div>
    </div>
  );
}

export function Forbidden({ error }: { error?: ApiError | undefined }) {
  const said = error?.errors.map((e) => e.message).filter(Boolean).join(' ');
  return (
    <div class="notice notice-attention" role="alert">
      <Icon name="shield" />
      <div>
        <p>{said || t('trouble.forbidden')}</p>
        <p class="hint">{t('trouble.forbidden.who')}</p>
      </div>
    </div>
  );
}

export function Notice(p: { kind: 'ok' | 'info' | 'attention' | 'danger'; children: ComponentChildren }) {
  return (
    <div class={`notice notice-${p.kind}`} role={p.kind === 'danger' ? 'alert' : 'status'}>
      <Icon name={p.kind} />
      <div>{p.children}</div>
    </div>
  );
}

/** Draws loaded data, or its state. */
export function Load<T>(p: { of: Loaded<T>; lines?: number; children: (data: T) => ComponentChildren }) {
  if (p.of.data !== null) return <>{p.children(p.of.data)}</>;
  if (p.of.error !== null) return <Trouble error={p.of.error} retry={p.of.reload} />;
  return <Skeleton lines={p.lines ?? 6} />;
}
