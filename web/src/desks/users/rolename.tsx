// rolename.tsx: what a role is called in the reader's language; where it has no name in it, the name it has,
// and that it is in another language.
import { type Key, type Language, language, t } from '../../lib/i18n';
import type { Rec } from '../../lib/types';
import { Icon } from '../../ui/icon';

/** The roles that every operation begins with have a name in each language, until one is given to them. */
const BUILT_IN: Record<string, { name: string; key: Key }> = {
  administrator: { name: 'Administrator', key: 'role.administrator' },
  registration_supervisor: { name: 'Registration supervisor', key: 'role.registration_supervisor' },
  registration_clerk: { name: 'Registration clerk', key: 'role.registration_clerk' },
  protection_officer: { name: 'Protection officer', key: 'role.protection_officer' },
  data_officer: { name: 'Data officer', key: 'role.data_officer' },
  viewer: { name: 'Viewer', key: 'role.viewer' },
};

export interface Called {
  text: string;
  /** In another language than the reader's. */
  other: boolean;
}

const textIn = (role: Rec, field: string): string => {
  const value = role.fields[field];
  return typeof value === 'string' ? value : '';
};

/** `own`: the language of the office under no other, in which names without a language are. */
export function called(role: Rec | undefined, reader: Language, own: string): Called {
  if (role === undefined) return { text: '', other: false };
  const label = textIn(role, `label_${reader}`);
  if (label !== '') return { text: label, other: false };
  const name = textIn(role, 'name');
  const known = BUILT_IN[textIn(role, 'code')];
  if (known !== undefined && known.name === name) return { text: t(known.key), other: false };
  return { text: name, other: reader !== own };
}

/** The language of names that do not say in which they are. */
export function ownLanguage(offices: Rec[]): string {
  const head = offices.find((o) => (o.fields['parent'] ?? null) === null);
  return String(head?.fields['language'] ?? 'en');
}

/** For a line of text, such as one of several to choose from. */
export function roleName(role: Rec | undefined, own: string): string {
  const name = called(role, language.value, own);
  return name.other ? `${name.text} (${t('role.other_language')})` : name.text;
}

export function RoleName({ role, own }: { role: Rec | undefined; own: string }) {
  const name = called(role, language.value, own);
  return (
    <>
      <bdi>{name.text}</bdi>
      {name.other && (
        <span class="other-language" title={t('role.other_language')}>
          <Icon name="language" size={14} />
          <span class="hidden">{t('role.other_language')}</span>
        </span>
      )}
    </>
  );
}
