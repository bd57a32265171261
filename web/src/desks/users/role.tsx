// role.tsx: what a role may do.
import { useState } from 'preact/hooks';
import { act } from '../../lib/commands';
import { t } from '../../lib/i18n';
import { codesOf, fieldLabel } from '../../lib/meta';
import { namesInput, namesOf } from '../../lib/names';
import type { Rec } from '../../lib/types';
import { Busy } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { CheckField, TextField } from '../../ui/field';
import { NamesFields } from '../../ui/names';
import { Trouble } from '../../ui/states';
import { roleName } from './rolename';

const list = (role: Rec | null, field: string): string[] => {
  const value = role?.fields[field];
  return Array.isArray(value) ? value : [];
};

export function RoleDialog({ role, own, close }: { role: Rec | null; own: string; close: () => void }) {
  const [code, setCode] = useState(String(role?.fields['code'] ?? ''));
  const [name, setName] = useState(String(role?.fields['name'] ?? ''));
  const [names, setNames] = useState(namesOf(role));
  const [permissions, setPermissions] = useState(list(role, 'permissions'));
  const [lanes, setLanes] = useState(role === null ? ['core'] : list(role, 'lanes'));
  const [error, setError] = useState<unknown>(null);
  const run = async (): Promise<void> => {
    try {
      await act('role.save', { code, ...(role === null ? {} : { base: role.version }), name, ...namesInput(role, names), permissions, lanes });
      close();
    } catch (e) {
      setError(e);
    }
  };
  const boxes = (codes: string, chosen: string[], set: (c: string[]) => void) => (
    <div class="column-choice">
      {codesOf(codes).map((c) => (
        <CheckField key={c.code} label={c.label} checked={chosen.includes(c.code)} onChange={(on) => set(on ? [...chosen, c.code] : chosen.filter((x) => x !== c.code))} />
      ))}
    </div>
  );
  return (
    <Dialog title={role === null ? t('users.new_role') : roleName(role, own)} wide onClose={close} footer={<Busy class="button button-main" disabled={code === '' || name === ''} run={run}>{t('action.save')}</Busy>}>
      {error !== null && <Trouble error={error} />}
      <div class="row-2">
        <TextField label={fieldLabel('role', 'name')} value={name} onInput={setName} />
        <TextField label={fieldLabel('role', 'code')} value={code} dir="ltr" readOnly={role !== null} onInput={setCode} />
      </div>
      <NamesFields names={names} hint={t('role.names_hint')} onInput={setNames} />
      <h3>{fieldLabel('role', 'permissions')}</h3>
      {boxes('permission', permissions, setPermissions)}
      <h3>{fieldLabel('role', 'lanes')}</h3>
      {boxes('lane', lanes, setLanes)}
    </Dialog>
  );
}
