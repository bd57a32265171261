// childlist.tsx: what belongs to a person (papers, phones, needs…): a table drawn from the model, with
// adding, correcting and removing.
import { useState } from 'preact/hooks';
import { ApiError } from '../../lib/api';
import { act } from '../../lib/commands';
import { given } from '../../lib/family';
import { t } from '../../lib/i18n';
import { fieldLabel, kindOf } from '../../lib/meta';
import { may } from '../../lib/session';
import type { Fields, Rec } from '../../lib/types';
import { Busy } from '../../ui/bits';
import { Correct } from '../../ui/correct';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import { NO_REASON, ReasonFields, reasonInput } from '../../ui/reason';
import { RecordField, isEditable } from '../../ui/recordfield';
import { Trouble } from '../../ui/states';
import { shown } from '../../ui/text';
import { toast } from '../../ui/toast';

interface Props {
  kind: string;
  rows: Rec[];
  person: string;
  reload: () => void;
  past: boolean;
  columns: string[];
}

const PRINTED: ReadonlySet<string> = new Set(['number']);

export function ChildList(p: Props) {
  const [adding, setAdding] = useState(false);
  const [correcting, setCorrecting] = useState<Rec | null>(null);
  const [removing, setRemoving] = useState<Rec | null>(null);
  const kind = kindOf(p.kind);
  const writes = !p.past && may(p.kind === 'specific_need' ? 'need.write' : 'person.write');
  const done = (): void => {
    setAdding(false);
    setCorrecting(null);
    setRemoving(null);
    p.reload();
  };
  const label = kind?.label ?? p.kind;
  return (
    <section class="panel">
      <div class="panel-head">
        <h2>{label}</h2>
        {writes && (
          <button type="button" class="button button-small" onClick={() => setAdding(true)}>
            <Icon name="add" size={16} /> {t('action.add')}
          </button>
        )}
      </div>
      {p.rows.length === 0 ? <p class="quiet">{t('child.none')}</p> : (
        <div class="table-wrap">
          <table class="table">
            <thead>
              <tr>
                {p.columns.map((c) => <th key={c} scope="col">{fieldLabel(p.kind, c)}</th>)}
                {writes && <th><span class="hidden">{t('grid.actions')}</span></th>}
              </tr>
            </thead>
            <tbody>
              {p.rows.map((r) => (
                <tr key={r.id} class={r.void ? 'void' : ''}>
                  {p.columns.map((c) => (
                    <td key={c}>
                      <bdi class={PRINTED.has(c) ? 'num' : ''} dir={PRINTED.has(c) ? 'ltr' : undefined}>{shown(r, c)}</bdi>
                    </td>
                  ))}
                  {writes && (
                    <td class="table-actions">
                      <button type="button" class="icon-button" aria-label={`${t('action.correct')}: ${label}`} onClick={() => setCorrecting(r)}>
                        <Icon name="edit" size={16} />
                      </button>
                      <button type="button" class="icon-button" aria-label={`${t('action.remove')}: ${label}`} onClick={() => setRemoving(r)}>
                        <Icon name="remove" size={16} />
                      </button>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {adding && <AddRecord {...p} close={() => setAdding(false)} done={done} label={label} />}
      {correcting !== null && <Correct record={correcting} title={`${t('action.correct')}: ${label}`} close={() => setCorrecting(null)} done={done} />}
      {removing !== null && <Remove record={removing} label={label} close={() => setRemoving(null)} done={done} />}
    </section>
  );
}

export function AddRecord(p: { kind: string; person: string; label: string; note?: string; close: () => void; done: () => void }) {
  const [values, setValues] = useState<Fields>({});
  const [error, setError] = useState<unknown>(null);
  const fields = (kindOf(p.kind)?.fields ?? []).filter(isEditable);
  const save = async (): Promise<void> => {
    setError(null);
    try {
      await act('record.add', { kind: p.kind, fields: { ...given(values), person: p.person } });
      toast(t('child.added'));
      p.done();
    } catch (e) {
      setError(e);
    }
  };
  return (
    <Dialog
      title={`${t('action.add')}: ${p.label}`}
      onClose={p.close}
      footer={<Busy class="button button-main" icon="ok" disabled={Object.keys(given(values)).length === 0} run={save}>{t('action.save')}</Busy>}
    >
      {error !== null && <Trouble error={error} />}
      {p.note !== undefined && <p class="hint">{p.note}</p>}
      <div class="correct-fields">
        {fields.map((f) => (
          <RecordField
            key={f.name}
            field={f}
            value={values[f.name]}
            error={error instanceof ApiError ? error.errors.find((e) => (e.path ?? '').endsWith(f.name))?.message : undefined}
            onChange={(v) => setValues((all) => ({ ...all, [f.name]: v }))}
          />
        ))}
      </div>
    </Dialog>
  );
}

function Remove(p: { record: Rec; label: string; close: () => void; done: () => void }) {
  const [reason, setReason] = useState(NO_REASON);
  const [error, setError] = useState<unknown>(null);
  const run = async (): Promise<void> => {
    const { kind, id } = p.record;
    try {
      await act('record.void', { kind, id, ...reasonInput(reason) });
      toast(t('child.removed'), {
        action: { label: t('action.undo'), run: () => void act('record.restore', { kind, id }).then(p.done, () => undefined) },
      });
      p.done();
    } catch (e) {
      setError(e);
    }
  };
  return (
    <Dialog
      title={`${t('action.remove')}: ${p.label}`}
      onClose={p.close}
      footer={<Busy class="button button-danger" disabled={reason.reason === ''} run={run}>{t('action.remove')}</Busy>}
    >
      <p>{t('child.remove_text')}</p>
      <ReasonFields list="void_reason" value={reason} onChange={setReason} />
      {error !== null && <Trouble error={error} />}
    </Dialog>
  );
}
