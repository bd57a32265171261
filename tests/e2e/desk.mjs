#!/usr/bin/env node
// desk.mjs: a clerk's day in a real browser against the real program, in four languages. Prints TAP.
//
// Makes a demo operation in a temporary folder, serves it on a free loopback port, gives a clerk a
// password and lets web/tools/walk.mjs register, search, correct and undo by keyboard.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { CHROMIUM, Folder, root } from './folder.mjs';

const walk = path.join(root, 'web/tools/walk.mjs');
const folder = new Folder();
const password = 'Kabul river 1368 stones';
const clerk = 'psh-1';
// Each language registers a family of its own: the second time the desk would rightly ask.
const runs = [
  ['en', 'Torpekai', 'Shinwar', 'Lodimazu'],
  ['fr', 'Amandine', 'Kolela', 'Bozimaka'],
  ['fa', 'Shahgul', 'Marjan', 'Tobimaru'],
  ['ps', 'Spogmai', 'Bakhtawar', 'Zemaryalo'],
];

let n = 0;
const ok = (good, what, why = '') => {
  console.log(`${good ? 'ok' : 'not ok'} ${++n} - ${what}`);
  if (!good && why) console.log(why.split('\n').map((line) => `# ${line}`).join('\n'));
  return good;
};

function walkThrough(url, [lang, ...names]) {
  const r = spawnSync(process.execPath, [walk, url, clerk, password, lang, ...names], { cwd: path.join(root, 'web'), encoding: 'utf8', timeout: 240000 });
  const lines = r.stdout.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const step = /^(not )?ok \d+ - (.*)$/.exec(lines[i]);
    if (!step) continue;
    const why = [];
    while (step[1] && lines[i + 1]?.startsWith('  ')) why.push(lines[++i]);
    ok(!step[1], `${lang}: ${step[2]}`, why.join('\n'));
  }
  if (!/^1\.\.\d+$/m.test(r.stdout)) ok(false, `${lang}: the walk came to its end`, r.stderr);
}

async function main() {
  if (!existsSync(CHROMIUM)) {
    console.log(`1..0 # SKIP no ${CHROMIUM}`);
    return;
  }
  const made = folder.run('demo', '--people', '60', '--seed', '5', '--until', '2026-06-30');
  if (!ok(made.status === 0, 'a demo operation is made', made.stderr)) return;
  const url = await folder.serve();
  try {
    if (!ok(await folder.settle(clerk, password), 'a clerk has a password of their own')) return;
    for (const each of runs) walkThrough(url, each);
  } finally {
    await folder.stop();
  }
  const verified = folder.run('verify');
  ok(verified.status === 0, 'the ledger verifies afterwards', verified.stdout + verified.stderr);
  const rebuilt = folder.run('rebuild', '--check');
  ok(rebuilt.status === 0, 'the tables are what the ledger says', rebuilt.stdout + rebuilt.stderr);
}

try {
  await main();
} catch (error) {
  ok(false, 'no surprise', String(error.stack));
}
if (n > 0) console.log(`1..${n}`);
folder.drop();
process.exit(0);
