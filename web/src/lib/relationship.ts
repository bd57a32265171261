// relationship.ts: what a relationship to the focal point implies, and how relationships are
// restated when another person becomes the focal point. Codes: UNHCR's eRRF list, v4.1.

const MALE = 'HUS CLH EXM PTM SON SCM FCM CLM PRM FPM SPM PLM SBM HAB SPB BIL GPM GCM UNC NEP COM ILM ORM NRM UKM';
const FEMALE = 'WIF CLW EXF PTF DAU SCF FCF CLF PRF FPF SPF PLF SBF HAS SPS SIL GPF GCF ANT NCE COF ILF ORF NRF UKF';
const male: ReadonlySet<string> = new Set(MALE.split(' '));
const female: ReadonlySet<string> = new Set(FEMALE.split(' '));
const WIVES: ReadonlySet<string> = new Set(['WIF', 'CLW', 'PTF']);
const HUSBANDS: ReadonlySet<string> = new Set(['HUS', 'CLH', 'PTM']);
const CHILDREN: ReadonlySet<string> = new Set(['SON', 'DAU']);

export type Sex = 'F' | 'M' | '';

/** The sex a relationship implies; '' where it implies none. */
export const impliedSex = (relationship: string): Sex =>
  male.has(relationship) ? 'M' : female.has(relationship) ? 'F' : '';

export const isWife = (relationship: string): boolean => WIVES.has(relationship);
export const isSpouse = (relationship: string): boolean =>
  WIVES.has(relationship) || HUSBANDS.has(relationship);
export const isChild = (relationship: string): boolean => CHILDREN.has(relationship);

/** Relationships offered first, in the order families are told. */
export const USUAL = ['WIF', 'HUS', 'SON', 'DAU', 'PRM', 'PRF', 'SBM', 'SBF', 'GCM', 'GCF', 'CLF', 'CLM'];

export interface Related {
  key: string;
  sex: string;
  relationship: string;
  mother?: string | undefined;
}

const bySex = (sex: string, m: string, f: string): string => (sex === 'M' ? m : sex === 'F' ? f : '');

/** The old focal point as seen by the new one. */
const BACK: Record<string, readonly [string, string]> = {
  spouse: ['HUS', 'WIF'],
  child: ['PRM', 'PRF'],
  parent: ['SON', 'DAU'],
  sibling: ['SBM', 'SBF'],
  grandparent: ['GCM', 'GCF'],
  grandchild: ['GPM', 'GPF'],
};

const CLASS: Record<string, string> = {
  WIF: 'spouse', HUS: 'spouse', CLW: 'spouse', CLH: 'spouse', PTM: 'spouse', PTF: 'spouse',
  SON: 'child', DAU: 'child', PRM: 'parent', PRF: 'parent', SBM: 'sibling', SBF: 'sibling',
  GPM: 'grandparent', GPF: 'grandparent', GCM: 'grandchild', GCF: 'grandchild',
};

/** Others of a class as seen by a new focal point of a class: [man, woman]; absent: to be asked. */
const SEEN: Record<string, Record<string, readonly [string, string]>> = {
  spouse: { parent: ['PLM', 'PLF'], sibling: ['BIL', 'SIL'] },
  child: { child: ['SBM', 'SBF'], parent: ['GPM', 'GPF'], sibling: ['UNC', 'ANT'] },
  parent: { child: ['GCM', 'GCF'], sibling: ['SON', 'DAU'], parent: ['HUS', 'WIF'], spouse: ['CLM', 'CLF'] },
  sibling: { sibling: ['SBM', 'SBF'], parent: ['PRM', 'PRF'], child: ['NEP', 'NCE'], spouse: ['BIL', 'SIL'] },
};

/**
 * Relationships to `next` from those to `old`; '' where the links do not tell, so that it is asked.
 * A wife is the mother of the children said to be hers, and of all where she is the only wife.
 */
export function restate(members: readonly Related[], old: string, next: string): Record<string, string> {
  const chosen = members.find((m) => m.key === next);
  const kind = CLASS[chosen?.relationship ?? ''] ?? '';
  const wives = members.filter((m) => isWife(m.relationship));
  const result: Record<string, string> = {};
  for (const m of members) {
    if (m.key === next) continue;
    if (m.key === old) {
      const back = BACK[kind];
      result[m.key] = back === undefined ? '' : bySex(m.sex, back[0], back[1]);
      continue;
    }
    const theirs = CLASS[m.relationship] ?? '';
    const seen = SEEN[kind]?.[theirs];
    result[m.key] = seen === undefined ? '' : bySex(m.sex || impliedSex(m.relationship), seen[0], seen[1]);
    if (kind === 'spouse' && theirs === 'child') {
      const own = m.mother === next || (!m.mother && wives.length <= 1);
      const step = m.mother !== undefined && m.mother !== '' && m.mother !== next;
      result[m.key] = own
        ? bySex(m.sex || impliedSex(m.relationship), 'SON', 'DAU')
        : step ? bySex(m.sex || impliedSex(m.relationship), 'SCM', 'SCF') : '';
    }
    if (kind === 'child' && theirs === 'spouse') {
      const mother = chosen?.mother;
      const isMother = mother === m.key || (!mother && wives.length === 1);
      result[m.key] = isMother ? bySex(m.sex || impliedSex(m.relationship), 'PRM', 'PRF') : '';
    }
  }
  return result;
}
