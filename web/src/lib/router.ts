// router.ts: which desk is open. The address holds only the desk and record ids, in the fragment,
// which browsers do not send; what people type never goes there.
import { signal } from '@preact/signals';

export interface Route {
  desk: string;
  id: string;
  tab: string;
}

export const read = (hash: string): Route => {
  const [desk = '', id = '', tab = ''] = hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  return { desk: desk || 'home', id, tab };
};

export const route = signal<Route>(read(location.hash));

export const href = (desk: string, id = '', tab = ''): string =>
  `#/${[desk, id, tab].filter((part) => part !== '').map(encodeURIComponent).join('/')}`;

export function go(desk: string, id = '', tab = ''): void {
  location.hash = href(desk, id, tab);
}

addEventListener('hashchange', () => {
  const next = read(location.hash);
  const before = route.value;
  route.value = next;
  if (next.desk !== before.desk || next.id !== before.id) {
    scrollTo(0, 0);
    // A new page is announced and read from its heading.
    requestAnimationFrame(() => {
      const active = document.activeElement;
      if (active === document.body || active?.closest('nav') !== null) {
        document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
      }
    });
  }
});
