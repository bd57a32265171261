// icon.tsx: our few pictures, drawn with one pen. A word always stands beside them or names them.

const PATHS = {
  home: 'M3 11.5 12 4l9 7.5M5.5 10v9.5h13V10M10 19.5v-5h4v5',
  family: 'M8 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM17 11.5a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6zM2.5 19.5c.3-4 2.3-6.5 5.5-6.5s5.2 2.5 5.5 6.5M15 14.2c3.7-.7 6 1.5 6.5 5.3',
  add: 'M12 5v14M5 12h14',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 21 21',
  list: 'M8 6h13M8 12h13M8 18h13M3.5 6h.01M3.5 12h.01M3.5 18h.01',
  import: 'M12 4v11M7.5 10.5 12 15l4.5-4.5M4 16v4h16v-4',
  users: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.4-4.2 2.8-6.5 6.5-6.5s6.1 2.3 6.5 6.5M16 4.3a3.5 3.5 0 0 1 0 6.4M17.5 13.8c2.3.8 3.7 3 4 6.2',
  jobs: 'M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M5.6 18.4l2.2-2.2M16.2 7.8l2.2-2.2',
  health: 'M3 12.5h4l2.5-7 4.5 13 2.5-6H21',
  lock: 'M6 10.5h12v9.5H6zM8.5 10.5V7.5a3.5 3.5 0 0 1 7 0v3',
  language: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3.5 12h17M12 3c3 2.5 4 5.5 4 9s-1 6.5-4 9c-3-2.5-4-5.5-4-9s1-6.5 4-9z',
  person: 'M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20.5c.5-4.7 3.5-7.5 8-7.5s7.5 2.8 8 7.5',
  print: 'M7 9V3.5h10V9M7 17H4V9h16v8h-3M7 14h10v6.5H7z',
  camera: 'M4 8h3l1.5-2.5h7L17 8h3v11.5H4zM12 17a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
  file: 'M6 3.5h8l4 4v13H6zM14 3.5v4h4',
  edit: 'M4 20h4L19.5 8.5l-4-4L4 16zM13.5 6.5l4 4',
  undo: 'M8 5 4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3',
  star: 'm12 4 2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z',
  away: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM7.5 12h9',
  remove: 'M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13M10.5 11v5.5M13.5 11v5.5',
  up: 'M12 19V5M6 11l6-6 6 6',
  down: 'M12 5v14M6 13l6 6 6-6',
  ok: 'm5 12.5 4.5 4.5L19 7.5',
  attention: 'M12 4 2.5 20h19zM12 10v4.5M12 17.5h.01',
  danger: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7.5v5.5M12 16.5h.01',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.5M12 7.5h.01',
  close: 'M6 6l12 12M18 6 6 18',
  menu: 'M4 7h16M4 12h16M4 17h16',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z',
  sun: 'M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  sync: 'M5 13a7 7 0 0 0 12.5 3.5M19 11A7 7 0 0 0 6.5 7.5M17.5 20v-3.5H14M6.5 4v3.5H10',
  pause: 'M8.5 5v14M15.5 5v14',
  shield: 'M12 3.5 5 6v5.5c0 4.5 2.7 7.5 7 9 4.3-1.5 7-4.5 7-9V6z',
  next: 'm9 5 7 7-7 7',
  copy: 'M8 8V4h12v12h-4M4 8h12v12H4z',
  out: 'M14 5H5v14h9M10 12h11M17 8l4 4-4 4',
  download: 'M12 4v11M7.5 10.5 12 15l4.5-4.5M5 20h14',
} as const;

export type IconName = keyof typeof PATHS;
/** These point along the line of text and turn with it. */
const TURNING: ReadonlySet<string> = new Set(['next', 'out', 'undo', 'list']);

export const Icon = ({ name, size = 20 }: { name: IconName; size?: number }) => (
  <svg
    class={TURNING.has(name) ? 'icon icon-turns' : 'icon'}
    width={size}
    height={size}
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="1.8"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
    focusable="false"
  >
    <path d={PATHS[name]} />
  </svg>
);
