// walk.mjs: a clerk's day by keyboard alone, as TAP:
// node tools/walk.mjs [URL] [LOGIN] [PASSWORD] [LANG] [GIVEN-NAME] [FATHER-NAME] [FAMILY-NAME].
// On a register where such a family is already known the desk rightly asks: give other names.
import { open, signIn } from './browser.mjs';

const [base = 'http://localhost:8094/', login = 'admin', password = 'password', lang = 'en', given = 'Gulzar', father = 'Rahmat', own = ''] = process.argv.slice(2);
const { page, close } = await open(1440, 900);
page.setDefaultTimeout(10000);
const errors = [];
page.on('pageerror', (e) => errors.push(e.message));
let n = 0;
let failed = 0;

async function step(name, run) {
  n++;
  try {
    await run();
    console.log(`ok ${n} - ${name}`);
  } catch (error) {
    failed++;
    console.log(`not ok ${n} - ${name}\n  ${String(error.message).split('\n').slice(0, 3).join('\n  ')}`);
    await page.screenshot({ path: `/tmp/walk-${n}.png` });
  }
}
const type = (text) => page.keyboard.type(text, { delay: 40 });
const press = (key) => page.keyboard.press(key);
const expect = (condition, text) => {
  if (!condition) throw new Error(text);
};
const focused = () => page.evaluate(() => document.activeElement?.getAttribute('name') ?? document.activeElement?.id ?? '');
// Of letters only: the register takes a word with digits for a number.
const family = own || `Zz${[...String(Date.now() % 1000000)].map((d) => 'abdefghkmn'[Number(d)]).join('')}`;
const now = Date.now();

await step('sign in', () => signIn(page, base, { login, password, lang }));
await step('a search comes before a new family', async () => {
  await page.evaluate(() => { location.hash = '#/registration'; });
  await page.waitForSelector('#first-search');
  await press('Alt+KeyN');
  expect((await page.$('.person-form')) === null, 'a family began without a search');
  await type(family);
  await page.waitForSelector('.search-list .empty');
  await press('Enter');
  expect((await focused()) === 'new-family', `Enter went to ${await focused()}`);
  expect((await page.$('.person-form')) === null, 'the Enter of the search began a family');
  await press('Alt+KeyN');
  await page.waitForSelector('.person-form');
});
await step('what is missing is said where it is missing, until it is answered', async () => {
  const wrong = () => page.locator('.person-form .field-error').count();
  await press('Alt+KeyS');
  await page.waitForSelector('.summary .notice-danger');
  expect((await wrong()) === 3, `${await wrong()} fields are wrong`);
  expect((await focused()).startsWith('given_name'), `focus is on ${await focused()}`);
  await type('x');
  await page.waitForFunction(() => document.querySelectorAll('.person-form .field-error').length === 2);
  await page.focus('.choices input');
  await type('m');
  await page.focus('.date-field input');
  await type('40');
  await page.waitForSelector('.summary .notice-ok');
  expect((await wrong()) === 0, 'something is still said to be wrong');
  for (const field of ['.date-field input', '.names input']) {
    await page.focus(field);
    await press('Control+A');
    await press('Delete');
  }
});
await step('the first person, field by field with Enter', async () => {
  expect((await focused()).startsWith('given_name'), `focus is on ${await focused()}`);
  for (const name of [given, father, 'Nazar', family]) {
    await type(name);
    await press('Enter');
  }
  // In right-to-left languages the original script comes first and took the first name typed.
  await page.fill('input[name=given_name]', given);
  await page.fill('input[name=given_name_local]', 'گلزار');
  await page.focus('.choices input');
  await type('m');
  await press('Enter');
  await type('12/03/1368');
  const day = () => page.locator('.date-field .understood-own').first().innerText();
  const first = await day();
  await press('ArrowDown');
  expect((await day()) !== first, 'the other order of day and month cannot be chosen');
  await page.fill('.date-field input', '1368');
  await page.waitForSelector('.understood');
});
await step('a telephone is added and taken away, and the focus goes along', async () => {
  const add = page.locator('.row-add').first();
  await add.focus();
  await press('Enter');
  await page.waitForFunction(() => document.activeElement?.closest('.row-line') !== null);
  await page.locator('.line-remove').first().focus();
  await press('Enter');
  await page.waitForFunction(() => document.activeElement?.classList.contains('row-add'));
});
// A reader types a key every few milliseconds. A machine busy with other work may pass the keys on more
// slowly than any reader would; such a burst proves nothing and is typed again.
async function typeLikeAReader(text) {
  await page.evaluate(() => {
    window.keyTimes = [];
    window.addEventListener('keydown', (e) => window.keyTimes.push(e.timeStamp), { capture: true });
  });
  await page.keyboard.type(text, { delay: 1 });
  await press('Enter');
  const gaps = await page.evaluate((n) => window.keyTimes.slice(-n).map((at, i, all) => (i ? at - all[i - 1] : 0)), text.length + 1);
  return Math.max(...gaps) <= 25;
}
await step('a barcode reader does no harm', async () => {
  const rows = page.locator('.family-grid tbody tr');
  const before = await rows.count();
  let fast = false;
  for (let tries = 0; tries < 20 && !fast; tries++) {
    await page.focus('.grid-add');
    fast = await typeLikeAReader('PSH-26-004562-5');
    if (!fast && (await rows.count()) > before) await page.locator('.row-actions button').last().click();
  }
  expect(fast, 'this machine is too slow to type like a reader');
  expect((await rows.count()) === before, 'a row was added');
});
await step('it saves itself', async () => {
  await page.waitForSelector('.saved-saved', { timeout: 3000 });
});
await step('wife and child, relationship first', async () => {
  for (const [relationship, name, birth] of [['WIF', 'Nazia', '31'], ['SON', 'Wali', '8']]) {
    const rows = await page.locator('.family-grid tbody tr').count();
    await press('Alt+KeyN');
    // A busy machine draws late; letters typed before would go to the person before.
    await page.waitForFunction((n) => document.querySelectorAll('.family-grid tbody tr').length === n + 1 &&
      document.querySelector('.family-grid tbody tr:last-child').classList.contains('selected') &&
      document.activeElement === document.querySelector('.person-form .combo input'), rows);
    await type(relationship);
    await press('Enter');
    await page.waitForFunction(() => /^given_name/.test(document.activeElement?.getAttribute('name') ?? ''));
    await type(name);
    await page.focus('.date-field input');
    await type(birth);
  }
  const sex = await page.locator('.family-grid tbody tr:nth-child(2) td:nth-child(3)').innerText();
  expect(sex.trim() !== '', 'the relationship did not set the sex');
});
await step('another focal point, and back: the focus stays', async () => {
  const star = page.locator('.row-actions button').nth(2);
  await star.focus();
  const still = () => page.evaluate(() => document.activeElement === document.querySelectorAll('.row-actions button')[2]);
  await press('Enter');
  await page.waitForSelector('.family-grid tr:nth-child(3) .focal');
  expect(await still(), 'it was lost by the change');
  await page.locator('.toast .link').last().focus();
  await press('Enter');
  await page.waitForSelector('.family-grid tr:nth-child(1) .focal');
  await page.waitForFunction(() => document.activeElement === document.querySelectorAll('.row-actions button')[2]);
});
await step('a row begun by mistake goes and comes back', async () => {
  await page.locator('.row-actions button').last().click();
  await page.waitForFunction(() => document.querySelectorAll('.family-grid tbody tr').length === 2);
  await page.locator('.toast .link').last().click();
  await page.waitForFunction(() => document.querySelectorAll('.family-grid tbody tr').length === 3);
});
await step('a reload at once offers the interview again, with all that was typed', async () => {
  const names = () => page.locator('.family-grid .col-name').allInnerTexts();
  const before = await names();
  await page.reload();
  await page.waitForSelector('.drafts .draft-open');
  // What the page sent as it went away may still be on its way on a busy machine.
  await page.waitForFunction(async (name) => {
    const { csrf } = await (await fetch('/api/v1/session')).json();
    const ask = async (op, input) => (await (await fetch(`/api/v1/op/${op}`, {
      method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Panah-CSRF': csrf }, body: JSON.stringify(input),
    })).json()).result;
    const { rows } = await ask('draft.list', { whose: 'mine' });
    return JSON.stringify((await ask('draft.get', { id: rows[0].id })).data.members[2] ?? '').includes(name);
  }, 'Wali');
  await page.locator('.drafts .draft-open').first().click();
  await page.waitForSelector('.person-form');
  expect(before.length === 3 && before.every((x) => x.trim() !== '') && String(await names()) === String(before), `${before} became ${await names()}`);
});
await step('saving gives a number, and a key held down or pressed twice registers once', async () => {
  const sent = [];
  const hear = (request) => {
    if (/\/op\/group\.register\b/.test(request.url())) sent.push(request.url());
  };
  page.on('request', hear);
  // Down without up is what a browser hears of a key that is held.
  await page.keyboard.down('Alt');
  for (const key of ['down', 'down', 'down', 'up', 'down', 'up']) await page.keyboard[key]('KeyS');
  await page.keyboard.up('Alt');
  await page.waitForSelector('.done-number', { timeout: 8000 });
  await page.waitForTimeout(300);
  page.off('request', hear);
  expect(sent.length === 1, `${sent.length} registrations were sent`);
});
const number = (await page.locator('.done-number').innerText().catch(() => '')).trim();
await step('the slip has the number, the names and the QR code', async () => {
  await press('Alt+KeyI');
  await page.waitForSelector('.slip-number');
  expect((await page.locator('.slip-number').innerText()).includes(number), 'another number');
  await page.waitForFunction(() => document.querySelector('.slip-qr')?.complete && document.querySelector('.slip-qr').naturalWidth > 0);
});
await step('the slip is one sheet of A6 with all of the family', async () => {
  const points = (mm) => (mm / 25.4) * 72;
  const cut = await page.evaluate(() => {
    const slip = document.querySelector('.slip');
    return slip.scrollHeight > slip.clientHeight || slip.scrollWidth > slip.clientWidth;
  });
  expect(!cut, 'something is cut off');
  const people = await page.locator('.slip-people li').allInnerTexts();
  expect(people.length === 3, `${people.length} people: ${people.join(' | ').replace(/\n/g, ' ')}`);
  const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1');
  const sheets = pdf.match(/\/Type\s*\/Page\b/g) ?? [];
  expect(sheets.length === 1, `${sheets.length} sheets`);
  const [width, height] = (/\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf) ?? []).slice(1).map(Number);
  expect(Math.abs(width - points(105)) < 1.5 && Math.abs(height - points(148)) < 1.5, `a sheet of ${width} by ${height} points`);
});
await step('found again by / and half a name', async () => {
  await press('Slash');
  // The last word is still being typed; those before it are whole.
  await type(`${given.toLowerCase()} ${family.slice(0, 5)}`);
  await page.waitForSelector('.search-all .lines li');
  await press('ArrowDown');
  await press('Enter');
  await page.waitForSelector('.subject-head');
});
await step('a birth is corrected within the quarter of an hour without a reason', async () => {
  await page.locator('.subject-head .button-main').click();
  await page.waitForSelector('.dialog');
  const field = page.locator('.dialog .date-field input').first();
  await field.fill('1366');
  await page.locator('.dialog-foot .button-main').click();
  await page.waitForSelector('.dialog', { state: 'detached', timeout: 4000 });
});
await step('the history says who, and undoes', async () => {
  await page.locator('.tabs a').last().click();
  await page.waitForSelector('.entry');
  expect((await page.locator('.entry').count()) >= 2, 'entries are missing');
  const changed = (await page.locator('.entry').first().locator('del, ins').allInnerTexts()).slice(0, 2).map((x) => x.replace(/[\u2066-\u2069]/g, '').trim());
  expect(changed.every((x) => /^\p{Nd}{4}$/u.test(x)), `of a birth only the year is known; the history says ${changed.join(' and ')}`);
  await page.locator('.entry').first().locator('.button-small').click();
  await page.locator('.dialog .choices label').first().click();
  await page.locator('.dialog-foot .button').first().click();
  await page.waitForSelector('.dialog', { state: 'detached', timeout: 4000 });
});
await step('somebody known is said beneath the names, and nothing moves', async () => {
  await page.evaluate(() => { location.hash = '#/registration'; });
  await page.waitForSelector('#first-search');
  await type('qqxxz');
  await page.waitForSelector('.search-list .empty');
  await press('Alt+KeyN');
  await page.waitForSelector('.person-form');
  await page.fill('input[name=given_name]', given);
  await page.fill('input[name=father_name]', father);
  expect((await page.$('.likely-found')) === null, 'a name alone is somebody');
  await page.focus('.choices input');
  await type('m');
  await page.focus('.date-field input');
  await type('1368');
  const place = () => page.evaluate(() => {
    const box = document.activeElement.getBoundingClientRect();
    return `${box.x} ${box.y}`;
  });
  // The date says at once what it understood; whoever is found comes later.
  const before = await place();
  await page.waitForSelector('.likely-found');
  expect((await page.locator('.likely-found').innerText()).includes(given), 'somebody else is said');
  expect((await place()) === before, 'the field moved under the hands');
  expect(await page.evaluate(() => document.activeElement.closest('.date-field') !== null), 'the focus was taken');
  await press('Alt+KeyK');
  await page.waitForSelector('.matches li');
  await press('Escape');
  await page.waitForSelector('.matches', { state: 'detached' });
  await page.waitForFunction(() => document.activeElement.closest('.date-field') !== null);
  await page.fill('input[name=father_name]', 'Qqxxz');
  await page.waitForSelector('.likely-found', { state: 'detached' });
  await page.fill('input[name=father_name]', father);
  await page.waitForSelector('.likely-found');
});
await step('the same family again is asked about on saving', async () => {
  await page.waitForTimeout(300);
  await press('Alt+KeyS');
  await page.waitForSelector('.matches li', { timeout: 5000 });
  await page.locator('.match-answers .button').nth(1).click();
  await page.locator('.dialog-foot .button-main').click();
  await page.waitForSelector('.done-number', { timeout: 5000 });
});
await step('lock keeps the page', async () => {
  const before = await page.evaluate(() => location.hash);
  await press('Alt+KeyL');
  await page.waitForSelector('.door');
  await type(password);
  await press('Enter');
  await page.waitForSelector('.door', { state: 'detached' });
  expect((await page.evaluate(() => location.hash)) === before, 'another page');
  expect((await page.$('.done-number')) !== null, 'the page is gone');
});
await step('no error was thrown', () => expect(errors.length === 0, errors.join('\n')));
console.log(`1..${n}\n# ${Date.now() - now} ms`);
await close();
process.exit(failed === 0 ? 0 : 1);
