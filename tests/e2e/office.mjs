#!/usr/bin/env node
// office.mjs: the work behind the desk in a real browser, in English and Dari: imports, lists, accounts,
// jobs, health. Prints TAP.
import { PASSWORD, ok, withOperation } from './operation.mjs';
import { officeWalk } from '../../web/tools/walks/office.mjs';

const runs = [['en', 'Panjshiri', 'wardak-en'], ['fa', 'Badghisi', 'wardak-fa']];
const people = 150;

await withOperation({ people, seed: 5, logins: ['admin'] }, async (operation) => {
  for (const [lang, ...names] of runs) {
    await officeWalk({ url: operation.url, lang, password: PASSWORD, told: ok, op: operation.op.bind(operation), people, names });
  }
});
