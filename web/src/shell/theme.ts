// theme.ts: light by day, dark for night shifts: as the device says, or as the person chose.
import { signal } from '@preact/signals';

export type Theme = 'light' | 'dark';

const device = matchMedia('(prefers-color-scheme: dark)');
const kept = (): Theme | null => {
  const text = localStorage.getItem('panah.theme');
  return text === 'light' || text === 'dark' ? text : null;
};

export const theme = signal<Theme>('light');

const apply = (): void => {
  theme.value = kept() ?? (device.matches ? 'dark' : 'light');
  document.documentElement.dataset['theme'] = theme.value;
};

export function startTheme(): void {
  apply();
  device.addEventListener('change', apply);
}

export function turnTheme(): void {
  localStorage.setItem('panah.theme', theme.value === 'dark' ? 'light' : 'dark');
  apply();
}
