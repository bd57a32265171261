// addperson.tsx: a birth, or somebody who joins: one more person in a registered family.
import { useState } from 'preact/hooks';
import { ApiError } from '../../lib/api';
import { act } from '../../lib/commands';
import { COPIED, type Member, given, newMember } from '../../lib/family';
import { isoOf } from '../../lib/calendars';
import { parseDate } from '../../lib/dateentry';
import { t } from '../../lib/i18n';
import { fieldOf, offered } from '../../lib/meta';
import { impliedSex } from '../../lib/relationship';
import { officeCalendar, today } from '../../lib/session';
import type { Fields, GroupFile } from '../../lib/types';
import { Busy } from '../../ui/bits';
import { DateField } from '../../ui/datefield';
import { Dialog } from '../../ui/dialog';
import { ChoiceField, TextField } from '../../ui/field';
import { RecordField } from '../../ui/recordfield';
import { Notice, Trouble } from '../../ui/states';
import { toast } from '../../ui/toast';
import { RelationshipField } from './move';

const NAMES = ['given_name', 'father_name', 'given_name_local', 'father_name_local'];

export function AddPerson({ file, close }: { file: GroupFile; close: (done: boolean) => void }) {
  const focal = file.members.find((m) => m.membership.fields['relationship'] === 'FP')?.person;
  const [m, setM] = useState<Member>(() => {
    const person: Fields = {};
    for (const name of COPIED) if (focal?.fields[name] !== undefined) person[name] = focal.fields[name] ?? null;
    delete person['registration_reason'];
    return { ...newMember(), person };
  });
  const [doubles, setDoubles] = useState<{ person: string; name: string }[]>([]);
  const [error, setError] = useState<unknown>(null);
  const set = (part: Fields): void => setM((x) => ({ ...x, person: { ...x.person, ...part } }));
  const complete = (m.person['given_name'] || m.person['given_name_local']) && m.relationship !== '' && m.person['sex'] && m.person['birth_date'];
  const run = async (): Promise<void> => {
    setError(null);
    try {
      await act('person.register', {
        group: file.group.id, person: given(m.person), relationship: m.relationship, presence: m.presence,
        confirmed_not: doubles.map((d) => d.person),
      });
      toast(t('group.added'));
      close(true);
    } catch (e) {
      if (e instanceof ApiError && e.has('error.duplicate')) {
        setDoubles(e.errors.filter((x) => x.key === 'error.duplicate').map((x) => ({ person: String(x.args?.['person'] ?? ''), name: String(x.args?.['name'] ?? '') })));
      } else setError(e);
    }
  };
  const reasons = fieldOf('person', 'registration_reason');
  const marital = fieldOf('person', 'marital_status');
  return (
    <Dialog
      title={t('group.add')}
      wide
      onClose={() => close(false)}
      footer={<Busy class="button button-main" icon="ok" disabled={!complete} run={run}>{t(doubles.length > 0 ? 'duplicate.save' : 'action.save')}</Busy>}
    >
      {doubles.length > 0 && (
        <Notice kind="attention">
          <p>{t('duplicate.intro')}</p>
          <ul>{doubles.map((d) => <li key={d.person}><a href={`#/person/${d.person}`}><bdi>{d.name}</bdi></a></li>)}</ul>
        </Notice>
      )}
      {error !== null && <Trouble error={error} />}
      <div class="correct-fields">
        <RelationshipField
          label={t('group.relation_to_focal')}
          value={m.relationship}
          onChange={(relationship) => {
            const sex = impliedSex(relationship);
            setM((x) => ({ ...x, relationship, person: sex === '' ? x.person : { ...x.person, sex } }));
          }}
        />
        {reasons !== undefined && <RecordField field={reasons} value={m.person['registration_reason']} onChange={(v) => set({ registration_reason: v })} />}
        {NAMES.map((name) => (
          <TextField key={name} label={fieldOf('person', name)?.label ?? name} value={String(m.person[name] ?? '')} dir={name.endsWith('_local') ? 'rtl' : 'ltr'} max={120} onInput={(v) => set({ [name]: v === '' ? null : v })} />
        ))}
        <ChoiceField
          label={fieldOf('person', 'sex')?.label ?? ''}
          value={String(m.person['sex'] ?? '')}
          options={offered(fieldOf('person', 'sex')?.codes ?? 'sex').map((c) => ({ value: c.code, label: c.label }))}
          onChange={(sex) => set({ sex })}
        />
        <DateField
          label={t('registration.birth')}
          birth
          typed={m.birthText}
          calendar={m.birthCalendar}
          onInput={(birthText, birthCalendar) => {
            const entry = parseDate(birthText, { today: today.value, preferred: officeCalendar.value });
            const best = entry.ok ? [entry.best, ...entry.alternatives].find((r) => r.calendar === birthCalendar) ?? entry.best : null;
            setM((x) => ({ ...x, birthText, birthCalendar }));
            set({ birth_date: best === null ? null : isoOf(best.day), birth_date_precision: best?.precision ?? null, birth_date_entered: birthText || null });
          }}
        />
        {marital !== undefined && <RecordField field={marital} value={m.person['marital_status']} onChange={(v) => set({ marital_status: v })} />}
      </div>
    </Dialog>
  );
}
