// keyboard.ts: shortcuts by physical key, so that they lie in the same place on every layout, and
// Enter as "next field".
import { BurstGuard } from './barcode';

export interface Pressed {
  code: string;
  key: string;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altGraph?: boolean;
}

/** "Alt+N" means the key where N lies on a US keyboard, alone with Alt; AltGr is no Alt. */
export function isShortcut(e: Pressed, wanted: string): boolean {
  const parts = wanted.split('+');
  const name = parts.pop() ?? '';
  if (e.altGraph === true || e.ctrlKey || e.metaKey) return false;
  if (e.altKey !== parts.includes('Alt') || e.shiftKey !== parts.includes('Shift')) return false;
  if (/^[A-Z]$/.test(name)) return e.code === `Key${name}`;
  if (/^[0-9]$/.test(name)) return e.code === `Digit${name}`;
  return e.code === name || (name === 'Enter' && e.code === 'NumpadEnter');
}

/** `/` opens the search on each layout: by its character where it is typed plainly, else by place. */
export const isSlash = (e: Pressed): boolean =>
  !e.altKey && !e.ctrlKey && !e.metaKey && (e.key === '/' || (e.code === 'Slash' && !e.shiftKey));

const pressed = (e: KeyboardEvent): Pressed => ({
  code: e.code,
  key: e.key,
  altKey: e.altKey,
  ctrlKey: e.ctrlKey,
  metaKey: e.metaKey,
  shiftKey: e.shiftKey,
  altGraph: e.getModifierState('AltGraph'),
});

type Handler = (e: KeyboardEvent) => void;
interface Layer {
  keys: Map<string, Handler>;
  inDialog: boolean;
}
const layers: Layer[] = [];

/**
 * Binds shortcuts until the returned function is called; the newest layer that knows a key has it.
 * While a dialog is open only its own layers hear anything.
 */
export function bind(shortcuts: Record<string, Handler>, inDialog = false): () => void {
  const layer = { keys: new Map(Object.entries(shortcuts)), inDialog };
  layers.push(layer);
  return () => {
    const at = layers.indexOf(layer);
    if (at >= 0) layers.splice(at, 1);
  };
}

const isTextField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.tagName === 'TEXTAREA' || target.tagName === 'SELECT' ||
    (target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type)));

function dispatch(e: KeyboardEvent): void {
  const p = pressed(e);
  const dialog = document.querySelector('dialog[open]') !== null;
  for (const layer of [...layers].reverse()) {
    if (dialog && !layer.inDialog) continue;
    for (const [wanted, handler] of layer.keys) {
      const hit = wanted === '/' ? isSlash(p) && !isTextField(e.target) : isShortcut(p, wanted);
      if (!hit) continue;
      // Plain keys belong to the field in front of the person, but for Escape.
      if (!wanted.includes('+') && wanted !== 'Escape' && isTextField(e.target)) continue;
      e.preventDefault();
      // Held down, a letter acts once; arrows go on.
      if (!(e.repeat && /\+[A-Z]$/.test(wanted))) handler(e);
      return;
    }
  }
}

const guard = new BurstGuard();

/** A barcode reader's Enter is taken here, before anything else sees it. */
function watch(e: KeyboardEvent): void {
  if (e.isComposing) return;
  if (e.key.length === 1 && !e.ctrlKey && !e.metaKey && !e.altKey) {
    guard.char(e.key, e.timeStamp);
  } else if (e.key === 'Enter') {
    const text = guard.enter(e.timeStamp);
    if (text === '') return;
    e.preventDefault();
    e.stopImmediatePropagation();
    document.dispatchEvent(
      new CustomEvent('panah:scan', { detail: { text, inField: isTextField(e.target) } }),
    );
  } else if (e.key !== 'Shift') {
    guard.reset();
  }
}

export function listen(): void {
  addEventListener('keydown', watch, true);
  addEventListener('keydown', dispatch);
}

const FIELDS = 'input:not([type=hidden]):not([disabled]):not([tabindex="-1"]), select:not([disabled]), textarea:not([disabled]), button.enter-stop:not([disabled])';

const isShown = (element: HTMLElement): boolean => element.getClientRects().length > 0;

/** Moves to the next field within `root`; false at the end. */
export function focusNext(root: HTMLElement, from: EventTarget | null): boolean {
  const fields = [...root.querySelectorAll<HTMLElement>(FIELDS)].filter(isShown);
  const at = fields.findIndex((f) => f === from);
  // Of a group of radio buttons only one is a stop.
  const name = from instanceof HTMLInputElement && from.type === 'radio' ? from.name : '';
  const next = fields.slice(at + 1).find((f) => !(name !== '' && f instanceof HTMLInputElement && f.name === name));
  if (next === undefined) return false;
  next.focus();
  if (next instanceof HTMLInputElement && next.type === 'text') next.select();
  return true;
}

/** Enter in a field of a form without a submit: go to the next field. */
export function enterMoves(e: KeyboardEvent, atEnd: () => void): void {
  if (e.key !== 'Enter' || e.isComposing || e.defaultPrevented) return;
  const target = e.target as HTMLElement;
  if (target.tagName === 'TEXTAREA' || target.tagName === 'BUTTON' || target.tagName === 'SUMMARY') return;
  e.preventDefault();
  if (e.currentTarget instanceof HTMLElement && !focusNext(e.currentTarget, target)) atEnd();
}
