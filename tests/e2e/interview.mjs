#!/usr/bin/env node
// interview.mjs: interviews that wait and change hands, in English and Dari; the keys of the desk on a
// French and a Persian keyboard. Prints TAP.
import { PASSWORD, ok, withOperation } from './operation.mjs';
import { draftsWalk, keysWalk } from '../../web/tools/walks/interview.mjs';

await withOperation({ people: 60, seed: 5, logins: ['psh-1', 'psh-2'] }, async (operation) => {
  const common = { url: operation.url, password: PASSWORD, told: ok, op: operation.op.bind(operation) };
  for (const [lang, name] of [['en', 'Mohmandi'], ['fa', 'Salarzai']]) await draftsWalk({ ...common, lang, names: [name] });
  await keysWalk({ ...common, lang: 'fr', layout: 'azerty', given: 'mazaqwa', family: 'zamboqa', sex: 'f' });
  await keysWalk({ ...common, lang: 'fa', layout: 'persian', given: 'شاهگل', family: 'نورستان', sex: 'م' });
});
