// store.ts: the open interview and its saving. Every pause writes the draft to the node; a reload, a
// crash or a power cut finds it there.
import { signal } from '@preact/signals';
import { ApiError, isAbort } from '../../lib/api';
import { act, ask, command, send, sendLast } from '../../lib/commands';
import { type Family, newFamily, park, resume, titleOf } from '../../lib/family';
import { reached, session } from '../../lib/session';

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
let dirty = false;
/** The last save asked for. An older one of the same family need not be sent any more. */
let newest = { id: '', turn: 0 };
let sending: { id: string; stop: AbortController } | null = null;
/** One save at a time: of two on their way the older one could arrive last. */
let saves: Promise<void> = Promise.resolve();

const begun = (f: Family): number => {
  newest = { id: f.id, turn: newest.turn + 1 };
  return newest.turn;
};

async function write(f: Family, state: 'active' | 'parked', turn: number): Promise<void> {
  if (f.id === newest.id && turn !== newest.turn) return;
  const stop = new AbortController();
  sending = { id: f.id, stop };
  try {
    await send(command('draft.save', { id: f.id, title: titleOf(f), state, data: f }), stop.signal);
    if (turn === newest.turn) saving.value = { state: 'saved', at: new Date() };
  } catch (error) {
    if (!isAbort(error) && turn === newest.turn) saving.value = { state: 'failed', error };
  }
  sending = null;
}

function save(state: 'active' | 'parked'): Promise<void> {
  clearTimeout(timer);
  const f = family.value;
  if (f === null) return saves;
  dirty = false;
  const turn = begun(f);
  saving.value = { state: 'saving' };
  // What a silent node has not answered is made needless by a newer state.
  if (!reached.value && sending?.id === f.id) sending.stop.abort();
  saves = saves.then(() => write(f, state, turn));
  return saves;
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

/** What waits for its pause is written now. */
export function flush(): void {
  if (dirty) void save('active');
}

/** The same, and waits until the node has it. */
export function settled(): Promise<void> {
  flush();
  return saves;
}

/** The page goes away, and what waits here with it: what the node does not have is sent so that it arrives
 * without the page. */
function leave(): void {
  const f = family.value;
  if (f === null || (!dirty && saving.value.state !== 'saving')) return;
  clearTimeout(timer);
  dirty = false;
  begun(f);
  sendLast(command('draft.save', { id: f.id, title: titleOf(f), state: 'active', data: f }));
}
addEventListener('pagehide', leave);
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
  const f = family.value;
  if (f !== null) begun(f);
  if (sending !== null && sending.id === f?.id) sending.stop.abort();
  dirty = false;
  family.value = null;
  open.value = '';
}
