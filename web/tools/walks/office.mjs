// office.mjs: the work behind the desk: a list brought in and taken back, lists with filters, views and
// export, accounts and roles, jobs, health.
import { readFile } from 'node:fs/promises';
import { open } from '../browser.mjs';
import { Walker, expect, plain } from './walk.mjs';

const csv = (tag) => [
  'Household,Given Name,Father Name,Sex,Date of Birth,Relationship,Mobile,Village,Shoe size',
  `h1,Sabir${tag},Nazim${tag},M,1979,Focal point,,Torkham,42`,
  `h1,Laila${tag},Nazim${tag},F,1983,Wife,,Torkham,38`,
  `h2,Jamil${tag},Qadir${tag},M,1990,Focal point,,Torkham,41`,
  `h3,Rahila${tag},Basir${tag},F,1995,Focal point,,Torkham,37`,
  `h4,Nobody${tag},Basir${tag},M,31/02/1980,Focal point,,Torkham,40`,
  `h5,Wrongsex${tag},Basir${tag},Q,1981,Focal point,,Torkham,40`,
  `h6,,,M,1982,Focal point,,Torkham,40`,
].join('\n');

/** The same people by their numbers, as a partner sends them again. */
const numbered = (tag, rows) => ['ID,Given Name,Father Name,Sex,Date of Birth,Mobile', ...rows.map((r) => r.join(',').replaceAll('*', tag))].join('\n');
const FIRST = [['*11', 'Naseem*', 'Akbar*', 'M', '1980-02-03', '+93701234567'], ['*12', 'Shirin*', 'Akbar*', 'F', '1984-05-06', '+93701234568'], ['*13', 'Hamida*', 'Yusuf*', 'F', '1990-07-08', '']];
const AGAIN = [['*11', 'Naseem*', 'Akbar*', 'M', '1981-02-03', '+93701234599'], ['*12', 'Shireen*', 'Akbar*', 'F', '1984-05-06', '+93701234568'], ['*13', 'Hamida*', 'Yusof*', 'F', '1990-07-08', '']];

/** `names` are of this walk alone: [tag of the list, login of the new account]. */
export async function officeWalk({ url, lang, password, told, op, people, names: [tag, login] }) {
  const w = await Walker.start({ url, login: 'admin', password, lang, told });
  const { page, t } = w;
  await importWalk(w, tag, op);
  await correctionsWalk(w, tag, op);
  await listsWalk(w, op, people);
  await usersWalk(w, login, url);
  await officesWalk(w, op);

  await w.step('jobs that were done are listed, with their names', async () => {
    await w.go('#/jobs', '.jobs li');
    const text = await page.locator('.jobs').innerText();
    expect(text.includes(t('job.done')) && !/import\.|undefined|NaN/.test(text), text);
  });
  await w.step('health says that all is well, in words', async () => {
    await w.go('#/health', '.page .notice');
    await page.getByText(t('health.ok')).waitFor();
    const facts = await page.locator('.facts').first().innerText();
    expect(!/[{}]|undefined|NaN|\bnull\b|_/.test(facts), facts);
    expect((await page.locator('.table tbody tr').count()) > 5, 'no counters');
  });
  await w.end();
}

async function importWalk(w, tag, op) {
  const { page, t } = w;
  const found = (name) => op('person.search', { q: `${name}${tag}` }, 'admin').rows.filter((r) => !r.void);
  const batch = page.locator('.batch').first();

  await w.step('a list is checked: every fault has its line, its value and what to do', async () => {
    await w.go('#/import', '.page-head');
    await page.locator('.page-head').getByRole('button', { name: t('import.new') }).click();
    await page.setInputFiles('.staging input[type=file]', { name: `partner-${tag}.csv`, mimeType: 'text/csv', buffer: Buffer.from(csv(tag)) });
    const errors = page.locator('.staging .table-sticky').first();
    await errors.waitFor();
    const rows = (await errors.locator('tbody tr').allInnerTexts()).map(plain);
    expect(rows.length >= 3, rows.join(' / '));
    expect(rows.some((r) => r.includes('31/02/1980')) && rows.some((r) => /\bQ\b/.test(r)), rows.join(' / '));
    const cells = await errors.locator('tbody tr').evaluateAll((all) => all.map((tr) => [...tr.cells].map((td) => td.innerText.trim())));
    for (const row of cells) expect(row[0] !== '' && row[3] !== '' && !/^error\./.test(row[3]) && row[4] !== '', `a fault without words: ${row.join(' | ')}`);
  });
  await w.step('the columns stand as in the file, each with words for what it is', async () => {
    const heads = await page.locator('.staging tbody th').allInnerTexts();
    expect(heads.join() === csv(tag).split('\n')[0], heads.join());
    const chosen = await page.locator('.staging tbody select').evaluateAll((all) => all.map((s) => s.selectedOptions[0].innerText));
    expect(chosen.every((c) => !/^[a-z_.]+$/.test(c)), chosen.join(', '));
  });
  await w.step('a column read wrongly is put right and checked again', async () => {
    const village = page.locator('.staging tr', { has: page.getByRole('rowheader', { name: 'Village', exact: true }) }).locator('select');
    const before = await village.inputValue();
    expect(before !== '', 'the village was not guessed');
    await village.selectOption('');
    const stage = page.getByRole('button', { name: t('import.stage'), exact: true });
    expect(await stage.isDisabled(), 'it could be staged before it was checked again');
    await village.selectOption(before);
    await page.getByRole('button', { name: t('import.check'), exact: true }).click();
    await page.waitForFunction((text) => [...document.querySelectorAll('.staging .button')].some((b) => b.innerText.includes(text) && !b.disabled), t('import.stage'));
    expect((await village.inputValue()) === before, 'the choice is gone');
  });
  await w.step('it is staged, and no one is registered by that', async () => {
    await page.getByRole('button', { name: t('import.stage'), exact: true }).click();
    await page.waitForSelector('.staging', { state: 'detached' });
    await batch.locator('.tag').getByText(w.code('import_state', 'STAGED')).waitFor();
    expect((await batch.innerText()).includes(`partner-${tag}.csv`), 'another list comes first');
    expect(found('Sabir').length === 0, 'they are registered already');
  });
  await w.step('the same file again is refused, and says why', async () => {
    await page.locator('.page-head').getByRole('button', { name: t('import.new') }).click();
    await page.setInputFiles('.staging input[type=file]', { name: `again-${tag}.csv`, mimeType: 'text/csv', buffer: Buffer.from(csv(tag)) });
    await page.getByRole('button', { name: t('import.stage'), exact: true }).click();
    await page.locator('.staging .notice-attention').last().waitFor();
    const said = plain(await page.locator('.staging .notice-attention').last().innerText());
    expect(said === t('import.repeated', { state: w.code('import_state', 'STAGED') }), said);
    await page.locator('.staging .icon-button').first().click();
    await page.waitForSelector('.staging', { state: 'detached' });
  });
  await w.step('it is approved', async () => {
    await batch.getByRole('button', { name: t('import.approve') }).click();
    await batch.locator('.tag').getByText(w.code('import_state', 'APPROVED')).waitFor();
    expect(found('Sabir').length === 1 && found('Jamil').length === 1 && found('Nobody').length === 0, 'not those who should');
    const said = plain(await batch.innerText());
    expect(said.includes(plain(t('import.made', { n: new Intl.NumberFormat(w.lang === 'fa' ? 'fa-AF' : w.lang).format(4) }))), said);
  });
  await w.step('taken back: who was worked on since is listed and stays', async () => {
    const [jamil] = found('Jamil');
    const file = op('person.file', { id: jamil.person }, 'admin');
    op('person.correct', { id: jamil.person, base: file.person.version, fields: { birth_place: 'Jalalabad' }, reason: 'PERSON_SAYS' }, 'admin');
    await batch.getByRole('button', { name: t('import.take_back') }).click();
    await w.reason('void_reason', 'MISTAKE');
    await w.run().click();
    await w.closed();
    await batch.locator('.tag').getByText(w.code('import_state', 'TAKEN_BACK')).waitFor();
    const stays = plain(await batch.locator('.notice').innerText());
    expect(stays.includes(`Jamil${tag}`) && !stays.includes(`Sabir${tag}`), stays);
    expect(found('Sabir').length === 0 && found('Laila').length === 0 && found('Jamil').length === 1, 'not those who should');
    const links = await batch.locator('.notice a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
    expect(links.includes(`#/person/${jamil.person}`), links.join(' '));
    for (const link of links) {
      await w.go(link, '.subject-head');
    }
  });
  await w.step('a list can be refused', async () => {
    await w.go('#/import', '.page-head');
    await page.locator('.page-head').getByRole('button', { name: t('import.new') }).click();
    await page.setInputFiles('.staging input[type=file]', { name: `refused-${tag}.csv`, mimeType: 'text/csv', buffer: Buffer.from(csv(`R${tag}`)) });
    await page.getByRole('button', { name: t('import.stage'), exact: true }).click();
    await page.waitForSelector('.staging', { state: 'detached' });
    await batch.getByRole('button', { name: t('import.refuse') }).click();
    await w.reason('void_reason', 'NOT_TRUE');
    await w.run().click();
    await w.closed();
    await batch.locator('.tag').getByText(w.code('import_state', 'REFUSED')).waitFor();
  });
}

/** A list that comes again corrected: its values are offered, and people decide. */
async function correctionsWalk(w, tag, op) {
  const { page, t } = w;
  const person = (name) => op('person.search', { q: `${name}${tag}` }, 'admin').rows.find((r) => !r.void)?.person;
  const fields = (id) => op('person.file', { id }, 'admin').person.fields;
  const batch = page.locator('.batch').first();
  const rows = batch.locator('.corrections tbody tr');
  const row = (text) => rows.filter({ hasText: text });
  const stage = async (name, list) => {
    await page.locator('.page-head').getByRole('button', { name: t('import.new') }).click();
    await page.setInputFiles('.staging input[type=file]', { name, mimeType: 'text/csv', buffer: Buffer.from(numbered(tag, list)) });
    await page.getByRole('button', { name: t('import.stage'), exact: true }).waitFor();
  };
  const keep = async () => {
    await page.getByRole('button', { name: t('import.stage'), exact: true }).click();
    await page.waitForSelector('.staging', { state: 'detached' });
    await batch.locator('.tag').getByText(w.code('import_state', 'STAGED')).waitFor();
  };
  const approve = async () => {
    await batch.getByRole('button', { name: t('import.approve') }).click();
    await batch.locator('.tag').getByText(w.code('import_state', 'APPROVED')).waitFor();
  };
  let naseem, shirin, hamida;

  await w.step('a list with numbers is brought in', async () => {
    await w.go('#/import', '.page-head');
    await stage(`numbered-${tag}.csv`, FIRST);
    await keep();
    await approve();
    [naseem, shirin, hamida] = ['Naseem', 'Shirin', 'Hamida'].map(person);
    expect(naseem && shirin && hamida, 'not all are there');
    op('person.correct', { id: hamida, fields: { father_name: 'Yousuf' }, reason: 'PERSON_SAYS' }, 'admin');
  });
  await w.step('it comes again corrected: before it is staged one sees what differs', async () => {
    await stage(`numbered-again-${tag}.csv`, AGAIN);
    const read = page.locator('.staging table', { hasText: `Shireen${tag}` });
    await read.waitFor();
    expect((await read.locator('input').count()) === 0, 'one could decide before it is staged');
    await keep();
  });
  await w.step('each value stands beside the other, what somebody has changed is not ticked', async () => {
    await rows.first().waitFor();
    expect((await rows.count()) === 4, `${await rows.count()} rows`);
    const ticked = await rows.locator('input').evaluateAll((all) => all.map((i) => i.checked));
    expect(ticked.filter(Boolean).length === 3, ticked.join());
    expect(!(await row('Yousuf').locator('input').isChecked()), 'what was changed by hand is ticked');
    expect((await row('Yousuf').innerText()).includes(t('import.correction_moved')), 'it does not say why');
    const text = plain(await batch.innerText());
    expect(!/undefined|NaN|\bnull\b|birth_date|given_name/.test(text), text);
  });
  await w.step('they are ticked and left by the keyboard alone', async () => {
    const boxes = rows.locator('input');
    await boxes.first().focus();
    await page.keyboard.press('Space');
    expect(!(await boxes.first().isChecked()), 'the space bar does nothing');
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await boxes.nth(1).evaluate((e) => e === document.activeElement), 'the next box is not two steps away');
    await batch.getByRole('button', { name: t('import.corrections_none') }).click();
    expect((await boxes.evaluateAll((all) => all.filter((i) => i.checked).length)) === 0, 'some are ticked still');
    await batch.getByRole('button', { name: t('import.corrections_marked') }).click();
    expect((await boxes.evaluateAll((all) => all.filter((i) => i.checked).length)) === 3, 'not three are ticked again');
  });
  await w.step('approved: what was ticked is corrected, what was not is as it was', async () => {
    await row('+93701234599'.slice(1)).locator('input').uncheck();
    await approve();
    expect(fields(shirin).given_name === `Shireen${tag}` && fields(naseem).birth_date === '1981-02-03', 'not corrected');
    expect(fields(hamida).father_name === 'Yousuf', 'what somebody had changed was overwritten');
    const phones = op('person.file', { id: naseem }, 'admin').phones.map((p) => p.fields.number);
    expect(phones.length === 1 && phones[0].endsWith('701234567'), phones.join());
    const said = plain(await batch.locator('.notice').first().innerText());
    expect(said.length > 0 && !/undefined|NaN/.test(said), said);
  });
  await w.step('taken back: they say what they said before', async () => {
    await batch.getByRole('button', { name: t('import.take_back') }).click();
    await w.reason('void_reason', 'MISTAKE');
    await w.run().click();
    await w.closed();
    await batch.locator('.tag').getByText(w.code('import_state', 'TAKEN_BACK')).waitFor();
    expect(fields(shirin).given_name === `Shirin${tag}` && fields(naseem).birth_date === '1980-02-03', 'still corrected');
  });
}

/** How many records the list says it has. */
const listed = async (page) => {
  await page.locator('.lists > [role=status]', { hasText: /[0-9۰-۹]/ }).first().waitFor();
  const said = await page.locator('.lists > [role=status]').first().innerText();
  return Number(said.replace(/[۰-۹]/g, (d) => '۰۱۲۳۴۵۶۷۸۹'.indexOf(d)).match(/\d+/)[0]);
};

async function listsWalk(w, op, people) {
  const { page, t } = w;
  const select = (key) => page.getByLabel(t(key), { exact: true });
  const rows = page.locator('.lists .table tbody tr');
  const loaded = () => page.waitForFunction(() => document.querySelector('.lists .skeleton') === null && document.querySelectorAll('.lists .table tbody tr').length > 0);
  const column = async (n) => (await rows.locator(`td:nth-child(${n})`).allInnerTexts()).map(plain);
  const addFilter = async (field, fill) => {
    await page.getByRole('button', { name: t('lists.add_filter') }).click();
    await w.dialog().locator('select').first().selectOption(field);
    await fill();
    await w.run().click();
    await w.closed();
  };

  await w.step('a list is paged to its end', async () => {
    await w.go('#/lists', '.lists .table');
    await loaded();
    const expected = await listed(page);
    expect(people <= expected, `too few people: ${expected}`);
    for (let i = 0; i < 20 && (await rows.count()) < expected; i++) {
      await page.locator('.lists .table-tall').evaluate((box) => { box.scrollTop = box.scrollHeight; });
      await page.waitForTimeout(150);
    }
    const ids = new Set(await rows.locator('a').evaluateAll((all) => all.map((a) => a.href)));
    const n = await rows.count();
    expect(ids.size === n, `${n} rows of ${ids.size} people`);
    expect(n === expected, `${n} rows of ${expected} people`);
  });
  await w.step('filters as chips, and as a line for experts', async () => {
    await addFilter('sex', () => w.choose(w.dialog().locator('.combo'), w.code('sex', 'F')));
    await loaded();
    await addFilter('birth_date', async () => {
      await w.dialog().locator('.date-field input').first().fill('2000');
    });
    await loaded();
    const line = await page.getByLabel(t('lists.expression'), { exact: true }).inputValue();
    expect(/^sex = 'F' and birth_date >= \d{4}-\d\d-\d\d$/.test(line), line);
    expect((await page.locator('.chip').count()) === 2, 'not two chips');
    expect((await column(4)).every((sex) => sex === w.code('sex', 'F')), 'men are listed');
  });
  await w.step('a line that is wrong is said to be, and where', async () => {
    const line = page.getByLabel(t('lists.expression'), { exact: true });
    await line.fill("sex = 'F' and nose > 3");
    await page.keyboard.press('Enter');
    await page.locator('.expression .field-error').waitFor();
    expect((await page.getByText(t('lists.empty'), { exact: true }).count()) === 0, 'it says that nothing fits');
    await line.fill("sex = 'F' and age(birth_date) < 18");
    await page.keyboard.press('Enter');
    await loaded();
    await page.getByText(t('lists.by_hand')).waitFor();
    expect((await page.locator('.expression .field-error').count()) === 0, 'it is still said to be wrong');
  });
  await w.step('columns chosen and put in order', async () => {
    await page.getByRole('button', { name: t('lists.columns'), exact: true }).click();
    const box = (field) => w.dialog().getByLabel(w.label('person', field), { exact: true });
    await box('nationality').uncheck();
    await box('birth_place').check();
    await w.run().click();
    await w.closed();
    await loaded();
    const head = page.locator('.lists thead th');
    const heads = (await head.allInnerTexts()).map((h) => h.trim());
    expect(heads.includes(w.label('person', 'birth_place')) && !heads.includes(w.label('person', 'nationality')), heads.join(', '));
    const order = async (direction) => {
      const before = await rows.first().innerText();
      await head.getByRole('button', { name: w.label('person', 'birth_date'), exact: true }).click();
      await page.locator(`.lists th[aria-sort=${direction}]`).waitFor();
      await page.waitForFunction((was) => !['', was].includes(document.querySelector('.lists .table tbody tr')?.innerText ?? ''), before);
    };
    await order('ascending');
    const first = await column(heads.indexOf(w.label('person', 'birth_date')) + 1);
    await order('descending');
    const last = await column(heads.indexOf(w.label('person', 'birth_date')) + 1);
    expect(first[0] !== last[0], 'the order is the same both ways');
  });
  const name = `Children ${w.lang}`;
  await w.step('the view is saved for all, and opens again as it was', async () => {
    await page.getByRole('button', { name: t('lists.save'), exact: true }).click();
    await w.dialog().locator('input[type=text]').fill(name);
    await w.dialog().locator('input[type=checkbox]').check();
    await w.run().click();
    await w.closed();
    const heads = (await page.locator('.lists thead th').allInnerTexts()).join();
    await select('lists.kind').selectOption('registration_group');
    await loaded();
    await select('lists.views').selectOption({ label: name });
    await loaded();
    expect((await page.locator('.lists thead th').allInnerTexts()).join() === heads, 'other columns');
    expect((await page.getByLabel(t('lists.expression'), { exact: true }).inputValue()) === "sex = 'F' and age(birth_date) < 18", 'another condition');
    await page.locator('.lists th[aria-sort=descending]').waitFor();
  });
  await w.step('what is listed is exported, all of it', async () => {
    const count = await listed(page);
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: t('lists.export') }).click();
    const text = await readFile(await (await waiting).path(), 'utf8');
    const lines = text.replace(/^\uFEFF/, '').trim().split('\r\n');
    expect(lines.length === count + 1, `${lines.length} lines for ${count} records`);
    expect(lines[0].includes(w.label('person', 'birth_place')), lines[0]);
    expect(!/[\u2066-\u2069]/.test(text), 'marks of direction are in the file');
  });
  await w.step('nothing fits: it says so, and how to go on', async () => {
    await select('lists.kind').selectOption('person');
    const line = page.getByLabel(t('lists.expression'), { exact: true });
    await line.fill("given_name = 'Nobodyhasthisname'");
    await page.keyboard.press('Enter');
    await page.getByText(t('lists.empty'), { exact: true }).waitFor();
    await page.locator('.chip button').click();
    await loaded();
  });
}

async function usersWalk(w, login, url) {
  const { page, t } = w;
  const row = page.locator('.table tbody tr', { hasText: login });
  let first;
  await w.step('a new account, with a role; its first password is shown once', async () => {
    await w.go('#/users', '.table');
    await page.locator('.page-head').getByRole('button', { name: t('users.new') }).click();
    await w.dialog().getByLabel(w.label('user', 'name'), { exact: true }).fill('Gulalai Wardak');
    await w.dialog().getByLabel(w.label('user', 'login'), { exact: true }).fill('admin');
    await w.dialog().getByLabel(w.label('user', 'office'), { exact: true }).selectOption({ label: w.lang === 'fa' ? 'پشاور' : 'Peshawar' });
    await w.run().click();
    await w.dialog().locator('.field-error').waitFor();
    await w.dialog().getByLabel(w.label('user', 'login'), { exact: true }).fill(login);
    await w.dialog().getByLabel(t('users.role'), { exact: true }).selectOption({ index: 1 });
    await w.run().click();
    first = (await w.dialog().locator('.first-password bdi').innerText()).trim();
    await w.run().click();
    await w.closed();
    await row.locator('.tag').waitFor();
  });
  await w.step('it is used: the first password has to be changed', async () => {
    const other = await open(1024, 760);
    try {
      other.page.setDefaultTimeout(10000);
      await other.page.goto(url);
      await other.page.fill('input[name=login]', login);
      await other.page.fill('input[name=password]', first);
      await other.page.press('input[name=password]', 'Enter');
      await other.page.waitForFunction(() => document.querySelectorAll('input[type=password]').length >= 2);
      const boxes = other.page.locator('input[type=password]');
      const n = await boxes.count();
      if (n === 3) await boxes.first().fill(first);
      for (let i = n === 3 ? 1 : 0; i < n; i++) await boxes.nth(i).fill('Wardak apricots 1399 sun');
      await other.page.keyboard.press('Enter');
      await other.page.waitForSelector('.topbar');
    } finally {
      await other.close();
    }
  });
  await w.step('roles are given and taken', async () => {
    await row.locator('.row-open').click();
    const grants = w.dialog().locator('.grants li');
    await grants.first().waitFor();
    expect((await grants.count()) === 1, 'not one role');
    const viewer = await w.dialog().getByLabel(t('users.role'), { exact: true }).locator('option').last().getAttribute('value');
    await w.dialog().getByLabel(t('users.role'), { exact: true }).selectOption(viewer);
    await w.dialog().getByRole('button', { name: t('users.give'), exact: true }).click();
    await page.waitForFunction(() => document.querySelectorAll('dialog .grants li').length === 2);
    await grants.last().getByRole('button').click();
    await page.waitForFunction(() => document.querySelectorAll('dialog .grants li').length === 1);
  });
  await w.step('what was done is said where it can be seen', async () => {
    const toast = page.locator('.toast').last();
    await toast.waitFor();
    const seen = await toast.evaluate((one) => {
      const box = one.getBoundingClientRect();
      return one.contains(document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2));
    });
    expect(seen, 'the news lies behind the dialog');
  });
  await w.step('a new first password, a suspension, and back', async () => {
    await w.dialog().getByRole('button', { name: t('users.reset') }).click();
    const again = (await w.dialog().locator('.first-password bdi').innerText()).trim();
    expect(again !== '' && again !== first, 'the same password');
    await w.dialog().getByRole('button', { name: t('users.suspend'), exact: true }).click();
    await w.dialog().getByRole('button', { name: t('users.restore') }).waitFor();
    await w.run().click();
    await w.closed();
    await row.getByText(w.code('user_status', 'SUSPENDED')).waitFor();
    await row.locator('.row-open').click();
    await w.dialog().getByRole('button', { name: t('users.restore') }).click();
    await w.dialog().getByRole('button', { name: t('users.suspend'), exact: true }).waitFor();
    expect((await w.dialog().locator('.first-password').count()) === 0, 'the password is shown a second time');
    await w.run().click();
    await w.closed();
  });
  await w.step('a role of our own, made and changed', async () => {
    await w.go('#/users/roles', '.matrix');
    await page.locator('.page-head').getByRole('button', { name: t('users.new_role') }).click();
    await w.dialog().getByLabel(w.label('role', 'name'), { exact: true }).fill(`Counter ${w.lang}`);
    await w.dialog().getByLabel(w.label('role', 'code'), { exact: true }).fill(`counter_${w.lang}`);
    await w.dialog().getByLabel(w.code('permission', 'person.read'), { exact: true }).check();
    await w.run().click();
    await w.closed();
    await page.locator('.matrix thead', { hasText: `Counter ${w.lang}` }).waitFor();
    await page.locator('.matrix thead button', { hasText: `Counter ${w.lang}` }).click();
    await w.dialog().getByLabel(w.code('permission', 'report'), { exact: true }).check();
    await w.run().click();
    await w.closed();
    const at = (await page.locator('.matrix thead th').allInnerTexts()).findIndex((x) => x.includes(`Counter ${w.lang}`));
    const report = page.locator('.matrix tbody tr', { has: page.getByRole('rowheader', { name: w.code('permission', 'report'), exact: true }) });
    await report.locator(`:nth-child(${at + 1}) .icon`).waitFor();
  });
  await w.step('it has a name in each language; where one is missing, the other is said to be another', async () => {
    const head = (text) => page.locator('.matrix thead th', { hasText: text });
    const marked = await head(`Counter ${w.lang}`).locator('.other-language').count();
    expect(marked === (w.lang === 'en' ? 0 : 1), `${marked} marks`);
    await head(`Counter ${w.lang}`).locator('button').click();
    await w.dialog().getByLabel(w.lang === 'fa' ? 'دری' : 'English', { exact: true }).fill(w.lang === 'fa' ? 'پیشخوان' : 'Front counter');
    await w.run().click();
    await w.closed();
    const named = head(w.lang === 'fa' ? 'پیشخوان' : 'Front counter');
    await named.waitFor();
    expect((await named.locator('.other-language').count()) === 0, 'its own name is said to be of another language');
  });
}

/** Offices: made and called in five languages, and called so wherever one meets them. */
async function officesWalk(w, op) {
  const { page, t } = w;
  const fa = w.lang === 'fa';
  const [code, own, named] = fa ? ['HRF', 'دری', 'هرات'] : ['HRE', 'English', 'Herat city'];
  const row = page.locator('.table tbody tr', { hasText: code });
  await w.step('an office of our own, under another; what is wrong is said at its field', async () => {
    await w.go('#/users/offices', '.table');
    await page.locator('.page-head').getByRole('button', { name: t('users.new_office') }).click();
    const field = (name) => w.dialog().getByLabel(w.label('office', name), { exact: true });
    await field('name').fill(`Herat ${w.lang}`);
    await field('code').fill(code.toLowerCase());
    await field('parent').selectOption({ label: fa ? 'مشهد' : 'Mashhad' });
    await field('dial_code').fill('+93');
    await w.run().click();
    await w.dialog().locator('.field-error').waitFor();
    await field('dial_code').fill('93');
    await field('calendar').selectOption('solar');
    await field('utc_offset_minutes').fill('270');
    await w.run().click();
    await w.closed();
    const text = plain(await row.innerText());
    expect(text.includes(`Herat ${w.lang}`) && text.includes(fa ? 'مشهد' : 'Mashhad') && text.includes(w.code('calendar', 'solar')), text);
  });
  await w.step('it has a name in each language, and is called by the one of the reader', async () => {
    await row.locator('.row-open').click();
    await w.dialog().getByLabel(own, { exact: true }).fill(named);
    await w.dialog().getByLabel('پښتو', { exact: true }).fill('هرات ښار');
    await w.run().click();
    await w.closed();
    await row.getByText(named, { exact: true }).waitFor();
    expect(!(await row.innerText()).includes(`Herat ${w.lang}`), 'it is called by both');
    await w.go('#/lists', '.lists .table');
    await page.getByLabel(t('lists.kind'), { exact: true }).selectOption('office');
    await page.locator('.lists tbody tr', { hasText: named }).waitFor();
  });
  await w.step('a name that is taken back leaves the one there was', async () => {
    await w.go('#/users/offices', '.table');
    await row.locator('.row-open').click();
    await w.dialog().getByLabel(own, { exact: true }).fill('');
    await w.run().click();
    await w.closed();
    await row.getByText(`Herat ${w.lang}`, { exact: true }).waitFor();
  });
  await w.step('who chooses a language reads the office in it at once, and what the desk had shown', async () => {
    const { office } = await page.evaluate(async () => (await fetch('/api/v1/session')).json());
    const turn = async (lang) => {
      await page.click('.menu-button');
      await page.click(`.menu button[lang=${lang}]`);
      await page.waitForFunction((l) => document.documentElement.lang.startsWith(l), lang);
      await page.keyboard.press('Escape');
    };
    op('office.save', { id: office.id, label_ps: 'سردفتر' }, 'admin');
    await turn('ps');
    await page.locator('.topbar', { hasText: 'سردفتر' }).waitFor();
    await page.locator('.table tbody tr', { hasText: 'پېښور' }).first().waitFor();
    await turn(w.lang);
    await page.locator('.topbar', { hasText: office.name }).waitFor();
    op('office.save', { id: office.id, label_ps: null }, 'admin');
  });
}
