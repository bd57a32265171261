// lists.tsx: all records of a kind: filters, columns, saved views, pages without end.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { act } from '../../lib/commands';
import { ApiError, request } from '../../lib/api';
import { type Chip, canAsk, canOrder, chipsOf, expressionOf } from '../../lib/filter';
import { t } from '../../lib/i18n';
import { type Loaded, useLoad } from '../../lib/load';
import { fieldOf, kindOf, kinds } from '../../lib/meta';
import type { Route } from '../../lib/router';
import { may, session } from '../../lib/session';
import type { QueryResult, Rec } from '../../lib/types';
import { Busy, Head } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { CheckField, SelectField, TextField } from '../../ui/field';
import { Icon } from '../../ui/icon';
import { Trouble } from '../../ui/states';
import { toast } from '../../ui/toast';
import { Export } from './export';
import { Filters } from './filters';
import { Rows } from './rows';

const LISTED = ['person', 'registration_group', 'document', 'phone', 'specific_need', 'consent', 'membership', 'interview', 'import_batch', 'office', 'user'];
const USUAL: Record<string, string[]> = {
  person: ['number', 'display_name', 'father_name', 'sex', 'birth_date', 'nationality', 'process_status', 'registration_date'],
  registration_group: ['number', 'focal_point', 'size_stated', 'village', 'admin1', 'registration_date', 'process_status'],
};
const COLUMNS = 8;

export interface View {
  kind: string;
  where: string;
  order: string;
  descending: boolean;
  columns: string[];
}

export const usualColumns = (kind: string): string[] =>
  (USUAL[kind] ?? (kindOf(kind)?.fields ?? []).filter(canAsk).slice(0, COLUMNS).map((f) => f.name))
    .filter((name) => fieldOf(kind, name) !== undefined);

const startView = (kind: string): View => ({
  kind,
  where: '',
  order: fieldOf(kind, 'registration_date') !== undefined ? 'registration_date' : '',
  descending: true,
  columns: usualColumns(kind),
});

/** Coming back, the list is as it was left. */
let last: View | null = null;

export function ListsDesk({ route }: { route: Route }) {
  const [view, setView] = useState<View>(() => last ?? startView(kindOf(route.id) === undefined ? 'person' : route.id));
  const [line, setLine] = useState(view.where);
  const [asking, setAsking] = useState<'' | 'columns' | 'save'>('');
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    last = view;
  }, [view]);
  const views = useLoad<Rec[]>(savedViews, []);
  const chips = useMemo(() => chipsOf(view.where), [view.where]);
  const typeOf = (field: string): string => fieldOf(view.kind, field)?.type ?? 'text';
  const use = (next: View): void => {
    setView(next);
    setLine(next.where);
    setError(null);
  };
  const setChips = (next: Chip[]): void => use({ ...view, where: expressionOf(next, typeOf) });
  return (
    <div class="page page-wide lists">
      <Head title={t('desk.lists')}>
        <button type="button" class="button" onClick={() => setAsking('columns')}><Icon name="list" size={18} /> {t('lists.columns')}</button>
        <button type="button" class="button" onClick={() => setAsking('save')}><Icon name="star" size={18} /> {t('lists.save')}</button>
        {may('export') && <Export view={view} />}
      </Head>
      <div class="lists-bar">
        <SelectField
          label={t('lists.kind')}
          value={view.kind}
          onChange={(kind) => use(startView(kind))}
          options={kinds().filter((k) => LISTED.includes(k.name)).map((k) => ({ value: k.name, label: k.label }))}
        />
        <SavedViews views={views} use={use} />
        <SelectField
          label={t('lists.order')}
          value={view.order === '' ? '' : `${view.descending ? '-' : ''}${view.order}`}
          empty={t('lists.order_none')}
          onChange={(v) => use({ ...view, order: v.replace(/^-/, ''), descending: v.startsWith('-') })}
          options={(kindOf(view.kind)?.fields ?? []).filter(canOrder).flatMap((f) => [
            { value: f.name, label: `${f.label} ↑` },
            { value: `-${f.name}`, label: `${f.label} ↓` },
          ])}
        />
      </div>
      <Filters kind={view.kind} chips={chips} setChips={setChips} />
      <form
        class="expression"
        onSubmit={(e) => {
          e.preventDefault();
          // What stands in the field: Enter may come before the last letter is drawn.
          use({ ...view, where: (e.currentTarget.querySelector('input')?.value ?? line).trim() });
        }}
      >
        <TextField
          label={t('lists.expression')}
          value={line}
          dir="ltr"
          max={4096}
          onInput={setLine}
          hint={chips === null ? t('lists.by_hand') : undefined}
          error={error instanceof ApiError && error.errors.some((x) => x.path === 'where') ? error.errors.map((x) => x.message).join(' ') : ''}
        />
        <button type="submit" class="button">{t('lists.apply')}</button>
      </form>
      {error !== null && !(error instanceof ApiError && error.errors.some((x) => x.path === 'where')) && <Trouble error={error} />}
      <Rows view={view} onError={setError} order={(field) => use({ ...view, order: field, descending: view.order === field ? !view.descending : false })} />
      {asking === 'columns' && <Columns view={view} close={() => setAsking('')} use={(columns) => use({ ...view, columns })} />}
      {asking === 'save' && (
        <SaveView
          view={view}
          close={(done) => {
            setAsking('');
            if (done) views.reload();
          }}
        />
      )}
    </div>
  );
}

const savedViews = (signal: AbortSignal): Promise<Rec[]> =>
  request<QueryResult>('POST', '/api/v1/query', { body: { kind: 'saved_view', order: 'name', limit: 200 }, signal }).then((r) =>
    r.rows.filter((v) => v.fields['shared'] === true || v.fields['owner'] === session.value?.user.id));

function SavedViews({ views, use }: { views: Loaded<Rec[]>; use: (view: View) => void }) {
  const [chosen, setChosen] = useState('');
  const rows = views.data ?? [];
  const mine = rows.find((v) => v.id === chosen && v.fields['owner'] === session.value?.user.id);
  return (
    <div class="lists-views">
      <SelectField
        label={t('lists.views')}
        value={chosen}
        empty="—"
        options={rows.map((v) => ({ value: v.id, label: String(v.fields['name'] ?? '') }))}
        onChange={(id) => {
          setChosen(id);
          const f = rows.find((v) => v.id === id)?.fields;
          if (f === undefined) return;
          const kind = String(f['on_kind'] ?? 'person');
          const order = String(f['order'] ?? '');
          const columns = String(f['columns'] ?? '').split(',').filter((c) => fieldOf(kind, c) !== undefined);
          use({
            kind,
            where: String(f['expression'] ?? ''),
            order: order.replace(/^-/, ''),
            descending: order.startsWith('-'),
            columns: columns.length > 0 ? columns : usualColumns(kind),
          });
        }}
      />
      {mine !== undefined && (
        <Busy
          class="icon-button"
          title={t('lists.remove_view')}
          run={async () => {
            await act('view.remove', { id: mine.id });
            setChosen('');
            views.reload();
          }}
        >
          <Icon name="remove" size={18} />
          <span class="hidden">{t('lists.remove_view')}</span>
        </Busy>
      )}
    </div>
  );
}

function Columns(p: { view: View; close: () => void; use: (columns: string[]) => void }) {
  const fields = (kindOf(p.view.kind)?.fields ?? []).filter(canAsk);
  const [chosen, setChosen] = useState(p.view.columns);
  return (
    <Dialog
      title={t('lists.columns')}
      onClose={p.close}
      footer={
        <>
          <button type="button" class="button button-main" disabled={chosen.length === 0} onClick={() => { p.use(chosen); p.close(); }}>{t('lists.apply')}</button>
          <button type="button" class="button" onClick={() => setChosen(usualColumns(p.view.kind))}>{t('lists.usual')}</button>
        </>
      }
    >
      <div class="column-choice">
        {fields.map((f) => (
          <CheckField
            key={f.name}
            label={f.label}
            checked={chosen.includes(f.name)}
            onChange={(on) => setChosen(on ? fields.map((x) => x.name).filter((n) => n === f.name || chosen.includes(n)) : chosen.filter((c) => c !== f.name))}
          />
        ))}
      </div>
    </Dialog>
  );
}

function SaveView({ view, close }: { view: View; close: (done: boolean) => void }) {
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = async (): Promise<void> => {
    try {
      await act('view.save', {
        name,
        on_kind: view.kind,
        ...(view.where === '' ? {} : { expression: view.where }),
        ...(view.order === '' ? {} : { order: `${view.descending ? '-' : ''}${view.order}` }),
        columns: view.columns.join(','),
        shared,
      });
      toast(t('lists.saved'));
      close(true);
    } catch (e) {
      setError(e);
    }
  };
  return (
    <Dialog title={t('lists.save')} onClose={() => close(false)} footer={<Busy class="button button-main" disabled={name.trim() === ''} run={run}>{t('action.save')}</Busy>}>
      <TextField label={t('lists.view_name')} value={name} onInput={setName} />
      <CheckField label={t('lists.share')} checked={shared} onChange={setShared} />
      {error !== null && <Trouble error={error} />}
    </Dialog>
  );
}
