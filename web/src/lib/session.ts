// session.ts: who is signed in, and the ways in and out. The page stays as it is while the screen is
// locked or the session has ended: the shell lays the door over it.
import { computed, signal } from '@preact/signals';
import { type ApiError, get, request, setCsrf, setDeniedListener, setReachListener } from './api';
import { type Calendar, CALENDARS, dayOf } from './calendars';
import { type Language, isLanguage, useLanguage } from './i18n';
import { forgetMeta, loadMeta } from './meta';
import type { Session } from './types';

export const session = signal<Session | null>(null);
export const locked = signal(false);
/** Signed in once on this page, and the session has ended since. */
export const expired = signal(false);
/** Does the node answer? */
export const reached = signal(true);

export const may = (permission: string): boolean =>
  session.value?.permissions.includes(permission) === true;

export const today = computed(() => dayOf(session.value?.today ?? '') ?? Math.floor(Date.now() / 86400000));
export const officeCalendar = computed<Calendar>(() => {
  const named = (session.value?.office.calendar ?? '').toLowerCase();
  if (named.startsWith('solar')) return 'solar';
  return CALENDARS.find((c) => c === named) ?? 'gregorian';
});

async function take(next: Session): Promise<void> {
  setCsrf(next.csrf);
  const before = session.value;
  if (before !== null && before.user.id !== next.user.id) {
    // Another person: nothing of the first one's page may be seen.
    location.hash = '';
    location.reload();
    return;
  }
  if (isLanguage(next.language)) await useLanguage(next.language).catch(() => undefined);
  if (!next.must_change_password && !next.locked) await loadMeta();
  // Somebody without an office still has a session.
  session.value = { ...next, office: next.office ?? { id: '', code: '', name: '' } };
  locked.value = next.locked;
  expired.value = false;
}

/** The session of the cookie, if there is one. */
export async function resumeSession(): Promise<void> {
  try {
    await take(await get<Session>('/api/v1/session'));
  } catch (error) {
    if ((error as ApiError).status !== 401) throw error;
    session.value = null;
  }
}

export const signIn = async (login: string, password: string): Promise<void> =>
  take(await request<Session>('POST', '/api/v1/session', { body: { login, password } }));

export async function signOut(): Promise<void> {
  await request('DELETE', '/api/v1/session').catch(() => undefined);
  session.value = null;
  forgetMeta();
  location.hash = '';
  location.reload();
}

export async function lock(): Promise<void> {
  locked.value = true;
  await request('POST', '/api/v1/session/lock').catch(() => undefined);
}

export async function unlock(password: string): Promise<void> {
  await request('POST', '/api/v1/session/unlock', { body: { password } });
  await resumeSession();
}

export async function changePassword(old: string, next: string): Promise<void> {
  await request('POST', '/api/v1/session/password', { body: { old, new: next } });
  await resumeSession();
}

export async function changeLanguage(next: Language): Promise<void> {
  if (session.value === null) return useLanguage(next);
  // The node first: the page is drawn anew when it turns, and what it then reads comes in the new language.
  await take(await request<Session>('POST', '/api/v1/session/language', { body: { language: next } }));
}

setReachListener((yes) => {
  if (reached.value !== yes) reached.value = yes;
});
setDeniedListener((error) => {
  if (session.value === null) return;
  if (error.has('error.session.locked')) locked.value = true;
  else if (!locked.value && !error.has('error.session.wrong')) expired.value = true;
});
