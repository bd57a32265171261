// main.tsx: starts the page: language, session, keys, then the first screen.
import { render } from 'preact';
import { firstLanguage, useLanguage } from './lib/i18n';
import { listen } from './lib/keyboard';
import { resumeSession } from './lib/session';
import { App } from './shell/app';
import { startTheme } from './shell/theme';

async function start(): Promise<void> {
  startTheme();
  try {
    await useLanguage(firstLanguage());
    await resumeSession();
  } catch {
    // Without words there is nothing to draw: the page itself says so in each language.
    document.getElementById('boot-trouble')?.removeAttribute('hidden');
    return;
  }
  listen();
  document.getElementById('boot')?.remove();
  const root = document.getElementById('app');
  if (root !== null) render(<App />, root);
}

void start();
