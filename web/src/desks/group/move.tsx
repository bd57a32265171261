// move.tsx: one person goes to another family, or several found a family of their own.
import { useState } from 'preact/hooks';
import { act } from '../../lib/commands';
import { t } from '../../lib/i18n';
import { fieldLabel, fieldOf } from '../../lib/meta';
import { USUAL } from '../../lib/relationship';
import { go } from '../../lib/router';
import { useSearch } from '../../lib/search';
import type { GroupFile, PersonLine } from '../../lib/types';
import { Busy } from '../../ui/bits';
import { CodeField } from '../../ui/codefield';
import { Dialog } from '../../ui/dialog';
import { SelectField } from '../../ui/field';
import { NO_REASON, ReasonFields, reasonInput } from '../../ui/reason';
import { SearchList } from '../../ui/searchlist';
import { Trouble } from '../../ui/states';
import { Name, Num, RecordName, plainName } from '../../ui/text';
import { toast } from '../../ui/toast';

interface Props {
  file: GroupFile;
  persons: string[];
  split: boolean;
  close: (done: boolean) => void;
}

export const RelationshipField = (p: { label: string; value: string; onChange: (code: string) => void }) => (
  <CodeField
    label={p.label}
    list={fieldOf('membership', 'relationship')?.codes ?? 'relationship'}
    value={p.value}
    first={USUAL}
    only={(code) => code !== 'FP'}
    onChange={p.onChange}
  />
);

export function Move(p: Props) {
  const [target, setTarget] = useState<PersonLine | null>(null);
  const [focal, setFocal] = useState(p.split ? (p.persons[0] ?? '') : '');
  const [relations, setRelations] = useState<Record<string, string>>({});
  const [reason, setReason] = useState(NO_REASON);
  const [error, setError] = useState<unknown>(null);
  const people = p.file.members.filter((m) => p.persons.includes(m.person.id)).map((m) => m.person);
  const asked = people.filter((x) => x.id !== focal);
  const complete = reason.reason !== '' && asked.every((x) => (relations[x.id] ?? '') !== '') && (p.split || !!target?.group);
  const run = async (): Promise<void> => {
    try {
      if (p.split) {
        const made = await act<{ group: string; number: string }>('member.split', {
          persons: p.persons,
          focal_point: focal,
          relationships: asked.map((x) => ({ person: x.id, relationship: relations[x.id] })),
          ...reasonInput(reason),
        });
        toast(t('group.split_done', { number: made.number }), { action: { label: t('done.open'), run: () => go('group', made.group) } });
      } else {
        await act('member.move', { person: p.persons[0], to_group: target?.group, relationship: relations[p.persons[0] ?? ''], ...reasonInput(reason) });
        toast(t('group.moved'));
      }
      p.close(true);
    } catch (e) {
      setError(e);
    }
  };
  return (
    <Dialog
      title={t(p.split ? 'group.split' : 'group.move')}
      wide
      onClose={() => p.close(false)}
      footer={<Busy class="button button-main" disabled={!complete} run={run}>{t(p.split ? 'group.split' : 'group.move')}</Busy>}
    >
      {!p.split && <Target target={target} setTarget={setTarget} from={p.file.group.id} />}
      {p.split && (
        <SelectField
          label={t('group.new_focal')}
          value={focal}
          onChange={setFocal}
          options={people.map((x) => ({ value: x.id, label: plainName(x.fields) }))}
        />
      )}
      {asked.map((x) => (
        <div class="row-2" key={x.id}>
          <p class="pair-name"><RecordName fields={x.fields} /></p>
          <RelationshipField
            label={t('group.relation_to_new', { relationship: fieldLabel('membership', 'relationship') })}
            value={relations[x.id] ?? ''}
            onChange={(code) => setRelations((r) => ({ ...r, [x.id]: code }))}
          />
        </div>
      ))}
      <ReasonFields list="move_reason" value={reason} onChange={setReason} />
      {error !== null && <Trouble error={error} />}
    </Dialog>
  );
}

function Target(p: { target: PersonLine | null; setTarget: (line: PersonLine | null) => void; from: string }) {
  const search = useSearch(6);
  if (p.target !== null) {
    return (
      <p class="target">
        <Num text={p.target.group_number} /> <Name latin={p.target.name} local={p.target.name_local} />
        <button type="button" class="link" onClick={() => p.setTarget(null)}>{t('group.other_family')}</button>
      </p>
    );
  }
  return (
    <SearchList
      search={search}
      label={t('group.to_family')}
      placeholder={t('search.placeholder')}
      onOpen={(line) => {
        if (line.group && line.group !== p.from) p.setTarget(line);
      }}
    />
  );
}
