// account.tsx: one account: its grants, a new first password, suspension.
import { useState } from 'preact/hooks';
import { act } from '../../lib/commands';
import { t } from '../../lib/i18n';
import { may } from '../../lib/session';
import type { Rec } from '../../lib/types';
import { Busy } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { SelectField } from '../../ui/field';
import { Icon } from '../../ui/icon';
import { Trouble } from '../../ui/states';
import { toast } from '../../ui/toast';
import { FirstPasswordShown } from './newuser';
import { officeChoices } from './offices';
import { ownLanguage, roleName } from './rolename';
import { type People, grantText, grantsOf } from './users';

export function Account(p: { user: Rec; people: People; changed: () => void; close: () => void }) {
  const { user, people } = p;
  const [role, setRole] = useState('');
  const [office, setOffice] = useState(String(user.fields['office'] ?? ''));
  const [password, setPassword] = useState('');
  const [error, setError] = useState<unknown>(null);
  const writes = may('user.write');
  const doing = async (op: string, input: object, said: string): Promise<void> => {
    setError(null);
    try {
      const result = await act<{ first_password?: string }>(op, input);
      if (result.first_password !== undefined) setPassword(result.first_password);
      else toast(said);
      p.changed();
    } catch (e) {
      setError(e);
    }
  };
  const suspended = user.fields['status'] === 'SUSPENDED';
  return (
    <Dialog title={String(user.fields['name'] ?? user.fields['login'] ?? '')} onClose={p.close} footer={<button type="button" class="button button-main" onClick={p.close}>{t('action.close')}</button>}>
      {error !== null && <Trouble error={error} />}
      {password !== '' && <FirstPasswordShown password={password} />}
      <h3>{t('users.grants')}</h3>
      <ul class="plain grants">
        {grantsOf(people, user.id).map((g) => (
          <li key={g.id}>
            <bdi>{grantText(people, g)}</bdi>
            {writes && <Busy class="icon-button" title={t('users.take')} run={() => doing('grant.take', { id: g.id }, t('users.taken'))}><Icon name="remove" size={16} /><span class="hidden">{t('users.take')}</span></Busy>}
          </li>
        ))}
      </ul>
      {writes && (
        <>
          <div class="row-line">
            <SelectField label={t('users.role')} value={role} empty="—" onChange={setRole} options={people.roles.map((r) => ({ value: r.id, label: roleName(r, ownLanguage(people.offices)) }))} />
            <SelectField label={t('users.at_office')} value={office} empty="—" onChange={setOffice} options={officeChoices(people.offices)} />
            <Busy class="button" disabled={role === '' || office === ''} run={() => doing('grant.give', { user: user.id, role, office }, t('users.given'))}>{t('users.give')}</Busy>
          </div>
          <div class="page-actions">
            <Busy class="button" icon="lock" run={() => doing('user.reset_password', { id: user.id }, '')}>{t('users.reset')}</Busy>
            {suspended ? (
              <Busy class="button" run={() => doing('user.suspend', { id: user.id, status: 'ACTIVE' }, t('users.restored'))}>{t('users.restore')}</Busy>
            ) : (
              <Busy class="button button-danger" run={() => doing('user.suspend', { id: user.id, status: 'SUSPENDED' }, t('users.suspended'))}>{t('users.suspend')}</Busy>
            )}
          </div>
          <p class="hint">{t('users.suspend_hint')}</p>
        </>
      )}
    </Dialog>
  );
}
