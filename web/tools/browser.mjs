// browser.mjs: Debian's Chromium, with a fresh profile, for screenshots and checks.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const ARGS = ['--no-sandbox', '--headless', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

export async function open(width, height = 900, more = {}) {
  const profile = await mkdtemp(path.join(tmpdir(), 'panah-web-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium', args: ARGS, viewport: { width, height }, locale: 'en-GB', ...more,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const close = async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  };
  return { context, page, close };
}

export async function signIn(page, base, { login = 'admin', password = 'password', lang = 'en' } = {}) {
  await page.goto(base);
  await page.evaluate((l) => localStorage.setItem('panah.language', l), lang);
  await page.reload();
  await page.fill('input[name=login]', login);
  await page.fill('input[name=password]', password);
  await page.press('input[name=password]', 'Enter');
  await page.waitForSelector('.topbar');
  const now = await page.evaluate(() => document.documentElement.lang.slice(0, 2));
  if (now !== lang) {
    await page.click('.menu-button');
    await page.click(`.menu button[lang=${lang}]`);
    await page.waitForFunction((l) => document.documentElement.lang.startsWith(l), lang);
    await page.keyboard.press('Escape');
  }
}
