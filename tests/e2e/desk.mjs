#!/usr/bin/env node
// desk.mjs: a clerk's day in a real browser against the real program, in four languages. Prints TAP.
//
// Makes a demo operation in a temporary folder, serves it on a free loopback port, gives a clerk a
// password and lets web/tools/walk.mjs register, search, correct and undo by keyboard.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const panah = process.env.PANAH_BIN ?? path.join(root, 'build/release/panah');
const walk = path.join(root, 'web/tools/walk.mjs');
const dir = mkdtempSync(path.join(tmpdir(), 'panah-e2e-'));
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
const run = (...args) => spawnSync(panah, ['-d', dir, ...args], { encoding: 'utf8' });

function serve() {
  const server = spawn(panah, ['-d', dir, 'serve', '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  return new Promise((resolve, reject) => {
    const hear = (bytes) => {
      said += bytes;
      const url = /http:\/\/localhost:\d+\//.exec(said);
      if (url) resolve({ server, url: url[0] });
    };
    server.stdout.on('data', hear);
    server.stderr.on('data', hear);
    server.on('exit', () => reject(new Error(`the server ended: ${said}`)));
    setTimeout(() => reject(new Error(`the server did not start: ${said}`)), 60000).unref();
  });
}

// The first password has to be changed before anything else.
async function ownPassword(url, first) {
  const origin = url.slice(0, -1);
  const send = (where, body, more = {}) => fetch(origin + where, {
    method: 'POST', headers: { 'Content-Type': 'application/json', Origin: origin, ...more }, body: JSON.stringify(body),
  });
  const signedIn = await send('/api/v1/session', { login: clerk, password: first });
  const session = await signedIn.json();
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0];
  const changed = await send('/api/v1/session/password', { old: first, new: password }, { Cookie: cookie, 'X-Panah-CSRF': session.csrf });
  return changed.ok;
}

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
  if (!existsSync('/usr/bin/chromium')) {
    console.log('1..0 # SKIP no /usr/bin/chromium');
    return;
  }
  const made = run('demo', '--people', '60', '--seed', '5');
  if (!ok(made.status === 0, 'a demo operation is made', made.stderr)) return;
  const { server, url } = await serve();
  try {
    const reset = run('user', 'password', clerk, '--json');
    const first = reset.status === 0 ? JSON.parse(reset.stdout).first_password : '';
    if (!ok(first && (await ownPassword(url, first)), 'a clerk has a password of their own', reset.stderr)) return;
    for (const each of runs) walkThrough(url, each);
  } finally {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.removeAllListeners('exit');
    server.on('exit', () => {});
    server.kill('SIGTERM');
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 10000))]);
  }
  const verified = run('verify');
  ok(verified.status === 0, 'the ledger verifies afterwards', verified.stdout + verified.stderr);
  const rebuilt = run('rebuild', '--check');
  ok(rebuilt.status === 0, 'the tables are what the ledger says', rebuilt.stdout + rebuilt.stderr);
}

try {
  await main();
} catch (error) {
  ok(false, 'no surprise', String(error.stack));
}
if (n > 0) console.log(`1..${n}`);
rmSync(dir, { recursive: true, force: true });
process.exit(0);
