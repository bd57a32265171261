// start.tsx: before a new family, a search; beside it the interviews that wait.
import { useLayoutEffect, useState } from 'preact/hooks';
import { act, ask } from '../../lib/commands';
import { formatLately } from '../../lib/format';
import { t } from '../../lib/i18n';
import { bind } from '../../lib/keyboard';
import { type Loaded, useLoad } from '../../lib/load';
import { go } from '../../lib/router';
import { type Search, useSearch } from '../../lib/search';
import { session } from '../../lib/session';
import type { PersonLine } from '../../lib/types';
import { Busy, Head, Keys } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { SelectField } from '../../ui/field';
import { Icon } from '../../ui/icon';
import { SearchList } from '../../ui/searchlist';
import { Empty, Load, Trouble } from '../../ui/states';
import { toast } from '../../ui/toast';
import { type DraftLine, begin, discard, takeUp } from './store';

export function Start() {
  const search = useSearch(12);
  const [trouble, setTrouble] = useState<unknown>(null);
  const drafts = useLoad(
    (signal) => ask<{ rows: DraftLine[] }>('draft.list', { whose: 'mine' }, signal).then((r) => r.rows),
    [],
  );
  const desk = useLoad(
    (signal) => ask<{ rows: DraftLine[] }>('draft.list', { whose: 'desk' }, signal).then((r) => r.rows),
    [],
  );
  const searched = search.answered !== '' || search.error !== null;
  const openPerson = (line: PersonLine): void => {
    if (line.group) go('group', line.group);
    else go('person', line.person);
  };
  const start = (): void => {
    if (searched) begin();
    else document.getElementById('first-search')?.focus();
  };
  // With the drawing, not after it: a key that follows at once must find what the screen shows.
  useLayoutEffect(() => bind({ 'Alt+N': start }), [searched]);
  const resume = async (id: string): Promise<void> => {
    try {
      if (!(await takeUp(id))) setTrouble(new Error('draft'));
    } catch (error) {
      setTrouble(error);
    }
  };
  const me = session.value?.user.id;
  const others = (desk.data ?? []).filter((d) => d.owner !== me && d.state === 'parked');
  return (
    <div class="page registration-start">
      <Head title={t('registration.title')} note={t('registration.search_first')} />
      {trouble !== null && <Trouble error={trouble} />}
      <div class="split">
        <section class="panel">
          <SearchList
            search={search}
            label={t('registration.search')}
            placeholder={t('search.placeholder')}
            onOpen={openPerson}
            onEnter={() => document.getElementById('new-family')?.focus()}
            autofocus
            inputId="first-search"
            empty={t('registration.search_hint')}
          />
          <NewFamily search={search} searched={searched} start={start} />
        </section>
        <aside class="panel">
          <h2>{t('registration.waiting')}</h2>
          <Drafts of={drafts} others={others} resume={resume} changed={() => { drafts.reload(); desk.reload(); }} />
        </aside>
      </div>
    </div>
  );
}

function NewFamily(p: { search: Search; searched: boolean; start: () => void }) {
  const found = (p.search.result?.rows.length ?? 0) > 0;
  return (
    <div class="new-family">
      <button
        id="new-family"
        type="button"
        class={p.searched && !found ? 'button button-main' : 'button'}
        aria-disabled={!p.searched}
        aria-describedby="new-family-hint"
        onClick={p.start}
      >
        <Icon name="add" size={18} /> {t('registration.new')} <Keys keys="Alt+N" />
      </button>
      <p class="hint" id="new-family-hint">
        {t(!p.searched ? 'registration.new.first_search' : found ? 'registration.new.found' : 'registration.new.none')}
      </p>
    </div>
  );
}

function Drafts(p: { of: Loaded<DraftLine[]>; others: DraftLine[]; resume: (id: string) => Promise<void>; changed: () => void }) {
  const [handing, setHanding] = useState<DraftLine | null>(null);
  return (
    <Load of={p.of} lines={3}>
      {(mine) =>
        mine.length + p.others.length === 0 ? (
          <Empty icon="ok" title={t('registration.none_waiting')} />
        ) : (
          <>
            <DraftList title={t('registration.mine')} rows={mine} {...p} hand={setHanding} />
            <DraftList title={t('registration.desk')} rows={p.others} {...p} />
            {handing !== null && (
              <HandOver
                draft={handing}
                close={(done) => {
                  setHanding(null);
                  if (done) p.changed();
                }}
              />
            )}
          </>
        )
      }
    </Load>
  );
}

function DraftList(p: {
  title: string;
  rows: DraftLine[];
  resume: (id: string) => Promise<void>;
  changed: () => void;
  hand?: (draft: DraftLine) => void;
}) {
  if (p.rows.length === 0) return null;
  return (
    <>
      <h3>{p.title}</h3>
      <ul class="drafts">
        {p.rows.map((d) => (
          <li key={d.id}>
            <Busy class="draft-open" run={() => p.resume(d.id)}>
              <Icon name={d.state === 'parked' ? 'pause' : 'edit'} size={18} />
              <span>
                <bdi class="name-main">{d.title || t('person.no_name')}</bdi>
                <span class="hint draft-state">
                  <span>{d.state === 'parked' ? t('registration.parked') : t('registration.open')} · {formatLately(d.saved_at)}
                  {p.hand === undefined && d.owner_name && <> · <bdi>{d.owner_name}</bdi></>}</span>
                </span>
              </span>
            </Busy>
            {p.hand !== undefined && (
              <div class="draft-actions">
                <button type="button" class="icon-button" title={t('registration.hand_over')} aria-label={t('registration.hand_over')} onClick={() => p.hand?.(d)}>
                  <Icon name="out" size={18} />
                </button>
                <Busy
                  class="icon-button"
                  title={t('registration.discard')}
                  run={async () => {
                    if (!confirm(t('registration.discard.ask'))) return;
                    await discard(d.id);
                    p.changed();
                  }}
                >
                  <Icon name="remove" size={18} />
                  <span class="hidden">{t('registration.discard')}</span>
                </Busy>
              </div>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Somebody who registers at the same office. */
interface Colleague {
  id: string;
  name: string;
}

function HandOver({ draft, close }: { draft: DraftLine; close: (done: boolean) => void }) {
  const [user, setUser] = useState('');
  const [error, setError] = useState<unknown>(null);
  const users = useLoad(
    (signal) => ask<{ rows: Colleague[] }>('draft.colleagues', {}, signal).then((r) => r.rows),
    [],
  );
  const options = (users.data ?? []).map((u) => ({ value: u.id, label: u.name }));
  const give = async (): Promise<void> => {
    try {
      await act('draft.hand_over', { id: draft.id, user });
      toast(t('registration.handed_over'));
      close(true);
    } catch (e) {
      setError(e);
    }
  };
  return (
    <Dialog
      title={t('registration.hand_over')}
      onClose={() => close(false)}
      footer={
        <Busy class="button button-main" disabled={user === ''} run={give}>
          {t('registration.hand_over')}
        </Busy>
      }
    >
      <p><bdi>{draft.title}</bdi></p>
      <Load of={users} lines={2}>
        {(found) => found.length === 0 ? <p class="hint">{t('registration.hand_over.nobody')}</p> : (
          <SelectField label={t('registration.hand_over.to')} value={user} onChange={setUser} options={options} empty="—" />
        )}
      </Load>
      {error !== null && <Trouble error={error} />}
    </Dialog>
  );
}
