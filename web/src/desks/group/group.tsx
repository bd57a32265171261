// group.tsx: the page of a registration group: its people, where they live, and what can be done.
import { useLayoutEffect, useState } from 'preact/hooks';
import { act, ask } from '../../lib/commands';
import { formatClock, formatSeconds, formatTime } from '../../lib/format';
import { t, tn } from '../../lib/i18n';
import { bind } from '../../lib/keyboard';
import { useLoad } from '../../lib/load';
import { kindOf } from '../../lib/meta';
import { type Route, go, href } from '../../lib/router';
import { may } from '../../lib/session';
import type { GroupFile } from '../../lib/types';
import { Facts, Tabs } from '../../ui/bits';
import { Correct } from '../../ui/correct';
import { History } from '../../ui/history';
import { Icon } from '../../ui/icon';
import { Load, errorText } from '../../ui/states';
import { Num, RecordName, shown } from '../../ui/text';
import { toast } from '../../ui/toast';
import { Conflicts } from '../person/conflicts';
import { VoidPerson } from '../person/voidperson';
import { absentCode } from '../registration/grid';
import { AddPerson } from './addperson';
import { FocalPoint } from './focal';
import { Members } from './members';
import { Move } from './move';

type Open = '' | 'correct' | 'void' | 'move' | 'split' | 'focal' | 'add';

export function GroupDesk({ route }: { route: Route }) {
  const file = useLoad((signal) => ask<GroupFile>('group.file', { id: route.id }, signal), [route.id]);
  const tab = route.tab === 'history' ? 'history' : 'members';
  // Nobody gets a slip of a registration that is void.
  const alive = file.data !== null && !file.data.group.void;
  useLayoutEffect(() => (alive ? bind({ 'Alt+I': () => go('slip', route.id) }) : undefined), [route.id, alive]);
  return (
    <div class="page">
      <Load of={file}>
        {(data) => (
          <>
            <GroupHead file={data} reload={file.reload} />
            <Tabs
              label={t('person.tabs')}
              desk="group"
              id={route.id}
              open={tab}
              tabs={[
                { id: 'members', label: t('group.members'), mark: data.members.length },
                { id: 'history', label: t('person.tab.history') },
              ]}
            />
            {tab === 'members' ? <GroupBody file={data} reload={file.reload} /> : <History subject={route.id} changed={file.reload} />}
          </>
        )}
      </Load>
    </div>
  );
}

function GroupHead({ file, reload }: { file: GroupFile; reload: () => void }) {
  const [open, setOpen] = useState<Open>('');
  const { group } = file;
  const focal = file.members.find((m) => m.membership.fields['relationship'] === 'FP') ?? file.members[0];
  const done = (): void => {
    setOpen('');
    reload();
  };
  const alive = !group.void;
  return (
    <>
      <header class="subject-head">
        <span class="subject-icon"><Icon name="family" size={32} /></span>
        <div class="subject-who">
          <h1 tabIndex={-1}><Num text={String(group.fields['number'] ?? '')} /></h1>
          <p class="subject-facts">
            {focal !== undefined && <RecordName fields={focal.person.fields} />}
            <span>{tn('family.people', file.members.length)}</span>
            {shown(group, 'process_status') !== '' && <span class="tag">{shown(group, 'process_status')}</span>}
            {!alive && <span class="tag tag-danger"><Icon name="danger" size={14} /> {t('record.void')}</span>}
          </p>
        </div>
        <div class="page-actions">
          {alive && <a class="button button-main" href={href('slip', group.id)}><Icon name="print" size={18} /> {t('slip.print')}</a>}
          {alive && may('person.write') && (
            <>
              <button type="button" class="button" onClick={() => setOpen('correct')}><Icon name="edit" size={18} /> {t('action.correct')}</button>
              <button type="button" class="button" onClick={() => setOpen('add')}><Icon name="add" size={18} /> {t('group.add')}</button>
              <button type="button" class="button" onClick={() => setOpen('focal')}><Icon name="star" size={18} /> {t('group.focal')}</button>
            </>
          )}
          {alive && may('person.void') && (
            <button type="button" class="button" onClick={() => setOpen('void')}><Icon name="remove" size={18} /> {t('void.group')}</button>
          )}
        </div>
      </header>
      {(file.conflicts ?? []).length > 0 && <Conflicts conflicts={file.conflicts ?? []} done={reload} />}
      {open === 'correct' && <Correct record={group} title={t('correct.group')} close={() => setOpen('')} done={done} />}
      {open === 'void' && <VoidPerson group id={group.id} close={(yes) => (yes ? done() : setOpen(''))} />}
      {open === 'focal' && <FocalPoint file={file} close={(yes) => (yes ? done() : setOpen(''))} />}
      {open === 'add' && <AddPerson file={file} close={(yes) => (yes ? done() : setOpen(''))} />}
    </>
  );
}

const SHOWN = ['village', 'address', 'admin2', 'admin1', 'country_of_asylum', 'coo_village', 'coo_admin2', 'coo_admin1', 'arrival_date', 'registration_date', 'registration_level', 'registration_reason', 'interview_language', 'size_stated', 'note'];

function GroupBody({ file, reload }: { file: GroupFile; reload: () => void }) {
  const [chosen, setChosen] = useState<string[]>([]);
  const [moving, setMoving] = useState<'move' | 'split' | null>(null);
  const { group } = file;
  const writes = may('person.write') && !group.void;
  const turnPresence = async (membership: string, absent: boolean): Promise<void> => {
    try {
      await act('member.presence', { membership, presence: absent ? 'PRESENT' : absentCode() });
      reload();
    } catch (e) {
      toast(errorText(e), { kind: 'danger' });
    }
  };
  return (
    <>
      <section class="panel">
        <div class="panel-head">
          <h2>{t('group.members')}</h2>
          {writes && (
            <div class="page-actions">
              <button type="button" class="button button-small" disabled={chosen.length !== 1} onClick={() => setMoving('move')}>
                <Icon name="out" size={16} /> {t('group.move')}
              </button>
              <button type="button" class="button button-small" disabled={chosen.length === 0 || chosen.length >= file.members.length} onClick={() => setMoving('split')}>
                <Icon name="family" size={16} /> {t('group.split')}
              </button>
            </div>
          )}
        </div>
        {writes && <p class="hint">{t('group.choose_hint')}</p>}
        <Members
          members={file.members}
          {...(writes ? {
            select: { chosen, onChange: setChosen },
            actions: ({ membership }: GroupFile['members'][number]) => {
              const absent = membership.fields['presence'] !== 'PRESENT' && membership.fields['presence'] !== undefined;
              return (
                <button type="button" class="button button-small" onClick={() => void turnPresence(membership.id, absent)}>
                  {t(absent ? 'group.mark_present' : 'group.mark_absent')}
                </button>
              );
            },
          } : {})}
        />
      </section>
      <section class="panel">
        <h2>{t('section.family')}</h2>
        <Facts rows={SHOWN.map((name) => ({
          label: kindOf('registration_group')?.fields.find((f) => f.name === name)?.label ?? name,
          value: shown(group, name) === '' ? '' : <bdi>{shown(group, name)}</bdi>,
        }))} />
      </section>
      {file.former_members.length > 0 && (
        <section class="panel">
          <h2>{t('group.former')}</h2>
          <Members members={file.former_members} />
        </section>
      )}
      {file.interviews.length > 0 && (
        <section class="panel">
          <h2>{t('group.interviews')}</h2>
          <ul class="plain">
            {file.interviews.map((i) => <li key={i.id}>{interviewText(i.fields, String(i.labels?.['clerk'] ?? ''))}</li>)}
          </ul>
        </section>
      )}
      {moving !== null && (
        <Move
          file={file}
          persons={chosen}
          split={moving === 'split'}
          close={(done) => {
            setMoving(null);
            if (!done) return;
            setChosen([]);
            reload();
          }}
        />
      )}
    </>
  );
}

/** When it began, by whom, how long it took without the time it was parked. */
function interviewText(f: GroupFile['group']['fields'], clerk: string): string {
  const called = String(f['called_at'] ?? f['first_key_at'] ?? '');
  const saved = String(f['saved_at'] ?? '');
  const seconds = (Date.parse(saved) - Date.parse(called)) / 1000 - Number(f['parked_seconds'] ?? 0);
  const parts = [called === '' ? formatTime(saved) : formatTime(called), clerk];
  if (Number.isFinite(seconds) && seconds > 0) {
    parts.push(t('group.took', { time: formatSeconds(seconds), end: formatClock(new Date(saved)) }));
  }
  return parts.filter((p) => p !== '').map((p) => `\u2068${p}\u2069`).join(' · ');
}
