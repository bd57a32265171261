// toast.tsx: short news at the edge of the page, with a way to undo.
import { signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { t } from '../lib/i18n';
import { Icon } from './icon';

interface Toast {
  id: number;
  text: string;
  kind: 'ok' | 'danger';
  action?: { label: string; run: () => void } | undefined;
}

const toasts = signal<Toast[]>([]);
let next = 1;

const drop = (id: number): void => {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
};

export function toast(text: string, more: { kind?: Toast['kind']; action?: Toast['action'] } = {}): void {
  const id = next++;
  toasts.value = [...toasts.value.slice(-2), { id, text, kind: more.kind ?? 'ok', action: more.action }];
  setTimeout(() => drop(id), more.action === undefined ? 5000 : 12000);
}

/** Open dialogs: news is told in front of them, or it would lie behind. */
export const dialogs = signal(0);

export function Toasts({ inDialog = 0 }: { inDialog?: number }) {
  const before = useRef<HTMLElement | null>(null);
  if (inDialog !== dialogs.value) return null;
  // Where the focus came from it goes back to, unless what was done has put it elsewhere.
  const back = (box: HTMLElement): void => {
    const now = document.activeElement;
    if ((now === document.body || box.contains(now)) && before.current?.isConnected === true) before.current.focus();
  };
  return (
    <div
      class="toasts"
      role="status"
      aria-live="polite"
      onFocusIn={(e) => {
        const from = e.relatedTarget;
        if (from instanceof HTMLElement && !e.currentTarget.contains(from)) before.current = from;
      }}
    >
      {toasts.value.map((one) => (
        <div key={one.id} class={`toast toast-${one.kind}`}>
          <Icon name={one.kind} />
          <span>{one.text}</span>
          {one.action !== undefined && (
            <button
              type="button"
              class="link"
              onClick={(e) => {
                const box = e.currentTarget.closest<HTMLElement>('.toasts');
                one.action?.run();
                drop(one.id);
                if (box !== null) requestAnimationFrame(() => back(box));
              }}
            >
              {one.action.label}
            </button>
          )}
          <button type="button" class="icon-button" aria-label={t('action.close')} onClick={(e) => {
            const box = e.currentTarget.closest<HTMLElement>('.toasts');
            drop(one.id);
            if (box !== null) requestAnimationFrame(() => back(box));
          }}>
            <Icon name="close" size={16} />
          </button>
        </div>
      ))}
    </div>
  );
}
