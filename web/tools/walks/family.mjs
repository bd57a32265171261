// family.mjs: what happens to a family after it is registered: somebody else changes the same field,
// two machines disagree, people move, leave, are registered by mistake, have their picture taken.
import { Walker, expect, plain } from './walk.mjs';

// A person's picture from a file: 8 × 8 pixels would do, a canvas makes it.
const picture = (page) => page.evaluate(async () => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 600, height: 800 });
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#87a';
  pen.fillRect(0, 0, 600, 800);
  const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'));
  return [...new Uint8Array(await blob.arrayBuffer())];
});

/** `names` are of this walk alone: [family, another]. `op` is Operation.op. */
export async function familyWalk({ url, lang, password, told, op, names: [name, other] }) {
  const register = (members, as = 'psh-1') => op('group.register', {
    group: { country_of_asylum: 'PAK', village: 'Shamshatoo' },
    focal_point: 'a',
    members: members.map(([given, sex, birth, relationship], i) => ({
      key: 'abcdef'[i],
      relationship,
      presence: 'PRESENT',
      person: { given_name: given, father_name: name, sex, birth_date: birth, birth_date_precision: 'year', nationality: 'AFG', country_of_origin: 'AFG' },
    })),
  }, as);
  const file = (id, what = 'person') => op(`${what}.file`, { id }, 'admin');
  const family = register([[`Gul${name}`, 'M', '1980-01-01', 'FP'], [`Nazia${name}`, 'F', '1984-01-01', 'WIF'], [`Wali${name}`, 'M', '2010-01-01', 'SON'], [`Zarah${name}`, 'F', '2012-01-01', 'DAU']]);
  const away = register([[`Karim${other}`, 'M', '1975-01-01', 'FP'], [`Hosai${other}`, 'F', '1977-01-01', 'WIF']]);
  const [gul, nazia, wali, zarah] = family.members.map((m) => m.person);
  const w = await Walker.start({ url, login: 'psh-1', password, lang, told });
  const { page } = w;
  const t = w.t;

  const openCorrect = async (id) => {
    await w.go('#/home', '.figures');
    await w.go(`#/person/${id}`, '.subject-head');
    await page.locator('.subject-head .button-main').click();
    await w.dialog().waitFor();
  };
  const field = (name_, kind = 'person') => w.dialog().getByLabel(w.label(kind, name_), { exact: true });
  const changedByAnother = (id, fields) => op('person.correct', { id, base: file(id).person.version, fields, reason: 'TYPING' }, 'psh-2');

  await w.step('the person as of an earlier day: the line stays under the hand, and today is one key away', async () => {
    const id = await page.evaluate(async () => {
      const { csrf } = await (await fetch('/api/v1/session')).json();
      const answer = await fetch('/api/v1/query', {
        method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Panah-CSRF': csrf }, body: JSON.stringify({ kind: 'person', limit: 100 }),
      });
      const long = new Date(Date.now() - 30 * 86400000).toISOString().slice(0, 10);
      return (await answer.json()).rows.find((r) => r.fields.registration_date < long).id;
    });
    await w.go(`#/person/${id}`, '#as-of');
    const held = () => page.evaluate(() => document.activeElement?.id === 'as-of');
    await page.focus('#as-of');
    await page.keyboard.press('Home');
    await page.getByText(t('person.past', { date: '' }).slice(0, 12)).first().waitFor();
    expect(await held(), 'the line lost the focus on the way back');
    expect((await page.locator('.subject-head .button').count()) === 0, 'the past can be corrected');
    await page.keyboard.press('End');
    await page.locator('.subject-head .button-main').waitFor();
    expect(await held(), 'the line lost the focus on the way to today');
  });

  await w.step('another field changed by somebody else meanwhile is no trouble', async () => {
    await openCorrect(wali);
    await field('father_name').fill(`Mine${name}`);
    changedByAnother(wali, { given_name: `Walid${name}` });
    await w.run().click();
    await w.closed();
    const now = file(wali).person.fields;
    expect(now.father_name === `Mine${name}` && now.given_name === `Walid${name}`, JSON.stringify(now));
    expect(now.display_name.startsWith(`Walid${name} Mine${name}`), `the name shown is ${now.display_name}`);
  });

  for (const which of ['mine', 'theirs']) {
    await w.step(`the same field changed by somebody else: both stand side by side, ${which} is kept`, async () => {
      const mine = `Mine${which}`;
      const theirs = `Theirs${which}`;
      await openCorrect(zarah);
      await field('father_name').fill(mine);
      changedByAnother(zarah, { father_name: theirs, birth_place: theirs });
      await w.run().click();
      await w.dialog().locator('.stale').waitFor();
      await page.waitForFunction(() => document.activeElement?.closest('.stale') !== null);
      const stale = plain(await w.dialog().locator('.stale').innerText());
      expect(stale.includes(t('correct.mine', { value: mine })) && stale.includes(t('correct.theirs', { value: theirs })), stale);
      expect(stale.includes(w.label('person', 'father_name')), `the field is not named: ${stale}`);
      expect(await w.run().isDisabled(), 'it could be saved without a choice');
      await w.dialog().locator('.stale label', { hasText: which === 'mine' ? mine : theirs }).click();
      await page.waitForSelector('.stale', { state: 'detached' });
      expect((await field('father_name').inputValue()) === (which === 'mine' ? mine : theirs), 'the field shows something else');
      await w.run().click();
      await w.closed();
      const now = file(zarah).person.fields;
      expect(now.father_name === (which === 'mine' ? mine : theirs), `it says ${now.father_name}`);
      expect(now.birth_place === theirs, `what I had not touched was put back: ${now.birth_place}`);
    });
  }

  await w.step('a birth changed by somebody else is one question, in words', async () => {
    await openCorrect(zarah);
    await w.dialog().locator('.date-field input').first().fill('1390');
    changedByAnother(zarah, { birth_date: '2013-01-01', birth_date_precision: 'year', birth_date_entered: '2013' });
    await w.run().click();
    await w.dialog().locator('.stale').waitFor();
    const choices = await w.dialog().locator('.stale fieldset').count();
    expect(choices === 1, `${choices} questions: ${await w.dialog().locator('.stale').innerText()}`);
    await w.dialog().locator('.stale label').first().click();
    await w.run().click();
    await w.closed();
    const now = file(zarah).person.fields;
    expect(now.birth_date === '2011-07-01' && now.birth_date_entered === '1390' && now.birth_date_precision === 'year', JSON.stringify(now));
  });

  await w.step('a picture from the camera', async () => {
    await w.go(`#/person/${gul}`, '.pictures');
    await page.getByRole('button', { name: t('photo.take') }).click();
    await w.dialog().getByRole('button', { name: t('photo.camera') }).click();
    await w.dialog().locator('video').waitFor();
    await page.waitForFunction(() => document.querySelector('video')?.readyState >= 2);
    await w.dialog().getByRole('button', { name: t('photo.shoot') }).click();
    await w.dialog().locator('canvas').waitFor();
    await w.run().click();
    await w.closed();
    await page.waitForFunction(() => document.querySelector('.pictures img')?.naturalWidth > 0);
  });
  await w.step('a picture from a file, and a file that is none', async () => {
    await page.getByRole('button', { name: t('photo.take') }).click();
    const input = w.dialog().locator('input[type=file]');
    await input.setInputFiles({ name: 'face.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
    await w.dialog().locator('.notice-danger').waitFor();
    await input.setInputFiles({ name: 'face.png', mimeType: 'image/png', buffer: Buffer.from(await picture(page)) });
    await w.dialog().locator('canvas').waitFor();
    expect((await w.dialog().locator('.notice-danger').count()) === 0, 'it still says that the file is none');
    await w.run().click();
    await w.closed();
    await page.waitForFunction(() => document.querySelectorAll('.pictures img').length === 2);
    await page.waitForFunction(() => document.querySelector('.subject-head .photo img')?.naturalWidth > 0);
  });

  const member = (id) => page.locator('.table tbody tr', { has: page.locator(`a[href="#/person/${id}"]`) });
  await w.step('somebody is not present, and is again', async () => {
    await w.go(`#/group/${family.group}`, '.table');
    await member(zarah).getByRole('button', { name: t('group.mark_absent') }).click();
    await member(zarah).locator('.tag-attention').waitFor();
    await member(zarah).getByRole('button', { name: t('group.mark_present') }).click();
    await member(zarah).locator('.tag-attention').waitFor({ state: 'detached' });
  });

  await w.step('another focal point: what the links tell is filled in', async () => {
    await page.locator('.subject-head').getByRole('button', { name: t('group.focal') }).click();
    await w.dialog().locator('select').first().selectOption(nazia);
    const shown = await w.dialog().locator('.combo input').evaluateAll((all) => all.map((i) => i.value));
    expect(shown.length === 3 && shown[0] === w.code('relationship', 'HUS'), `relationships: ${shown}`);
    for (const [i, code] of [[1, 'SON'], [2, 'DAU']]) {
      if (shown[i] === '') await w.choose(w.dialog().locator('.combo').nth(i), code);
    }
    await w.reason('move_reason', 'FAMILY_ASKED');
    await w.run().click();
    await w.closed();
    await member(nazia).getByText(w.code('relationship', 'FP')).waitFor();
    expect(file(family.group, 'group').group.fields.focal_point === nazia, 'the register has another one');
  });

  await w.step('one person moves to another family', async () => {
    await member(wali).locator('input').check();
    await page.getByRole('button', { name: t('group.move'), exact: true }).click();
    await w.dialog().locator('.search-box input').fill(`hosai${other}`.toLowerCase());
    await w.dialog().locator('.lines li').first().click();
    await w.dialog().locator('.target').waitFor();
    await w.choose(w.dialog().locator('.combo').first(), 'NEP');
    await w.reason('move_reason', 'MOVED');
    await w.run().click();
    await w.closed();
    await w.said('group.moved');
    await page.getByText(t('group.former')).waitFor();
    const there = file(away.group, 'group').members.map((m) => m.person.id);
    expect(there.includes(wali), 'the other family does not have them');
  });
  await w.step('both families say so in their history', async () => {
    const newest = async (id) => {
      await w.go(`#/group/${id}/history`, '.entry');
      return plain(await page.locator('.entry').first().innerText());
    };
    const left = await newest(family.group);
    expect(left.includes(`Walid${name}`) && left.includes(w.label('membership', 'to_date')), `where he was: ${left}`);
    await w.go('#/home', '.figures');
    const came = await newest(away.group);
    expect(came.includes(`Walid${name}`) && came.includes(w.label('membership', 'person')), `where he is: ${came}`);
    await w.go('#/home', '.figures');
    await w.go(`#/group/${family.group}`, '.table');
  });

  let made;
  await w.step('two found a family of their own', async () => {
    await member(gul).locator('input').check();
    await member(zarah).locator('input').check();
    await page.getByRole('button', { name: t('group.split'), exact: true }).click();
    await w.dialog().locator('select').first().selectOption(gul);
    await w.choose(w.dialog().locator('.combo').first(), 'DAU');
    await w.reason('move_reason', 'DIVORCE');
    await w.run().click();
    await w.closed();
    await page.locator('.toast .link').first().click();
    await page.waitForFunction((id) => location.hash.startsWith('#/group/') && !location.hash.includes(id), family.group);
    await member(gul).getByText(w.code('relationship', 'FP')).waitFor();
    made = (await page.evaluate(() => location.hash)).split('/')[2];
    expect(file(made, 'group').members.length === 2, 'not two');
  });

  await w.step('the new family was a mistake: the history takes it back', async () => {
    await w.go(`#/group/${made}/history`, '.entry');
    await page.locator('.entry').first().getByRole('button', { name: t('history.undo') }).click();
    await w.reason('correction_reason', 'INTERVIEW');
    await w.run().click();
    await w.said('history.undone');
    await page.waitForTimeout(300);
    if ((await w.dialog().count()) > 0) {
      const left = await w.dialog().innerText();
      throw new Error(`something was said to stay: ${left}`);
    }
    const back = file(family.group, 'group').members.map((m) => m.person.id);
    expect(back.includes(gul) && back.includes(zarah) && back.length === 3, `in the family: ${back.length}`);
    expect(file(made, 'group').group.void, 'the new family still stands');
    const entry = await page.locator('.entry').first().innerText();
    expect(!/act\.undo|member\.split|undefined/.test(entry), entry);
  });

  let number;
  await w.step('a registration that should not be is made void, with a reason', async () => {
    number = file(zarah).person.fields.number;
    await w.go(`#/person/${zarah}`, '.subject-head');
    await page.locator('.subject-head').getByRole('button', { name: t('person.void') }).click();
    expect(await w.run().isDisabled(), 'it could be done without a reason');
    await w.reason('void_reason', 'MISTAKE');
    await w.run().click();
    await w.closed();
    // The button that opened the question goes with the answer.
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
    await page.locator('.subject-head .tag-danger').waitFor();
    expect((await page.locator('.subject-head .button-main').count()) === 0, 'it can still be corrected');
  });
  await w.step('its number is never given again', async () => {
    const next = register([[`Later${name}`, 'F', '1999-01-01', 'FP']]);
    expect(next.members[0].number !== number, `${number} again`);
    await w.go('#/search', '#search-desk');
    await page.fill('#search-desk', number);
    await page.locator('.lines li').first().waitFor();
    const line = await page.locator('.lines li').first().innerText();
    expect(line.includes(number) && line.includes(t('record.void')), `the line says: ${line}`);
  });
  await w.step('and it can be taken back', async () => {
    await w.go(`#/person/${zarah}/history`, '.entry');
    await page.locator('.entry').first().getByRole('button', { name: t('history.undo') }).click();
    await w.reason('correction_reason', 'TYPING');
    await w.run().click();
    await w.said('history.undone');
    await page.locator('.subject-head .tag-danger').waitFor({ state: 'detached' });
    expect(!file(zarah).person.void && file(zarah).person.fields.number === number, 'it is still void');
  });
  await w.step('a whole family is made void, and the focal point alone cannot be', async () => {
    const karim = away.members[0].person;
    await w.go(`#/person/${karim}`, '.subject-head');
    await page.locator('.subject-head').getByRole('button', { name: t('person.void') }).click();
    await w.reason('void_reason', 'MISTAKE');
    await w.run().click();
    await w.dialog().locator('.notice-danger').waitFor();
    await page.keyboard.press('Escape');
    await w.closed();
    await w.go(`#/group/${away.group}`, '.table');
    await page.locator('.subject-head').getByRole('button', { name: t('void.group') }).click();
    await w.reason('void_reason', 'TEST');
    await w.run().click();
    await w.closed();
    await page.locator('.subject-head .tag-danger').waitFor();
    expect((await page.getByRole('button', { name: t('group.add'), exact: true }).count()) === 0, 'somebody can still be added');
  });
  await w.end();
}

/** Two machines wrote different births and sexes for `person`; a supervisor decides. */
export async function conflictWalk({ url, lang, password, told, op, person, group, years: [here, there] }) {
  const w = await Walker.start({ url, login: 'psh-1', password, lang, told });
  const { page, t } = w;
  await w.step('home says that somebody must decide, and leads there', async () => {
    await page.locator('.waiting').waitFor();
    await page.locator(`.waiting a[href="#/person/${person}"]`).last().click();
    await page.locator('.conflict').first().waitFor();
    await page.locator('.subject-head .tag-attention', { hasText: t('record.conflict') }).waitFor();
  });
  await w.step('the family shows it too', async () => {
    await w.go(`#/group/${group}`, '.table');
    await page.locator('tr', { has: page.locator(`a[href="#/person/${person}"]`) }).getByText(t('record.conflict')).waitFor();
    await w.go(`#/person/${person}`, '.subject-head');
  });
  await w.step('both values stand there in words, with who and when', async () => {
    const text = plain(await page.locator('.conflict').first().innerText());
    expect(text.includes(w.label('person', 'birth_date')), text);
    expect(!/\d{4}-\d\d-\d\d/.test(text), `a date as machines write it: ${text}`);
    expect(/Zarmina/.test(text) && /Imran/.test(text), `it does not say who: ${text}`);
  });
  await w.step('a person decides, with a reason', async () => {
    const labels = page.locator('.conflict').first().locator('.choices label');
    const at = (await labels.allInnerTexts()).findIndex((x) => /Imran/.test(x));
    await labels.nth(at).click();
    await page.locator('.conflict .reason label', { hasText: w.code('correction_reason', 'CONFLICT') }).first().click();
    await page.getByRole('button', { name: t('conflict.choose') }).click();
    await page.locator('.conflict').waitFor({ state: 'detached' });
    const now = op('person.file', { id: person }, 'admin');
    expect(now.conflicts.length === 0, JSON.stringify(now.conflicts));
    expect(now.person.fields.birth_date_entered === there, `said: ${now.person.fields.birth_date_entered}`);
    expect(now.person.fields.birth_date.startsWith(there), `it says ${now.person.fields.birth_date}, not ${there} (${here} here)`);
    await w.go('#/home', '.figures');
    expect((await page.locator(`.waiting a[href="#/person/${person}"]`).count()) === 0, 'home still says so');
  });
  await w.end();
}

/** Somebody who registers and does not read needs hears of one after the interview. */
export async function needWalk({ url, lang, login, password, told, op, person, note }) {
  const w = await Walker.start({ url, login, password, lang, told });
  const { page, t } = w;
  await w.step('a need is written down later, by who does not read needs', async () => {
    await w.go(`#/person/${person}/needs`, '.panel .notice');
    await page.getByText(t('needs.unread')).waitFor();
    await page.locator('.panel-head').getByRole('button', { name: t('action.add') }).click();
    await w.dialog().getByText(t('needs.write_only')).waitFor();
    await w.choose(w.dialog().locator('.combo').first(), 'DS-BD');
    await w.dialog().getByLabel(w.label('specific_need', 'note')).fill(note);
    await w.run().click();
    await w.closed();
    await w.said('child.added');
    const needs = op('person.file', { id: person }, 'psh-1').needs.map((need) => need.fields);
    expect(needs.some((need) => need.need === 'DS-BD' && need.note === note), JSON.stringify(needs));
  });
  await w.step('and they do not see it again', async () => {
    await page.getByText(t('needs.unread')).waitFor();
    const shown = await page.locator('.person-page').innerText();
    expect(!shown.includes(note) && !shown.includes(w.code('specific_need', 'DS-BD')), shown);
  });
  await w.end();
}
