#!/usr/bin/env node
// web.mjs: ./dev bench web: how long a letter takes in the browser on a slow tablet, against the real
// program with a demo operation.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { CHROMIUM, Folder, root } from '../tests/e2e/folder.mjs';

const password = 'Kabul river 1368 stones';
const clerk = 'psh-1';

if (!existsSync(CHROMIUM)) {
  console.log(`no ${CHROMIUM}: nothing is measured in the browser`);
  process.exit(0);
}
const folder = new Folder();
let status = 1;
try {
  const made = folder.run('demo', '--people', '300', '--seed', '5');
  if (made.status !== 0) throw new Error(made.stderr);
  const url = await folder.serve();
  if (!(await folder.settle(clerk, password))) throw new Error('the clerk has no password');
  for (const lang of ['en', 'fa']) {
    const keys = spawnSync(process.execPath, [path.join(root, 'web/tools/keys.mjs'), url, clerk, password, lang], {
      cwd: path.join(root, 'web'), stdio: 'inherit', timeout: 300000,
    });
    if (keys.status !== 0) throw new Error('the browser did not come to its end');
  }
  status = 0;
} catch (error) {
  console.error(String(error.message));
} finally {
  await folder.stop();
  folder.drop();
}
process.exit(status);
