// staging.tsx: one file on its way: choose it, check how its columns are read, see every error, stage.
import { useState } from 'preact/hooks';
import { request } from '../../lib/api';
import { begin } from '../../lib/commands';
import { number, t, tn } from '../../lib/i18n';
import { watch } from '../../lib/jobs';
import { codeLabel, kindOf } from '../../lib/meta';
import { canAsk } from '../../lib/filter';
import type { Job, MetaField } from '../../lib/types';
import { Busy } from '../../ui/bits';
import { SelectField } from '../../ui/field';
import { Icon } from '../../ui/icon';
import { Progress } from '../../ui/progress';
import { Notice, Trouble } from '../../ui/states';
import type { Correction } from './choice';
import { CorrectionTable } from './corrections';
import { Places, type RowError } from './places';

interface DryRun {
  batch?: string | null;
  /** The same file is here already, in this state. */
  repeated?: boolean;
  state?: string;
  rows: number;
  /** Brought in by an earlier version of the list, left out. */
  again?: number;
  /** What its rows would correct of people who are there; the first of them. */
  corrections?: Correction[];
  n_corrections?: number;
  errors: RowError[];
  /** Errors, listed or not. */
  n_errors?: number;
  n_warnings?: number;
  preview?: Record<string, unknown>[];
  mapping: Record<string, string | null> | { column: string; field: string | null }[];
}

const HEADER_BYTES = 32_000;
const FILE_MAX = 32 * 1024 * 1024;

type Mapping = Record<string, string>;

const readMapping = (m: DryRun['mapping']): Mapping =>
  Array.isArray(m)
    ? Object.fromEntries(m.map((x) => [x.column, x.field ?? '']))
    : Object.fromEntries(Object.entries(m).map(([column, field]) => [column, field ?? '']));

/** A column left out is null to the node. */
const chosen = (m: Mapping): Record<string, string | null> =>
  Object.fromEntries(Object.entries(m).map(([column, field]) => [column, field === '' ? null : field]));

/** What a browser calls a CSV file differs from machine to machine. */
const handIn = async (file: File): Promise<string> =>
  (await request<{ blob: string }>('PUT', '/api/v1/blob', { body: new Blob([file], { type: 'text/csv' }) })).blob;

export function Staging({ close }: { close: () => void }) {
  const [file, setFile] = useState<{ name: string; blob: string; header: string[] } | null>(null);
  const [job, setJob] = useState<Job | null>(null);
  const [dry, setDry] = useState<DryRun | null>(null);
  const [mapping, setMapping] = useState<Mapping>({});
  const [touched, setTouched] = useState(false);
  const [tooBig, setTooBig] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [there, setThere] = useState('');

  const run = async (name: string, blob: string, dryRun: boolean, columns: Mapping | null): Promise<void> => {
    setError(null);
    setThere('');
    try {
      const done = await watch(await begin('import.stage', {
        file_name: name,
        blob,
        kind: 'person',
        dry_run: dryRun,
        ...(columns === null ? {} : { mapping: chosen(columns) }),
      }), setJob);
      if (done.state !== 'done' || done.result == null) return;
      const result = done.result as unknown as DryRun;
      if (result.repeated === true) {
        setThere(result.state ?? '');
        return;
      }
      if (!dryRun) {
        close();
        return;
      }
      setDry(result);
      setMapping(readMapping(result.mapping));
      setTouched(false);
    } catch (e) {
      setError(e);
    }
  };
  const choose = async (chosen: File | undefined): Promise<void> => {
    if (chosen === undefined) return;
    setTooBig(chosen.size > FILE_MAX);
    if (chosen.size > FILE_MAX) return;
    setDry(null);
    setError(null);
    try {
      const blob = await handIn(chosen);
      setFile({ name: chosen.name, blob, header: await headerOf(chosen) });
      await run(chosen.name, blob, true, null);
    } catch (e) {
      setError(e);
    }
  };
  return (
    <section class="panel staging">
      <div class="panel-head">
        <h2>{t('import.new')}</h2>
        <button type="button" class="icon-button" aria-label={t('action.close')} onClick={close}><Icon name="close" /></button>
      </div>
      <label class="drop">
        <Icon name="import" size={28} />
        <span>{file === null ? t('import.choose') : <bdi>{file.name}</bdi>}</span>
        <span class="hint">{t('import.choose_hint')}</span>
        <input type="file" class="hidden" accept=".csv,.tsv,.txt,text/csv" onChange={(e) => void choose(e.currentTarget.files?.[0])} />
      </label>
      {tooBig && <Notice kind="danger">{t('import.too_big')}</Notice>}
      {job !== null && (job.state !== 'done' || job.problem) && <Progress job={job} />}
      {error !== null && <Trouble error={error} />}
      {dry !== null && file !== null && (
        <>
          <MappingTable dry={dry} header={file.header} mapping={mapping} change={(column, field) => {
            setMapping({ ...mapping, [column]: field });
            setTouched(true);
          }} />
          <Errors dry={dry} />
          <Offers dry={dry} />
          <div class="page-actions">
            <Busy class={touched ? 'button button-main' : 'button'} icon="sync" run={() => run(file.name, file.blob, true, mapping)}>{t('import.check')}</Busy>
            <Busy class={touched ? 'button' : 'button button-main'} icon="ok" disabled={touched} run={() => run(file.name, file.blob, false, mapping)}>
              {t('import.stage')}
            </Busy>
          </div>
          <p class="hint">{t('import.stage_hint')}</p>
          {there !== '' && <Notice kind="attention">{t('import.repeated', { state: codeLabel('import_state', there) })}</Notice>}
        </>
      )}
    </section>
  );
}

const writable = (f: MetaField): boolean => canAsk(f) && f.type !== 'ref' && f.name !== 'display_name';

/** The columns as they stand in the file; nothing where its first line is no header we can read. */
async function headerOf(file: File): Promise<string[]> {
  const line = (await file.slice(0, HEADER_BYTES).text()).replace(/^\ufeff/, '').split(/\r?\n/)[0] ?? '';
  return line.split(/[,;\t|]/).map((cell) => cell.trim().replace(/^"|"$/g, ''));
}

/** What a column can be that is no field of one record. */
const whole = (): { value: string; label: string }[] => [
  { value: 'household', label: t('import.whole.household') },
  { value: 'full_name', label: t('import.whole.full_name') },
  { value: 'age', label: t('import.whole.age') },
];

function MappingTable(p: { dry: DryRun; header: string[]; mapping: Mapping; change: (column: string, field: string) => void }) {
  const place = (column: string): number => {
    const at = p.header.indexOf(column);
    return at < 0 ? p.header.length : at;
  };
  const columns = Object.entries(p.mapping).sort(([a], [b]) => place(a) - place(b));
  const options = [...whole(), ...['person', 'registration_group', 'membership', 'phone', 'document'].flatMap((kind) =>
    (kindOf(kind)?.fields ?? []).filter(writable).map((f) => ({
      value: kind === 'person' ? f.name : `${kind}.${f.name}`,
      label: kind === 'person' ? f.label : `${kindOf(kind)?.label ?? kind}: ${f.label}`,
    })))];
  const known = (value: string): { value: string; label: string }[] =>
    value === '' || options.some((o) => o.value === value) ? [] : [{ value, label: value }];
  const example = (field: string): string => {
    const value = p.dry.preview?.[0]?.[field];
    return value === undefined || value === null ? '' : String(value);
  };
  return (
    <>
      <h3>{t('import.mapping')}</h3>
      <p class="hint">{t('import.mapping_hint')}</p>
      <div class="table-wrap">
        <table class="table">
          <thead><tr><th scope="col">{t('import.column')}</th><th scope="col">{t('import.field')}</th><th scope="col">{t('import.example')}</th></tr></thead>
          <tbody>
            {columns.map(([column, field]) => (
              <tr key={column}>
                <th scope="row"><bdi>{column}</bdi></th>
                <td>
                  <SelectField
                    label={t('import.field_for', { column })}
                    class="label-hidden"
                    value={field}
                    empty={t('import.leave_out')}
                    options={[...known(field), ...options]}
                    onChange={(v) => p.change(column, v)}
                  />
                </td>
                <td><bdi>{field === '' ? '' : example(field)}</bdi></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Errors({ dry }: { dry: DryRun }) {
  const warnings = dry.errors.filter((e) => e.severity === 'warning');
  const errors = dry.errors.filter((e) => e.severity !== 'warning');
  const n = Math.max(errors.length, dry.n_errors ?? 0);
  const looks = Math.max(warnings.length, dry.n_warnings ?? 0);
  return (
    <>
      {n === 0
        ? <Notice kind="ok">{t('import.no_errors', { n: number(dry.rows - (dry.again ?? 0)) })}</Notice>
        : <Places title={tn('import.errors', n)} hint={t('import.errors_hint', { n: number(dry.rows) })} rows={errors} />}
      {looks > 0 && <Places title={tn('import.warnings', looks)} hint={t('import.warnings_hint')} rows={warnings} />}
    </>
  );
}

/** They are decided on when the list is approved. */
function Offers({ dry }: { dry: DryRun }) {
  const rows = dry.corrections ?? [];
  if (rows.length === 0) return null;
  return (
    <>
      <h3>{tn('import.corrections', dry.n_corrections ?? rows.length)}</h3>
      <p class="hint">{t('import.corrections_later')}</p>
      <CorrectionTable rows={rows} />
    </>
  );
}
