// operation.mjs: what the walks beside it share: a demo operation whose clerks have passwords, its
// operations by the command line, a second machine; and TAP.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { CHROMIUM, Folder, panah } from './folder.mjs';

export const PASSWORD = 'Kabul river 1368 stones';
const carry = path.join(path.dirname(panah), 'e2e_carry');

let n = 0;
export const ok = (good, what, why = '') => {
  console.log(`${good ? 'ok' : 'not ok'} ${++n} - ${what}`);
  if (!good && why) console.log(why.split('\n').map((line) => `# ${line}`).join('\n'));
  return good;
};

/** A command on a folder, served or not; what it says. */
function said(dir, args, input = '') {
  const r = spawnSync(panah, ['-d', dir, ...args], { encoding: 'utf8', input });
  if (r.status !== 0) throw new Error(`${args.join(' ')}: ${r.stderr}`);
  return r.stdout;
}

export class Operation extends Folder {
  recoveryKey = '';

  make(people, seed) {
    const made = this.run('demo', '--people', String(people), '--seed', String(seed), '--json');
    if (made.status === 0) this.recoveryKey = JSON.parse(made.stdout).recovery_key;
    return ok(made.status === 0, 'a demo operation is made', made.stderr);
  }

  /** One operation by the command line; its result. */
  op(name, input, as, dir = this.dir) {
    return JSON.parse(said(dir, ['op', name, '--json', '-', '--as', as], JSON.stringify(input)));
  }

  get second() {
    return `${this.dir}-second`;
  }

  /** A machine of its own: the folder copied and opened with the recovery key, as after a lost key. */
  secondNode() {
    cpSync(this.dir, this.second, { recursive: true });
    rmSync(path.join(this.second, 'node.key'));
    said(this.second, ['recover'], `${this.recoveryKey}\n`);
    return this.second;
  }

  /** What the second machine wrote comes here. Neither may be served. */
  receive() {
    if (!existsSync(carry)) throw new Error(`there is no ${carry}: ninja -C ${path.dirname(carry)} e2e_carry`);
    const r = spawnSync(carry, [this.second, this.dir], { encoding: 'utf8' });
    if (r.status !== 0) throw new Error(r.stderr);
  }

  drop() {
    super.drop();
    rmSync(this.second, { recursive: true, force: true });
  }
}

async function walkThrough(operation, { people, seed, logins }, walks) {
  if (!operation.make(people, seed)) return;
  await operation.serve();
  for (const login of logins) ok(await operation.settle(login, PASSWORD), `${login} has a password of their own`);
  await walks(operation);
  await operation.stop();
  const verified = operation.run('verify');
  ok(verified.status === 0, 'the ledger verifies afterwards', verified.stdout + verified.stderr);
  const rebuilt = operation.run('rebuild', '--check');
  ok(rebuilt.status === 0, 'the tables are what the ledger says', rebuilt.stdout + rebuilt.stderr);
}

/** Makes an operation, lets `walks` run on it, checks the ledger afterwards, ends the process. */
export async function withOperation(wanted, walks) {
  if (!existsSync(CHROMIUM)) {
    console.log(`1..0 # SKIP no ${CHROMIUM}`);
    process.exit(0);
  }
  const operation = new Operation();
  try {
    await walkThrough(operation, wanted, walks);
  } catch (error) {
    ok(false, 'no surprise', String(error.stack));
  }
  await operation.stop();
  operation.drop();
  console.log(`1..${n}`);
  process.exit(0);
}
