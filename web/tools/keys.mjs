// keys.mjs: how long a letter takes on a slow tablet, from the key to the painted screen:
// node tools/keys.mjs URL LOGIN PASSWORD [LANG] [SLOWER]. Prints p50 and p95 in milliseconds.
//
// A key's time runs from its own time stamp to the first task after the frame that shows it. Chromium's
// event timing is not used: without a screen some of its frames never count as shown. SLOWER (6) is how
// much slower the processor is made.
import { open, signIn } from './browser.mjs';

const [base = 'http://localhost:8094/', login = 'admin', password = 'password', lang = 'en', slower = '6'] = process.argv.slice(2);
const FIELDS = {
  'a name field': { typed: ['Torpekai', 'Shahgulmakai', 'Bozimakanda', 'Rahmatullah'], to: 'input[name=given_name]' },
  'a long code list (countries)': { typed: ['afghan', 'congo', 'central', 'united', 'iran', 'south'], label: 'country_of_origin' },
  'a long code list (languages)': { typed: ['pashto', 'lingala', 'sango', 'french', 'arabic'], label: 'interview_language' },
};
const PAUSE_MS = 180;

const { page, close } = await open(1024, 768);
page.setDefaultTimeout(30000);
await signIn(page, base, { login, password, lang });
await page.evaluate(() => { location.hash = '#/registration'; });
await page.fill('#first-search', 'qqxxz');
await page.waitForSelector('.search-list .empty');
await page.keyboard.press('Alt+KeyN');
await page.waitForSelector('.person-form');
// A family of some size: what a letter redraws grows with it.
await page.fill('input[name=given_name]', 'Gul');
for (const name of ['Nazia', 'Wali', 'Zahra', 'Farid']) {
  await page.keyboard.press('Alt+KeyN');
  await page.waitForTimeout(100);
  await page.fill('input[name=given_name]', name);
}
await page.click('.family-grid tbody tr:first-child .row-open');
await page.waitForTimeout(800);

const labelOf = (name) => page.evaluate(async (field) => {
  const meta = await (await fetch('/api/v1/meta')).json();
  for (const kind of ['person', 'registration_group']) {
    const found = meta.kinds.find((k) => k.name === kind)?.fields.find((f) => f.name === field);
    if (found !== undefined) return found.label;
  }
  return '';
}, name);
for (const field of Object.values(FIELDS)) if (field.label !== undefined) field.label = await labelOf(field.label);

await page.evaluate(() => {
  globalThis.keysSeen = [];
  addEventListener('keydown', (e) => {
    if (e.key.length > 1) return;
    requestAnimationFrame(() => {
      const after = new MessageChannel();
      after.port1.onmessage = () => globalThis.keysSeen.push(performance.now() - e.timeStamp);
      after.port2.postMessage(0);
    });
  }, true);
});
const devtools = await page.context().newCDPSession(page);
await devtools.send('Emulation.setCPUThrottlingRate', { rate: Number(slower) });

const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
console.log(`a letter typed, processor ${slower} times slower, ${lang}`);
for (const [name, { typed, to, label }] of Object.entries(FIELDS)) {
  const input = to === undefined ? page.getByLabel(label, { exact: true }).first() : page.locator(to);
  let letters = 0;
  await page.evaluate(() => { globalThis.keysSeen.length = 0; });
  for (const word of typed) {
    await input.fill('');
    await input.focus();
    await page.waitForTimeout(900);
    for (const letter of word) {
      await page.keyboard.press(letter);
      letters++;
      await page.waitForTimeout(PAUSE_MS);
    }
    await page.waitForTimeout(300);
  }
  const seen = (await page.evaluate(() => globalThis.keysSeen)).map(Math.round).sort((a, b) => a - b);
  if (seen.length !== letters) throw new Error(`${letters} letters, ${seen.length} seen`);
  console.log(`${name.padEnd(32)} p50 ${at(seen, 0.5)} ms, p95 ${at(seen, 0.95)} ms, most ${seen[seen.length - 1]} ms (${letters} letters)`);
}
await close();
