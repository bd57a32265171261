// shots.mjs: screenshots of every desk, and axe-core over each: node tools/shots.mjs URL FOLDER
// [LANGS] [WIDTHS] [NAMES] [LOGIN] [PASSWORD]. Prints what axe finds; exit status 1 when it finds something.
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { open, signIn } from './browser.mjs';

const [base = 'http://localhost:8094/', folder = 'shots', langs = 'en,fa', widths = '1440,1024,360', only = '', login = 'admin', password = 'password'] = process.argv.slice(2);
const axe = await readFile(path.join(path.dirname(fileURLToPath(import.meta.url)), '../node_modules/axe-core/axe.min.js'), 'utf8');
await mkdir(folder, { recursive: true });
let found = 0;

async function check(page, name) {
  // The page's own policy forbids foreign scripts; the debugger is not bound by it.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] }));
  for (const v of violations) {
    found++;
    console.log(`${name}: ${v.id} (${v.impact}) ${v.nodes.length}x ${v.nodes[0].target.join(' ')}\n    ${v.nodes[0].html.slice(0, 160)}`);
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 1) {
    found++;
    console.log(`${name}: the page is ${wide} px too wide`);
  }
}

async function go(page, hash) {
  await page.evaluate((h) => { location.hash = h; }, hash);
  await page.waitForTimeout(350);
}

const firstPerson = (page) => page.evaluate(async () => {
  const session = await (await fetch('/api/v1/session')).json();
  const answer = await fetch('/api/v1/query', {
    method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Panah-CSRF': session.csrf }, body: JSON.stringify({ kind: 'membership', limit: 20 }),
  });
  const { rows } = await answer.json();
  return { person: rows[2].fields.person, group: rows[2].fields.registration_group };
});

async function typed(page, selector, text) {
  await page.click(selector);
  await page.keyboard.type(text, { delay: 45 });
}

/** A family half written, so that the desk can be seen at work. */
async function interview(page) {
  await go(page, '#/registration');
  await typed(page, '#first-search', 'Zzq');
  await page.waitForTimeout(400);
  await page.keyboard.press('Alt+KeyN');
  await page.waitForSelector('.person-form');
  await page.fill('input[name=given_name]', 'Gul Rahman');
  await page.fill('input[name=father_name]', 'Abdul Qadir');
  await page.fill('input[name=given_name_local]', 'گل رحمن');
  await page.fill('input[name=father_name_local]', 'عبدالقادر');
  await page.click('.choice:not(.label-hidden) .choices label:nth-child(2)');
  await page.fill('.date-field input >> nth=0', '1368');
  for (const [name, relationship, age] of [['Shukria', 'WIF', '33'], ['Jawid', 'SON', '3/1392']]) {
    await page.keyboard.press('Alt+KeyN');
    await page.waitForTimeout(120);
    await page.locator('.person-form .combo input').first().fill(relationship);
    await page.keyboard.press('Enter');
    await page.fill('input[name=given_name]', name);
    await page.fill('.date-field input >> nth=0', age);
  }
  await page.waitForTimeout(900);
}

/** Opens what a button opens; the screen that follows closes it first. */
async function press(page, hash, button, n = 0) {
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await go(page, hash);
  await page.locator(button).nth(n).click();
  await page.waitForTimeout(350);
}

const CSV = 'Household,Given Name,Father Name,Sex,Date of Birth,Mobile,Shoe size\nh1,Sabir,Nazim,M,1979,,42\nh1,Laila,Nazim,F,31/02/1983,,38\nh2,Jamil,Qadir,Q,1990,,41\n';

const SCREENS = {
  home: (page) => go(page, '#/home'),
  start: async (page) => {
    await go(page, '#/registration');
    await page.fill('#first-search', 'ahm');
    await page.waitForTimeout(500);
  },
  interview,
  interview_first: async (page) => {
    await page.click('.family-grid tbody tr:first-child');
    await page.waitForTimeout(200);
  },
  search: async (page) => {
    await go(page, '#/search');
    await page.fill('#search-desk', 'kar');
    await page.waitForTimeout(500);
  },
  person: async (page, ids) => go(page, `#/person/${ids.person}`),
  person_family: async (page, ids) => go(page, `#/person/${ids.person}/family`),
  person_documents: async (page, ids) => go(page, `#/person/${ids.person}/documents`),
  person_needs: async (page, ids) => go(page, `#/person/${ids.person}/needs`),
  person_history: async (page, ids) => go(page, `#/person/${ids.person}/history`),
  correct: async (page, ids) => {
    await go(page, `#/person/${ids.person}`);
    await page.click('.subject-head .button-main');
    await page.waitForTimeout(200);
  },
  group: async (page, ids) => {
    await page.keyboard.press('Escape');
    await go(page, `#/group/${ids.group}`);
  },
  slip: async (page, ids) => go(page, `#/slip/${ids.group}`),
  group_add: (page, ids) => press(page, `#/group/${ids.group}`, '.subject-head button', 1),
  group_focal: async (page, ids) => {
    await press(page, `#/group/${ids.group}`, '.subject-head button', 2);
    await page.locator('dialog select').first().selectOption({ index: 1 });
    await page.waitForTimeout(200);
  },
  group_void: (page, ids) => press(page, `#/group/${ids.group}`, '.subject-head button', 3),
  group_move: async (page, ids) => {
    await page.keyboard.press('Escape');
    await go(page, `#/group/${ids.group}`);
    await page.locator('.table input[type=checkbox]').nth(1).check();
    await page.locator('.panel-head button').first().click();
    await page.locator('dialog .search-box input').fill('ahm');
    await page.waitForTimeout(500);
  },
  group_split: async (page, ids) => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.locator('.table input[type=checkbox]').nth(2).check();
    await page.locator('.panel-head button').nth(1).click();
    await page.waitForTimeout(300);
  },
  group_history: async (page, ids) => {
    await page.keyboard.press('Escape');
    await go(page, `#/group/${ids.group}/history`);
  },
  undo: (page, ids) => press(page, `#/person/${ids.person}/history`, '.entry .button-small'),
  document_add: (page, ids) => press(page, `#/person/${ids.person}/documents`, '.panel-head .button-small'),
  photo: async (page, ids) => {
    await press(page, `#/person/${ids.person}`, '.pictures + button');
    await page.locator('dialog .photo-sources button').click();
    await page.waitForTimeout(700);
    await page.locator('.dialog-foot .button').nth(1).click();
    await page.waitForTimeout(400);
  },
  hand_over: async (page) => {
    await page.keyboard.press('Escape');
    await go(page, '#/registration');
    await page.keyboard.press('Escape');
    await page.locator('.drafts li .icon-button').first().click();
    await page.waitForTimeout(350);
  },
  list_columns: (page) => press(page, '#/lists', '.page-head button'),
  list_save: (page) => press(page, '#/lists', '.page-head button', 1),
  list_filter: async (page) => {
    await press(page, '#/lists', '.filters .button-small');
    await page.locator('dialog select').first().selectOption('sex');
    await page.waitForTimeout(200);
  },
  list_empty: async (page) => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.locator('.expression input').fill("given_name = 'Nobody'");
    await page.keyboard.press('Enter');
    await page.waitForTimeout(400);
  },
  list_wrong: async (page) => {
    await page.locator('.expression input').fill('nose > 3');
    await page.keyboard.press('Enter');
    await page.waitForTimeout(400);
  },
  lists: async (page) => {
    await page.locator('.expression input').fill('').catch(() => undefined);
    await page.keyboard.press('Enter');
    await go(page, '#/lists');
  },
  import: (page) => go(page, '#/import'),
  import_errors: async (page) => {
    await page.locator('.page-head button').first().click();
    await page.setInputFiles('.staging input[type=file]', { name: 'partner.csv', mimeType: 'text/csv', buffer: Buffer.from(CSV) });
    await page.waitForSelector('.staging .table-sticky');
  },
  users: (page) => go(page, '#/users'),
  user: (page) => press(page, '#/users', '.row-open', 1),
  user_new: (page) => press(page, '#/users', '.page-head button'),
  role: (page) => press(page, '#/users/roles', '.matrix thead button', 2),
  offices: (page) => go(page, '#/users/offices'),
  office: (page) => press(page, '#/users/offices', '.row-open', 1),
  roles: async (page) => {
    await page.keyboard.press('Escape');
    await go(page, '#/users/roles');
  },
  jobs: (page) => go(page, '#/jobs'),
  health: (page) => go(page, '#/health'),
  locked: async (page) => {
    await page.keyboard.press('Alt+KeyL');
    await page.waitForTimeout(250);
  },
};

for (const lang of langs.split(',')) {
  for (const width of widths.split(',').map(Number)) {
    const { page, close } = await open(width, width < 500 ? 760 : 900);
    page.on('console', (m) => { if (m.type() === 'error') console.log(`${lang} ${width} console: ${m.text()}`); });
    page.on('pageerror', (e) => { found++; console.log(`${lang} ${width} error: ${e.message}`); });
    await page.goto(base);
    await page.evaluate((l) => localStorage.setItem('panah.language', l), lang);
    await page.reload();
    await page.waitForSelector('input[name=login]');
    await page.screenshot({ path: `${folder}/${lang}-${width}-signin.png` });
    await check(page, `${lang} ${width} signin`);
    await signIn(page, base, { lang, login, password });
    const ids = await firstPerson(page);
    for (const [name, run] of Object.entries(SCREENS)) {
      if (only !== '' && !only.split(',').includes(name)) continue;
      try {
        await run(page, ids);
        await page.screenshot({ path: `${folder}/${lang}-${width}-${name}.png`, fullPage: width < 1100 && name !== 'lists' && name !== 'locked' });
        await check(page, `${lang} ${width} ${name}`);
      } catch (error) {
        found++;
        console.log(`${lang} ${width} ${name}: ${error.message.split('\n')[0]}`);
      }
    }
    await close();
  }
}
process.exit(found === 0 ? 0 : 1);
