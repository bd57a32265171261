// role.tsx: what a role may do.
import { useState } from 'preact/hooks';
import { act } from '../../lib/commands';
import { LANGUAGES, LANGUAGE_NAMES, type Language, directionOf, t } from '../../lib/i18n';
import { codesOf, fieldLabel } from '../../lib/meta';
import type { Rec } from '../../lib/types';
import { Busy } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { CheckField, TextField } from '../../ui/field';
import { Trouble } from '../../ui/states';
import { roleName } from './rolename';

const list = (role: Rec | null, field: string): string[] => {
  const value = role?.fields[field];
  return Array.isArray(value) ? value : [];
};

const labelsOf = (role: Rec | null): Record<Language, string> =>
  Object.fromEntries(LANGUAGES.map((l) => [l, String(role?.fields[`label_${l}`] ?? '')])) as Record<Language, string>;

/** What has changed; emptied ones are null. A new role says only what it has. */
function labelInput(role: Rec | null, labels: Record<Language, string>): Record<string, string | null> {
  const before = labelsOf(role);
  const changed = LANGUAGES.filter((l) => labels[l].trim() !== before[l]);
  return Object.fromEntries(changed.map((l) => [`label_${l}`, labels[l].trim() === '' ? null : labels[l].trim()]));
}

export function RoleDialog({ role, own, close }: { role: Rec | null; own: string; close: () => void }) {
  const [code, setCode] = useState(String(role?.fields['code'] ?? ''));
  const [name, setName] = useState(String(role?.fields['name'] ?? ''));
  const [labels, setLabels] = useState(labelsOf(role));
  const [permissions, setPermissions] = useState(list(role, 'permissions'));
  const [lanes, setLanes] = useState(role === null ? ['core'] : list(role, 'lanes'));
  const [error, setError] = useState<unknown>(null);
  const run = async (): Promise<void> => {
    try {
      await act('role.save', { code, ...(role === null ? {} : { base: role.version }), name, ...labelInput(role, labels), permissions, lanes });
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
      <h3>{t('role.names')}</h3>
      <p class="hint">{t('role.names_hint')}</p>
      <div class="row-2">
        {LANGUAGES.map((l) => (
          <TextField key={l} label={LANGUAGE_NAMES[l]} value={labels[l]} dir={directionOf(l)} onInput={(v) => setLabels({ ...labels, [l]: v })} />
        ))}
      </div>
      <h3>{fieldLabel('role', 'permissions')}</h3>
      {boxes('permission', permissions, setPermissions)}
      <h3>{fieldLabel('role', 'lanes')}</h3>
      {boxes('lane', lanes, setLanes)}
    </Dialog>
  );
}
