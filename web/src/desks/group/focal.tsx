// focal.tsx: another focal point: relationships follow from the links; what they do not tell is asked.
import { useState } from 'preact/hooks';
import { act } from '../../lib/commands';
import { t } from '../../lib/i18n';
import { restate } from '../../lib/relationship';
import type { GroupFile } from '../../lib/types';
import { Busy } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { SelectField } from '../../ui/field';
import { NO_REASON, ReasonFields, reasonInput } from '../../ui/reason';
import { Trouble } from '../../ui/states';
import { RecordName, plainName } from '../../ui/text';
import { toast } from '../../ui/toast';
import { RelationshipField } from './move';

export function FocalPoint({ file, close }: { file: GroupFile; close: (done: boolean) => void }) {
  const old = file.members.find((m) => m.membership.fields['relationship'] === 'FP')?.person.id ?? '';
  const [next, setNext] = useState('');
  const [relations, setRelations] = useState<Record<string, string>>({});
  const [reason, setReason] = useState(NO_REASON);
  const [error, setError] = useState<unknown>(null);
  const others = file.members.filter((m) => m.person.id !== next);
  const choose = (id: string): void => {
    setNext(id);
    setRelations(restate(
      file.members.map((m) => ({
        key: m.person.id,
        sex: String(m.person.fields['sex'] ?? ''),
        relationship: m.person.id === old ? '' : String(m.membership.fields['relationship'] ?? ''),
        mother: String(m.person.fields['mother'] ?? ''),
      })),
      old,
      id,
    ));
  };
  const complete = next !== '' && reason.reason !== '' && others.every((m) => (relations[m.person.id] ?? '') !== '');
  const run = async (): Promise<void> => {
    try {
      await act('group.set_focal_point', {
        group: file.group.id,
        person: next,
        relationships: others.map((m) => ({ person: m.person.id, relationship: relations[m.person.id] })),
        ...reasonInput(reason),
      });
      toast(t('grid.focal_changed'));
      close(true);
    } catch (e) {
      setError(e);
    }
  };
  return (
    <Dialog
      title={t('group.focal')}
      wide
      onClose={() => close(false)}
      footer={<Busy class="button button-main" disabled={!complete} run={run}>{t('group.focal')}</Busy>}
    >
      <SelectField
        label={t('group.new_focal')}
        value={next}
        empty="—"
        onChange={choose}
        options={file.members.filter((m) => m.person.id !== old).map((m) => ({ value: m.person.id, label: plainName(m.person.fields) }))}
      />
      {next !== '' && <p class="hint">{t('group.focal_hint')}</p>}
      {next !== '' && others.map((m) => (
        <div class="row-2" key={m.person.id}>
          <p class="pair-name"><RecordName fields={m.person.fields} /></p>
          <RelationshipField
            label={t('group.relation_to_focal')}
            value={relations[m.person.id] ?? ''}
            onChange={(code) => setRelations((r) => ({ ...r, [m.person.id]: code }))}
          />
        </div>
      ))}
      <ReasonFields list="move_reason" value={reason} onChange={setReason} />
      {error !== null && <Trouble error={error} />}
    </Dialog>
  );
}
