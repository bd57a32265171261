// dialog.tsx: a question in front of the page. Focus goes in, stays in, and comes back.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { t } from '../lib/i18n';
import { bind } from '../lib/keyboard';
import { Icon } from './icon';
import { Toasts, dialogs } from './toast';

const GOING_MS = 5000;

/** What a dialog did may take away the button that opened it: the focus then goes to the page's title. */
function orTitle(before: HTMLElement): void {
  const look = (): void => {
    if (before.isConnected) return;
    gone.disconnect();
    if (document.activeElement === document.body) document.querySelector<HTMLElement>('main h1')?.focus();
  };
  const gone = new MutationObserver(look);
  gone.observe(document.body, { childList: true, subtree: true });
  setTimeout(() => gone.disconnect(), GOING_MS);
  look();
}

/** Does what the main button at the foot does, from any field. */
export const DIALOG_MAIN = 'Alt+S';

export function Dialog(p: { title: string; onClose: () => void; children: ComponentChildren; wide?: boolean; footer?: ComponentChildren }) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [depth, setDepth] = useState(0);
  useLayoutEffect(() => bind({
    [DIALOG_MAIN]: () => ref.current?.querySelector<HTMLElement>('.dialog-foot .button-main')?.click(),
  }, true), []);
  useEffect(() => {
    setDepth(++dialogs.value);
    const before = document.activeElement;
    const dialog = ref.current;
    dialog?.showModal();
    const first = dialog?.querySelector<HTMLElement>('[data-autofocus]') ??
      dialog?.querySelector<HTMLElement>('.dialog-body input, .dialog-body select, .dialog-body textarea, .dialog-body button') ??
      dialog?.querySelector<HTMLElement>('.dialog-foot button');
    first?.focus();
    return () => {
      dialog?.close();
      dialogs.value--;
      if (!(before instanceof HTMLElement)) return;
      if (before.isConnected) before.focus();
      orTitle(before);
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={p.wide === true ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby={id}
      onCancel={(e) => {
        e.preventDefault();
        p.onClose();
      }}
      onKeyDown={(e) => {
        // The page beneath has its own Escape.
        if (e.key === 'Escape') e.stopPropagation();
      }}
    >
      <div class="dialog-head">
        <h2 id={id}>{p.title}</h2>
        <button type="button" class="icon-button" aria-label={t('action.close')} onClick={p.onClose}>
          <Icon name="close" />
        </button>
      </div>
      <div class="dialog-body">{p.children}</div>
      {p.footer !== undefined && <div class="dialog-foot">{p.footer}</div>}
      {depth > 0 && <Toasts inDialog={depth} />}
    </dialog>
  );
}
