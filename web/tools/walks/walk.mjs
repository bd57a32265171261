// walk.mjs: what every walk needs: a browser with somebody signed in, steps that are told to TAP, the
// words of the screen in the walk's language.
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { open, signIn } from '../browser.mjs';

const LANG = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../lang');
const TIMEOUT_MS = 10000;

export const expect = (condition, text) => {
  if (!condition) throw new Error(text);
};

/** Without the marks that keep names and numbers of one direction in a line of the other. */
export const plain = (text) => text.replace(/[\u2066-\u2069]/g, '');

/** Texts of the screen by key, with {arguments}. */
export async function words(lang) {
  const all = JSON.parse(await readFile(path.join(LANG, lang, 'web.json'), 'utf8'));
  return (key, args = {}) => {
    expect(key in all, `no text ${key} in ${lang}`);
    return all[key].replace(/\{(\w+)\}/g, (_, name) => args[name] ?? '');
  };
}

/** Somebody at a screen. `told` is ok(good, what, why). */
export class Walker {
  static async start({ url, login, password, lang, told, width = 1440, height = 900 }) {
    const w = new Walker();
    Object.assign(w, { url, lang, told, errors: [], t: await words(lang) });
    const { page, context, close } = await open(width, height, { acceptDownloads: true });
    Object.assign(w, { page, context, close });
    page.setDefaultTimeout(TIMEOUT_MS);
    page.on('pageerror', (e) => w.errors.push(e.message));
    await signIn(page, url, { login, password, lang });
    w.meta = await page.evaluate(async () => (await fetch('/api/v1/meta')).json());
    return w;
  }

  async step(name, run) {
    try {
      await run();
      this.told(true, `${this.lang}: ${name}`);
    } catch (error) {
      const shots = process.env.PANAH_WALK_SHOTS;
      if (shots) {
        await mkdir(shots, { recursive: true });
        await this.page.screenshot({ path: `${shots}/${this.lang}-${name.replace(/\W+/g, '-')}.png` });
      }
      this.told(false, `${this.lang}: ${name}`, String(error.stack).split('\n').slice(0, 12).join('\n'));
      // What is left open would stand in the way of the steps that follow.
      for (let i = 0; i < 3 && (await this.page.$('dialog[open]')) !== null; i++) await this.page.keyboard.press('Escape');
    }
  }

  async end() {
    this.told(this.errors.length === 0, `${this.lang}: no error was thrown`, this.errors.join('\n'));
    await this.close();
  }

  label(kind, field) {
    return this.meta.kinds.find((k) => k.name === kind).fields.find((f) => f.name === field).label;
  }

  code(list, code) {
    return this.meta.codes[list].find((c) => c.code === code).label;
  }

  async go(hash, selector) {
    await this.page.evaluate((h) => {
      if (location.hash === h) dispatchEvent(new HashChangeEvent('hashchange'));
      location.hash = h;
    }, hash);
    if (selector) await this.page.waitForSelector(selector);
  }

  button(key, args) {
    return this.page.getByRole('button', { name: this.t(key, args) });
  }

  dialog() {
    return this.page.locator('dialog[open]');
  }

  /** The button at the foot of the dialog that does it. */
  run() {
    return this.dialog().locator('.dialog-foot .button').first();
  }

  closed() {
    return this.page.waitForSelector('dialog[open]', { state: 'detached' });
  }

  said(key, args) {
    return this.page.locator('.toast', { hasText: this.t(key, args) }).last().waitFor();
  }

  async reason(list, code) {
    await this.dialog().locator('.reason label', { hasText: this.code(list, code) }).first().click();
  }

  /** Types into a code field until its choice is there, and takes it. */
  async choose(field, text) {
    const input = field.locator('input').first();
    await input.fill(text);
    await this.page.keyboard.press('Enter');
  }
}
