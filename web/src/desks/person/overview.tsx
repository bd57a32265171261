// overview.tsx: what is known of a person, drawn from the model, grouped for reading.
import { useState } from 'preact/hooks';
import { act } from '../../lib/commands';
import { t } from '../../lib/i18n';
import { kindOf } from '../../lib/meta';
import { may } from '../../lib/session';
import type { PersonFile } from '../../lib/types';
import { Facts, Photo } from '../../ui/bits';
import { Icon } from '../../ui/icon';
import { toast } from '../../ui/toast';
import { errorText } from '../../ui/states';
import { Dates, Age, Num, shown } from '../../ui/text';
import { PhotoDialog } from '../registration/photo';
import { ChildList } from './childlist';

const GROUPS: { title: 'overview.names' | 'overview.life' | 'overview.origin' | 'overview.status'; fields: string[] }[] = [
  { title: 'overview.names', fields: ['given_name', 'father_name', 'grandfather_name', 'family_name', 'postnom', 'mother_name', 'given_name_local', 'father_name_local', 'grandfather_name_local', 'family_name_local'] },
  { title: 'overview.life', fields: ['sex', 'birth_date', 'birth_date_entered', 'birth_place', 'marital_status', 'education', 'occupation', 'languages'] },
  { title: 'overview.origin', fields: ['nationality', 'country_of_origin', 'ethnicity', 'religion', 'flight_date', 'arrival_date'] },
  { title: 'overview.status', fields: ['number', 'legal_status', 'process_status', 'status_reason', 'registration_date', 'registration_reason', 'photo_status', 'closed_on'] },
];
const named: ReadonlySet<string> = new Set(GROUPS.flatMap((g) => g.fields));
const HIDDEN: ReadonlySet<string> = new Set(['display_name', 'birth_date_precision', 'void']);

export function Overview({ file, reload, past }: { file: PersonFile; reload: () => void; past: boolean }) {
  const { person } = file;
  const fields = kindOf('person')?.fields ?? [];
  const others = fields.filter((f) => !named.has(f.name) && !HIDDEN.has(f.name) && f.type !== 'ref' && !f.flags.includes('hidden'));
  const row = (name: string) => {
    const meta = fields.find((f) => f.name === name);
    if (meta === undefined) return null;
    if (name.endsWith('_local') && !person.fields[name]) return null;
    const value = name === 'birth_date' ? (
      <>
        <Dates iso={person.fields['birth_date']} precision={person.fields['birth_date_precision']} />
        {' '}<span class="quiet">(<Age fields={person.fields} />)</span>
      </>
    ) : name === 'number' ? <Num text={String(person.fields['number'] ?? '')} /> : shown(person, name) ? <bdi>{shown(person, name)}</bdi> : '';
    return { label: meta.label, value: name === 'birth_date' && !person.fields['birth_date'] ? '' : value };
  };
  return (
    <div class="overview">
      {GROUPS.map((g) => (
        <section class="panel" key={g.title}>
          <h2>{t(g.title)}</h2>
          <Facts rows={g.fields.map(row).filter((r): r is NonNullable<typeof r> => r !== null)} />
        </section>
      ))}
      {others.some((f) => shown(person, f.name) !== '') && (
        <section class="panel">
          <h2>{t('overview.more')}</h2>
          <Facts rows={others.map((f) => ({ label: f.label, value: <bdi>{shown(person, f.name)}</bdi> }))} />
        </section>
      )}
      <Pictures file={file} reload={reload} past={past} />
      <ChildList kind="name" rows={file.names} person={person.id} reload={reload} past={past} columns={['full_name', 'full_name_local', 'name_type']} />
      <ChildList kind="consent" rows={file.consents} person={person.id} reload={reload} past={past} columns={['purpose', 'answer', 'asked_on']} />
    </div>
  );
}

function Pictures({ file, reload, past }: { file: PersonFile; reload: () => void; past: boolean }) {
  const [taking, setTaking] = useState(false);
  return (
    <section class="panel">
      <h2>{t('overview.photos')}</h2>
      <div class="pictures">
        {file.photos.map((p) => (
          <figure key={p.id}>
            <Photo hex={String(p.fields['image'] ?? '')} size="big" />
            <figcaption class="hint">{shown(p, 'taken_on')}</figcaption>
          </figure>
        ))}
        {file.photos.length === 0 && <p class="quiet">{t('overview.no_photo')}</p>}
      </div>
      {!past && may('person.write') && (
        <button type="button" class="button button-small" onClick={() => setTaking(true)}>
          <Icon name="camera" size={16} /> {t('photo.take')}
        </button>
      )}
      {taking && (
        <PhotoDialog
          close={() => setTaking(false)}
          taken={({ photo, thumb }) => {
            setTaking(false);
            act('record.add', { kind: 'photo', fields: { person: file.person.id, image: photo, thumb } }).then(reload, (e: unknown) =>
              toast(errorText(e), { kind: 'danger' }));
          }}
        />
      )}
    </section>
  );
}
