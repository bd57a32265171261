// store.ts: the open interview and its saving. Every pause writes the draft to the node; a reload, a
// crash or a power cut finds it there.
import { signal } from '@preact/signals';
import { ApiError, isAbort } from '../../lib/api';
import { act, ask, command, send } from '../../lib/commands';
import { type Family, newFamily, park, resume, titleOf } from '../../lib/family';
import { session } from '../../lib/session';

export interface DraftLine {
  id: string;
  title: string;
  state: string;
  owner?: string;
  owner_name?: string;
  saved_at?: string;
}

export type Saving =
  | { state: 'new' }
  | { state: 'saving' }
  | { state: 'saved'; at: Date }
  | { state: 'failed'; error: unknown };

const PAUSE_MS = 600;

export const family = signal<Family | null>(null);
export const open = signal('');
export const saving = signal<Saving>({ state: 'new' });

let timer = 0;
let running: AbortController | null = null;
let dirty = false;

async function save(state: 'active' | 'parked'): Promise<void> {
  clearTimeout(timer);
  const f = family.value;
  if (f === null) return;
  dirty = false;
  // A newer state makes an older one that still waits for the node needless.
  running?.abort();
  const mine = new AbortController();
  running = mine;
  saving.value = { state: 'saving' };
  try {
    await send(command('draft.save', { id: f.id, title: titleOf(f), state, data: f }), mine.signal);
    if (running === mine) saving.value = { state: 'saved', at: new Date() };
  } catch (error) {
    if (!isAbort(error) && running === mine) saving.value = { state: 'failed', error };
  } finally {
    if (running === mine) running = null;
  }
}

/** Changes the family; the first change is the first key of the interview. */
export function edit(change: (f: Family) => Family): void {
  const f = family.value;
  if (f === null) return;
  let next = change(f);
  if (next === f) return;
  if (next.interview.first_key_at === '') {
    next = { ...next, interview: { ...next.interview, first_key_at: new Date().toISOString() } };
  }
  family.value = next;
  dirty = true;
  clearTimeout(timer);
  timer = window.setTimeout(() => void save('active'), PAUSE_MS);
}

/** What waits for its pause is written now: the page is being left. */
export function flush(): void {
  if (dirty) void save('active');
}
addEventListener('pagehide', flush);
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') flush();
});

export function begin(): Family {
  const f = newFamily(new Date().toISOString());
  family.value = f;
  open.value = f.focal;
  saving.value = { state: 'new' };
  return f;
}

/** Shapes of older drafts are brought up to today's here. */
function readDraft(data: unknown): Family | null {
  if (typeof data !== 'object' || data === null || !('members' in data)) return null;
  const f = data as Family;
  return Array.isArray(f.members) && f.members.length > 0 ? f : null;
}

/** Takes up a draft; a parked one, or another's, counts as resumed. */
export async function takeUp(id: string): Promise<boolean> {
  const draft = await ask<DraftLine & { data: unknown }>('draft.get', { id });
  const found = readDraft(draft.data);
  if (found === null) return false;
  const mine = draft.owner === undefined || draft.owner === session.value?.user.id;
  const resumed = draft.state === 'parked' || !mine;
  family.value = resumed ? resume(found, new Date().toISOString()) : found;
  open.value = found.focal;
  saving.value = draft.saved_at === undefined ? { state: 'new' } : { state: 'saved', at: new Date(draft.saved_at) };
  if (resumed) {
    if (!mine) await act('draft.hand_over', { id, user: session.value?.user.id }).catch(ignoreMissing);
    void save('active');
  }
  return true;
}

const ignoreMissing = (error: unknown): void => {
  if (!(error instanceof ApiError)) throw error;
};

export async function parkNow(): Promise<void> {
  const f = family.value;
  if (f === null) return;
  family.value = park(f, new Date().toISOString());
  await save('parked');
  close();
}

export const discard = (id: string): Promise<unknown> => act('draft.discard', { id });

/** Puts the interview away; its draft stays on the node. */
export function close(): void {
  flush();
  clearTimeout(timer);
  family.value = null;
  open.value = '';
}

/** After registration the draft is gone: nothing may write it again. */
export function finish(): void {
  clearTimeout(timer);
  running?.abort();
  running = null;
  dirty = false;
  family.value = null;
  open.value = '';
}
