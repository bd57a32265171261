// person.tsx: a person's page: who they are, their family, papers, needs and history.
import { useRef, useState } from 'preact/hooks';
import { ask } from '../../lib/commands';
import { isoOf } from '../../lib/calendars';
import { formatIso } from '../../lib/format';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import { type Route, href } from '../../lib/router';
import { may, today } from '../../lib/session';
import type { PersonFile } from '../../lib/types';
import { Photo, Tabs } from '../../ui/bits';
import { Correct } from '../../ui/correct';
import { History } from '../../ui/history';
import { Icon } from '../../ui/icon';
import { Load, Notice } from '../../ui/states';
import { Age, Num, RecordName, sexLabel, shown } from '../../ui/text';
import { AsOf } from './asof';
import { Conflicts } from './conflicts';
import { FamilyTab } from './familytab';
import { NeedsTab } from './needstab';
import { Overview } from './overview';
import { PapersTab } from './paperstab';
import { VoidPerson } from './voidperson';

const TABS = ['overview', 'family', 'documents', 'needs', 'history'] as const;

export function PersonDesk({ route }: { route: Route }) {
  const [day, setDay] = useState(today.value);
  const loaded = useLoad(
    (signal) => day < today.value
      ? ask<PersonFile>('person.as_of', { id: route.id, at: `${isoOf(day)}T23:59:59Z` }, signal)
      : ask<PersonFile>('person.file', { id: route.id }, signal),
    [route.id, day],
  );
  // While another day is read the one before it stays, with its own date: whoever moves along the line
  // keeps it under the hand.
  const last = useRef<{ id: string; day: number; data: PersonFile } | null>(null);
  if (loaded.data !== null) last.current = { id: route.id, day, data: loaded.data };
  const kept = last.current?.id === route.id && loaded.error === null ? last.current : null;
  const file = kept === null ? loaded : { ...loaded, data: kept.data };
  const shownDay = kept?.day ?? day;
  const past = shownDay < today.value;
  const tab = TABS.find((x) => x === route.tab) ?? 'overview';
  return (
    <div class="page person-page">
      <Load of={file}>
        {(data) => (
          <>
            <PersonHead file={data} past={past} reload={file.reload} />
            <Tabs
              label={t('person.tabs')}
              desk="person"
              id={route.id}
              open={tab}
              tabs={[
                { id: 'overview', label: t('person.tab.overview') },
                { id: 'family', label: t('person.tab.family') },
                { id: 'documents', label: t('person.tab.documents'), mark: data.documents.length + data.phones.length },
                { id: 'needs', label: t('person.tab.needs'), mark: data.needs?.length ?? data.need_count ?? 0 },
                { id: 'history', label: t('person.tab.history') },
              ]}
            />
            {tab !== 'history' && <AsOf file={data} day={day} setDay={setDay} />}
            {past && <Notice kind="attention">{t('person.past', { date: formatIso(isoOf(shownDay)) })}</Notice>}
            {tab === 'overview' && <Overview file={data} reload={file.reload} past={past} />}
            {tab === 'family' && <FamilyTab file={data} />}
            {tab === 'documents' && <PapersTab file={data} reload={file.reload} past={past} />}
            {tab === 'needs' && <NeedsTab file={data} reload={file.reload} past={past} />}
            {tab === 'history' && <History subject={route.id} changed={file.reload} />}
          </>
        )}
      </Load>
    </div>
  );
}

function PersonHead({ file, past, reload }: { file: PersonFile; past: boolean; reload: () => void }) {
  const [correcting, setCorrecting] = useState(false);
  const [voiding, setVoiding] = useState(false);
  const { person } = file;
  const current = file.groups[file.groups.length - 1];
  const status = shown(person, 'process_status');
  const image = file.photos[file.photos.length - 1]?.fields['image'];
  return (
    <>
      <header class="subject-head">
        <Photo hex={typeof image === 'string' ? image : null} size="middle" />
        <div class="subject-who">
          <h1 tabIndex={-1}><RecordName fields={person.fields} big /></h1>
          <p class="subject-facts">
            <Num text={person.fields['number'] as string} />
            <span>{sexLabel(person.fields['sex'])} · <Age fields={person.fields} /></span>
            {status !== '' && <span class="tag">{status}</span>}
            {person.void ? <span class="tag tag-danger"><Icon name="danger" size={14} /> {t('record.void')}</span> : null}
            {person.conflict === true && <span class="tag tag-attention"><Icon name="attention" size={14} /> {t('record.conflict')}</span>}
          </p>
          {current !== undefined && (
            <p>
              <a href={href('group', current.group.id)}>
                <Icon name="family" size={16} /> {t('person.family')} <Num text={current.group.fields['number'] as string} />
              </a>
              {' · '}{shown(current.membership, 'relationship')}
              {current.group.fields['village'] ? <> · <bdi>{String(current.group.fields['village'])}</bdi></> : null}
            </p>
          )}
        </div>
        {!past && (
          <div class="page-actions">
            {may('person.write') && !person.void && (
              <button type="button" class="button button-main" onClick={() => setCorrecting(true)}>
                <Icon name="edit" size={18} /> {t('action.correct')}
              </button>
            )}
            {may('person.void') && !person.void && (
              <button type="button" class="button" onClick={() => setVoiding(true)}>
                <Icon name="remove" size={18} /> {t('person.void')}
              </button>
            )}
          </div>
        )}
      </header>
      {(file.conflicts ?? []).length > 0 && !past && <Conflicts conflicts={file.conflicts ?? []} done={reload} />}
      {correcting && (
        <Correct
          record={person}
          title={t('correct.title')}
          close={() => setCorrecting(false)}
          done={() => {
            setCorrecting(false);
            reload();
          }}
        />
      )}
      {voiding && (
        <VoidPerson
          id={person.id}
          close={(done) => {
            setVoiding(false);
            if (done) reload();
          }}
        />
      )}
    </>
  );
}
