// interview.mjs: interviews that wait and change hands, and the keys of the registration desk on the
// keyboards of the field.
import { Walker, expect, plain } from './walk.mjs';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const qwerty = new Map([...LETTERS].map((c) => [c, `Key${c.toUpperCase()}`]));

/**
 * What each physical key gives on a layout, as browsers tell it. AZERTY (France): A↔Q, Z↔W, M where the
 * semicolon is; Alt and a letter is that letter. Persian (ISIRI 9147), whose letters are other ones.
 */
const AZERTY = { KeyQ: 'a', KeyW: 'z', KeyA: 'q', KeyZ: 'w', Semicolon: 'm', KeyM: ',', Comma: ';', Slash: '!', Period: ':' };
const PERSIAN = {
  KeyQ: 'ض', KeyW: 'ص', KeyE: 'ث', KeyR: 'ق', KeyT: 'ف', KeyY: 'غ', KeyU: 'ع', KeyI: 'ه', KeyO: 'خ', KeyP: 'ح', Semicolon: 'ک', Quote: 'گ',
  KeyA: 'ش', KeyS: 'س', KeyD: 'ی', KeyF: 'ب', KeyG: 'ل', KeyH: 'ا', KeyJ: 'ت', KeyK: 'ن', KeyL: 'م',
  KeyZ: 'ظ', KeyX: 'ط', KeyC: 'ز', KeyV: 'ر', KeyB: 'ذ', KeyN: 'د', KeyM: 'ئ', Comma: 'و', Period: '.', Slash: '/',
};
const LAYOUTS = {
  azerty: (code) => AZERTY[code] ?? [...qwerty].find(([, c]) => c === code)?.[0] ?? '',
  persian: (code) => PERSIAN[code] ?? '',
};

/** Presses physical keys as the browser hears them with a layout: code is the place, key the character. */
export class Keyboard {
  constructor(cdp, layout) {
    this.cdp = cdp;
    this.keyOf = LAYOUTS[layout];
    this.codes = new Map([...LETTERS, ...Object.values(PERSIAN)].map((c) => [c, [...qwerty.values(), 'Semicolon', 'Quote', 'Comma', 'Period', 'Slash'].find((code) => this.keyOf(code) === c)]));
  }

  async press(code, { alt = false, key = this.keyOf(code) } = {}) {
    const modifiers = alt ? 1 : 0;
    const text = alt || key.length > 1 ? (key === 'Enter' ? '\r' : '') : key;
    const common = { modifiers, code, key, windowsVirtualKeyCode: key.length === 1 ? key.toUpperCase().charCodeAt(0) : { Enter: 13, Escape: 27 }[key] ?? 0 };
    await this.cdp.send('Input.dispatchKeyEvent', { type: text === '' ? 'rawKeyDown' : 'keyDown', ...common, ...(text === '' ? {} : { text }) });
    await this.cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', ...common });
  }

  /** A word, letter by letter, where the layout has it. */
  async type(word) {
    for (const letter of word) {
      const code = this.codes.get(letter);
      expect(code !== undefined, `the layout has no ${letter}`);
      await this.press(code);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }
}

/** `name` is of this walk alone. */
export async function draftsWalk({ url, lang, password, told, op, names: [name] }) {
  const w = await Walker.start({ url, login: 'psh-1', password, lang, told });
  const other = await Walker.start({ url, login: 'psh-2', password, lang, told });
  const { page, t } = w;
  const begin = async (given) => {
    await w.go('#/registration', '#first-search');
    await page.locator('#first-search').pressSequentially('qqzzx', { delay: 30 });
    await page.waitForSelector('.search-list .empty');
    await page.keyboard.press('Alt+KeyN');
    await page.waitForSelector('.person-form');
    await page.fill('input[name=given_name]', given);
    await page.fill('input[name=father_name]', `Khan${name}`);
    await page.locator('.saved-saved').waitFor();
  };
  const waiting = (who, title) => who.page.locator('.drafts li', { hasText: title });
  const again = async (who) => {
    await who.go('#/home', '.figures');
    await who.go('#/registration', '#first-search');
    await who.page.locator('aside h3, aside .empty').first().waitFor();
  };
  const one = `Park${name}`;
  const two = `Open${name}`;

  await w.step('an interview is parked, and waits among mine', async () => {
    await begin(one);
    await page.keyboard.press('Alt+KeyP');
    await page.waitForSelector('#first-search');
    await w.said('registration.parked_now');
    await waiting(w, one).waitFor();
    expect(plain(await waiting(w, one).innerText()).includes(t('registration.parked')), await waiting(w, one).innerText());
    await again(w);
    await waiting(w, one).waitFor();
  });
  await w.step('one that is only put away is mine alone', async () => {
    await begin(two);
    await page.keyboard.press('Escape');
    await waiting(w, two).waitFor();
  });
  await other.step("the colleague sees what is parked at the desk, with its owner, and not what is open", async () => {
    await again(other);
    await waiting(other, one).waitFor();
    const text = plain(await waiting(other, one).innerText());
    expect(/Zarmina/.test(text), `whose is it? ${text}`);
    expect((await waiting(other, two).count()) === 0, 'an open interview of another is shown');
  });
  await w.step('it is handed over to the colleague', async () => {
    await again(w);
    await waiting(w, two).getByRole('button', { name: t('registration.hand_over') }).click();
    await w.dialog().locator('select').selectOption({ label: 'Imran Afridi' });
    await w.run().click();
    await w.closed();
    await w.said('registration.handed_over');
    await waiting(w, two).waitFor({ state: 'detached' });
  });
  await other.step('who finds it among theirs, goes on with it and registers the family', async () => {
    await again(other);
    await waiting(other, two).locator('.draft-open').click();
    await other.page.waitForSelector('.person-form');
    expect((await other.page.inputValue('input[name=father_name]')) === `Khan${name}`, 'the name is not there');
    await other.page.locator('.choice:not(.label-hidden) .choices label').first().click();
    await other.page.locator('.date-field input').first().fill('1370');
    await other.page.keyboard.press('Alt+KeyS');
    await other.page.waitForSelector('.done-number');
    const number = (await other.page.locator('.done-number').innerText()).trim();
    const rows = op('person.search', { q: number }, 'psh-1').rows;
    expect(rows.some((r) => r.group_number === number), 'not in the register');
  });
  await other.step('a parked one of a colleague is taken up; then it is theirs no longer', async () => {
    await again(other);
    await waiting(other, one).locator('.draft-open').click();
    await other.page.waitForSelector('.person-form');
    expect((await other.page.inputValue('input[name=given_name]')) === one, 'the name is not there');
    await other.page.locator('.saved-saved').waitFor();
    await again(w);
    expect((await waiting(w, one).count()) === 0, 'it still waits among mine');
  });
  await other.step('a draft is thrown away only after a question', async () => {
    await other.page.keyboard.press('Escape');
    await again(other);
    const asked = [];
    const answer = (dialog) => {
      asked.push(dialog.message());
      return asked.length === 1 ? dialog.dismiss() : dialog.accept();
    };
    other.page.on('dialog', answer);
    const bin = waiting(other, one).getByRole('button', { name: t('registration.discard') });
    await bin.click();
    await other.page.waitForTimeout(200);
    expect((await waiting(other, one).count()) === 1, 'it went without a yes');
    await bin.click();
    await waiting(other, one).waitFor({ state: 'detached' });
    other.page.off('dialog', answer);
    expect(asked[0] === t('registration.discard.ask'), asked[0]);
  });
  await other.close();
  await w.end();
}

/** A family by physical keys alone, on a layout. `given` and `family` are words the layout can write. */
export async function keysWalk({ url, lang, password, told, layout, given, family, sex }) {
  const w = await Walker.start({ url, login: 'psh-2', password, lang, told });
  const { page } = w;
  const keys = new Keyboard(await w.context.newCDPSession(page), layout);
  const alt = (code) => keys.press(code, { alt: true });
  const enter = () => keys.press('Enter', { key: 'Enter' });

  await w.step(`${layout}: search, then Alt and the key where N is begins a family`, async () => {
    await w.go('#/registration', '#first-search');
    await keys.type(family);
    await page.waitForSelector('.search-list .empty');
    await alt('KeyN');
    await page.waitForSelector('.person-form');
  });
  await w.step(`${layout}: letters go into the fields, Enter to the next`, async () => {
    const first = await page.evaluate(() => document.activeElement.name);
    await keys.type(given);
    expect((await page.evaluate(() => document.activeElement.value)) === given, await page.evaluate(() => document.activeElement.value));
    await enter();
    const second = await page.evaluate(() => document.activeElement.name);
    expect(first !== second && second !== '', `from ${first} to ${second}`);
    await keys.type(family);
  });
  await w.step(`${layout}: a choice by its letter, a date, the next person, the one before`, async () => {
    const choices = page.locator('.choice:not(.label-hidden) .choices').first();
    await choices.locator('input').first().focus();
    await keys.type(sex);
    await choices.locator('label.chosen').waitFor();
    await page.locator('.date-field input').first().fill('1375');
    await alt('KeyN');
    await page.waitForFunction(() => document.querySelectorAll('.family-grid tbody tr').length === 2);
    await keys.press('ArrowUp', { alt: true, key: 'ArrowUp' });
    await page.waitForFunction((n) => [...document.querySelectorAll('.person-form input')].some((i) => i.value === n), given);
  });
  await w.step(`${layout}: other letters with Alt do nothing`, async () => {
    for (const code of ['KeyQ', 'KeyW', 'KeyA', 'KeyZ', 'KeyB']) await alt(code);
    expect((await page.$('.person-form')) !== null && (await page.$('dialog[open]')) === null, 'something happened');
  });
  await w.step(`${layout}: parked with the key where P is, taken up again, saved with the one where S is`, async () => {
    await alt('KeyP');
    await page.waitForSelector('#first-search');
    await page.locator('.drafts .draft-open', { hasText: given }).first().click();
    await page.waitForSelector('.person-form');
    await alt('KeyS');
    await page.waitForSelector('.done-number');
  });
  await w.step(`${layout}: the slip, the search of everything, the lock`, async () => {
    await alt('KeyI');
    await page.waitForSelector('.slip-number');
    await keys.press(layout === 'azerty' ? 'Period' : 'Slash', layout === 'azerty' ? { key: '/' } : {});
    await page.waitForFunction(() => document.activeElement?.closest('.search-all') !== null);
    await keys.type(family.slice(0, 3));
    await page.waitForSelector('.search-all .lines li');
    await keys.press('Escape', { key: 'Escape' });
    await keys.press('Escape', { key: 'Escape' });
    await alt('KeyL');
    await page.waitForSelector('.door');
  });
  await w.end();
}
