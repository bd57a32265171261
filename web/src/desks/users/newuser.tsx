// newuser.tsx: a new account: the first password is shown once and must be changed at sign-in.
import { useState } from 'preact/hooks';
import { ApiError } from '../../lib/api';
import { act } from '../../lib/commands';
import { LANGUAGES, LANGUAGE_NAMES, t } from '../../lib/i18n';
import { fieldLabel } from '../../lib/meta';
import { session } from '../../lib/session';
import { Busy } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { SelectField, TextField } from '../../ui/field';
import { Notice, Trouble } from '../../ui/states';
import { officeChoices } from './offices';
import { ownLanguage, roleName } from './rolename';
import type { People } from './users';

export function FirstPasswordShown({ password }: { password: string }) {
  return (
    <Notice kind="attention">
      <p>{t('users.first_password')}</p>
      <p class="first-password"><bdi dir="ltr" class="mono">{password}</bdi></p>
    </Notice>
  );
}

export function NewUser({ people, close }: { people: People; close: () => void }) {
  const [login, setLogin] = useState('');
  const [name, setName] = useState('');
  const [office, setOffice] = useState(session.value?.office.id ?? '');
  const [language, setLanguage] = useState(session.value?.language ?? 'en');
  const [role, setRole] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<unknown>(null);
  const said = (path: string): string =>
    error instanceof ApiError ? (error.errors.find((e) => e.path === path)?.message ?? '') : '';
  const run = async (): Promise<void> => {
    setError(null);
    try {
      const made = await act<{ id: string; first_password: string }>('user.create', {
        login: login.trim(), name: name.trim(), office, language, grants: role === '' ? [] : [{ role, office }],
      });
      setPassword(made.first_password);
    } catch (e) {
      setError(e);
    }
  };
  return (
    <Dialog
      title={t('users.new')}
      onClose={close}
      footer={password !== '' ? <button type="button" class="button button-main" onClick={close}>{t('action.close')}</button> : (
        <Busy class="button button-main" disabled={login.trim() === '' || name.trim() === '' || office === ''} run={run}>{t('users.create')}</Busy>
      )}
    >
      {password !== '' ? <FirstPasswordShown password={password} /> : (
        <>
          {error !== null && <Trouble error={error} />}
          <TextField label={fieldLabel('user', 'name')} value={name} onInput={setName} error={said('name')} />
          <TextField label={fieldLabel('user', 'login')} value={login} dir="ltr" onInput={setLogin} error={said('login')} hint={t('users.login_hint')} />
          <SelectField label={fieldLabel('user', 'office')} value={office} onChange={setOffice} empty="—" options={officeChoices(people.offices)} />
          <SelectField label={fieldLabel('user', 'language')} value={language} onChange={setLanguage} options={LANGUAGES.map((l) => ({ value: l, label: LANGUAGE_NAMES[l] }))} />
          <SelectField label={t('users.role')} value={role} onChange={setRole} empty={t('users.no_role')} options={people.roles.map((r) => ({ value: r.id, label: roleName(r, ownLanguage(people.offices)) }))} />
        </>
      )}
    </Dialog>
  );
}
