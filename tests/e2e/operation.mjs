// operation.mjs: an invented operation in a temporary folder, served on a free loopback port, for the
// walks beside it; and TAP.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const PASSWORD = 'Kabul river 1368 stones';
const panah = process.env.PANAH_BIN ?? path.join(root, 'build/release/panah');
const carry = path.join(path.dirname(panah), 'e2e_carry');

let n = 0;
export const ok = (good, what, why = '') => {
  console.log(`${good ? 'ok' : 'not ok'} ${++n} - ${what}`);
  if (!good && why) console.log(why.split('\n').map((line) => `# ${line}`).join('\n'));
  return good;
};

const exec = (dir, args, input) => spawnSync(panah, ['-d', dir, ...args], { encoding: 'utf8', input });

/** One operation; `made` says what `panah demo` answered. */
export class Operation {
  constructor(dir, made) {
    this.dir = dir;
    this.made = made;
    this.server = null;
  }

  /** A command on the folder, served or not. */
  run(...args) {
    return exec(this.dir, args);
  }

  /** One operation by the command line; its result. */
  op(name, input, as, dir = this.dir) {
    const r = exec(dir, ['op', name, '--json', '-', '--as', as], JSON.stringify(input));
    if (r.status !== 0) throw new Error(`${name}: ${r.stderr}`);
    return JSON.parse(r.stdout);
  }

  async serve() {
    const server = spawn(panah, ['-d', this.dir, 'serve', '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    this.server = server;
    this.url = await new Promise((resolve, reject) => {
      const hear = (bytes) => {
        said += bytes;
        const url = /http:\/\/localhost:\d+\//.exec(said);
        if (url) resolve(url[0]);
      };
      server.stdout.on('data', hear);
      server.stderr.on('data', hear);
      server.on('exit', () => reject(new Error(`the server ended: ${said}`)));
      setTimeout(() => reject(new Error(`the server did not start: ${said}`)), 60000).unref();
    });
    return this.url;
  }

  async stop() {
    const server = this.server;
    if (server === null) return;
    this.server = null;
    const ended = new Promise((resolve) => {
      server.removeAllListeners('exit');
      server.on('exit', resolve);
    });
    server.kill('SIGTERM');
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 10000).unref())]);
  }

  /** The first password has to be changed before anything else. */
  async ownPassword(login) {
    const reset = this.run('user', 'password', login, '--json');
    if (reset.status !== 0) throw new Error(reset.stderr);
    const changed = await changePassword(this.url, login, JSON.parse(reset.stdout).first_password);
    if (!changed) throw new Error(`${login} has no password of their own`);
  }

  /** A machine of its own: the folder copied and opened with the recovery key, as after a lost key. */
  secondNode() {
    const dir = `${this.dir}-second`;
    cpSync(this.dir, dir, { recursive: true });
    rmSync(path.join(dir, 'node.key'));
    const r = exec(dir, ['recover'], `${this.made.recovery_key}\n`);
    if (r.status !== 0) throw new Error(r.stderr);
    return dir;
  }

  /** What the other node wrote comes here. Neither may be served. */
  receive(other) {
    if (!existsSync(carry)) throw new Error(`there is no ${carry}`);
    const r = spawnSync(carry, [other, this.dir], { encoding: 'utf8' });
    if (r.status !== 0) throw new Error(r.stderr);
  }

  drop() {
    for (const dir of [this.dir, `${this.dir}-second`]) rmSync(dir, { recursive: true, force: true });
  }
}

async function changePassword(url, login, first) {
  const origin = url.slice(0, -1);
  const send = (where, body, more = {}) => fetch(origin + where, {
    method: 'POST', headers: { 'Content-Type': 'application/json', Origin: origin, ...more }, body: JSON.stringify(body),
  });
  const signedIn = await send('/api/v1/session', { login, password: first });
  const session = await signedIn.json();
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0];
  const changed = await send('/api/v1/session/password', { old: first, new: PASSWORD }, { Cookie: cookie, 'X-Panah-CSRF': session.csrf });
  return changed.ok;
}

/** Makes an operation, lets `walks` run on it, checks the ledger afterwards, ends the process. */
export async function withOperation({ people = 60, seed = 5 }, walks) {
  if (!existsSync('/usr/bin/chromium')) {
    console.log('1..0 # SKIP no /usr/bin/chromium');
    process.exit(0);
  }
  const dir = mkdtempSync(path.join(tmpdir(), 'panah-e2e-'));
  const made = exec(dir, ['demo', '--people', String(people), '--seed', String(seed), '--json']);
  const operation = new Operation(dir, made.status === 0 ? JSON.parse(made.stdout) : {});
  try {
    if (!ok(made.status === 0, 'a demo operation is made', made.stderr)) throw new Error('nothing to walk through');
    await operation.serve();
    await walks(operation);
    await operation.stop();
    const verified = operation.run('verify');
    ok(verified.status === 0, 'the ledger verifies afterwards', verified.stdout + verified.stderr);
    const rebuilt = operation.run('rebuild', '--check');
    ok(rebuilt.status === 0, 'the tables are what the ledger says', rebuilt.stdout + rebuilt.stderr);
  } catch (error) {
    ok(false, 'no surprise', String(error.stack));
  }
  await operation.stop();
  operation.drop();
  console.log(`1..${n}`);
  process.exit(0);
}
