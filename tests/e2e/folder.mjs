// folder.mjs: a demo operation in a temporary folder, served on a free loopback port, for tests in a
// real browser and for measuring there.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const panah = process.env.PANAH_BIN ?? path.join(root, 'build/release/panah');
export const CHROMIUM = '/usr/bin/chromium';

const STOP_MS = 60000;

export class Folder {
  dir = mkdtempSync(path.join(tmpdir(), 'panah-e2e-'));
  server = null;
  url = '';

  run(...args) {
    return spawnSync(panah, ['-d', this.dir, ...args], { encoding: 'utf8' });
  }

  serve() {
    this.server = spawn(panah, ['-d', this.dir, 'serve', '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    return new Promise((resolve, reject) => {
      const hear = (bytes) => {
        said += bytes;
        const url = /http:\/\/localhost:\d+\//.exec(said);
        if (url) resolve((this.url = url[0]));
      };
      this.server.stdout.on('data', hear);
      this.server.stderr.on('data', hear);
      this.server.on('exit', () => reject(new Error(`the server ended: ${said}`)));
      setTimeout(() => reject(new Error(`the server did not start: ${said}`)), 60000).unref();
    });
  }

  /** Really ended: another process opens the folder next. */
  async stop() {
    const server = this.server;
    this.server = null;
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', () => resolve(true)));
    const late = new Promise((resolve) => setTimeout(resolve, STOP_MS, false).unref());
    server.kill('SIGTERM');
    if (await Promise.race([ended, late])) return;
    server.kill('SIGKILL');
    await ended;
    throw new Error('the server did not end by itself');
  }

  /** A first password has to be changed before anything else. */
  async ownPassword(login, first, own) {
    const origin = this.url.slice(0, -1);
    const send = (where, body, more = {}) => fetch(origin + where, {
      method: 'POST', headers: { 'Content-Type': 'application/json', Origin: origin, ...more }, body: JSON.stringify(body),
    });
    const signedIn = await send('/api/v1/session', { login, password: first });
    const session = await signedIn.json();
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0];
    const changed = await send('/api/v1/session/password', { old: first, new: own }, { Cookie: cookie, 'X-Panah-CSRF': session.csrf });
    return changed.ok;
  }

  /** Gives an account of the demo a password of its own; false when it could not. */
  async settle(login, own) {
    const reset = this.run('user', 'password', login, '--json');
    const first = reset.status === 0 ? JSON.parse(reset.stdout).first_password : '';
    return first !== '' && (await this.ownPassword(login, first, own));
  }

  drop() {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
