// correct.tsx: correct a record: change fields, say why where it is asked, and choose where somebody
// else changed the same field meanwhile.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../lib/api';
import { CALENDARS, dayOf, isoOf } from '../lib/calendars';
import { act } from '../lib/commands';
import { type Stale, changed, correctionOp, fresh, staleOf } from '../lib/correct';
import { parseDate } from '../lib/dateentry';
import { formatDay } from '../lib/format';
import { t } from '../lib/i18n';
import { fieldOf, kindOf } from '../lib/meta';
import { officeCalendar, today } from '../lib/session';
import type { Fields, Rec, Value } from '../lib/types';
import { Busy, Keys } from './bits';
import { DateField } from './datefield';
import { DIALOG_MAIN, Dialog } from './dialog';
import { ChoiceField } from './field';
import { NO_REASON, ReasonFields, reasonInput } from './reason';
import { RecordField, isEditable } from './recordfield';
import { Notice, Trouble } from './states';
import { shown } from './text';
import { toast } from './toast';

interface Props {
  record: Rec;
  title: string;
  only?: string[];
  close: () => void;
  done: () => void;
}

export function Correct(p: Props) {
  const [base, setBase] = useState(p.record);
  const [values, setValues] = useState<Fields>({ ...p.record.fields });
  const [birth, setBirth] = useState<string | null>(null);
  const [asksReason, setAsksReason] = useState(false);
  const [reason, setReason] = useState(NO_REASON);
  const [error, setError] = useState<unknown>(null);
  const [stale, setStale] = useState<Stale[]>([]);
  // Everything is decided; where all of it was theirs, nothing is left to save.
  const [chosen, setChosen] = useState(false);
  const why = useRef<HTMLDivElement>(null);
  // Asked above the fields, perhaps far above the button that was pressed.
  useEffect(() => {
    if (asksReason) why.current?.querySelector<HTMLElement>('input')?.focus();
  }, [asksReason]);
  const fields = (kindOf(p.record.kind)?.fields ?? []).filter((f) => isEditable(f) && (p.only?.includes(f.name) ?? true));
  const diff = changed(base.fields, values);
  const n = Object.keys(diff).length;

  const save = async (): Promise<void> => {
    setError(null);
    const child = correctionOp(p.record.kind) === 'record.correct' ? { kind: p.record.kind } : {};
    try {
      await act(correctionOp(p.record.kind), { ...child, id: base.id, base: base.version, fields: diff, ...reasonInput(reason) });
      toast(t('correct.done'));
      p.done();
    } catch (e) {
      if (e instanceof ApiError && e.has('error.reason.required')) setAsksReason(true);
      else if (e instanceof ApiError && e.status === 409) {
        const now = await fresh(base);
        setStale(staleOf(e, diff, now.fields));
        setBase(now);
        // What I did not touch is as it stands there now, not as it stood when I began.
        setValues({ ...now.fields, ...diff });
      } else setError(e);
    }
  };
  const said = (path: string): string | undefined =>
    error instanceof ApiError
      ? error.errors.find((e) => (e.path ?? '').replace(/^fields[/.]/, '') === path)?.message
      : undefined;
  const set = (name: string, value: Value): void => setValues((v) => ({ ...v, [name]: value }));
  return (
    <Dialog
      title={p.title}
      wide
      onClose={p.close}
      footer={
        chosen && n === 0 ? (
          <button type="button" class="button button-main" onClick={p.done}>{t('action.close')}</button>
        ) : (
          <>
            <Busy class="button button-main" disabled={n === 0 || (asksReason && reason.reason === '') || stale.length > 0} run={save} icon="ok">
              {t('correct.save')} <Keys keys={DIALOG_MAIN} />
            </Busy>
            <button type="button" class="button" onClick={p.close}>{t('action.cancel')}</button>
          </>
        )
      }
    >
      {error !== null && <Trouble error={error} />}
      {stale.length > 0 && (
        <StaleChoice
          record={base}
          stale={stale}
          choose={(one, part) => {
            setValues((v) => ({ ...v, ...part }));
            if (one.field === 'birth_date') setBirth(null);
            setStale((s) => s.filter((other) => other.field !== one.field));
            if (stale.length === 1) setChosen(true);
          }}
        />
      )}
      {asksReason && (
        <div class="asked-why" ref={why}>
          <Notice kind="info">{t('correct.reason_needed')}</Notice>
          <ReasonFields list="correction_reason" value={reason} onChange={setReason} />
        </div>
      )}
      <div class="correct-fields">
        {fields.map((f) =>
          f.name === 'birth_date' ? (
            <BirthField
              key={f.name}
              values={values}
              typed={birth}
              onInput={(typed, part) => {
                setBirth(typed);
                setValues((v) => ({ ...v, ...part }));
              }}
            />
          ) : (
            <RecordField
              key={f.name}
              field={f}
              value={values[f.name]}
              error={said(f.name)}
              class={f.name in diff ? 'field-changed' : ''}
              onChange={(v) => set(f.name, v)}
            />
          ),
        )}
      </div>
    </Dialog>
  );
}

function BirthField(p: { values: Fields; typed: string | null; onInput: (typed: string, part: Fields) => void }) {
  const [calendar, setCalendar] = useState('');
  const day = dayOf(String(p.values['birth_date'] ?? ''));
  const entered = p.values['birth_date_entered'];
  const known = typeof entered === 'string' && entered !== '' ? entered
    : day === null ? '' : formatDay(day, officeCalendar.value, String(p.values['birth_date_precision'] ?? 'exact'));
  const text = p.typed ?? known;
  return (
    <DateField
      label={t('registration.birth')}
      birth
      typed={text}
      calendar={calendar}
      onInput={(typed, chosen) => {
        setCalendar(chosen);
        const entry = parseDate(typed, { today: today.value, preferred: officeCalendar.value });
        const wanted = CALENDARS.find((c) => c === chosen);
        const best = entry.ok ? [entry.best, ...entry.alternatives].find((r) => r.calendar === wanted) ?? entry.best : null;
        p.onInput(typed, {
          birth_date: best === null ? null : isoOf(best.day),
          birth_date_precision: best === null ? null : best.precision,
          birth_date_entered: typed === '' ? null : typed,
        });
      }}
    />
  );
}

function StaleChoice(p: { record: Rec; stale: Stale[]; choose: (one: Stale, part: Fields) => void }) {
  const box = useRef<HTMLDivElement>(null);
  // The question may be far above the button that was pressed.
  useEffect(() => box.current?.querySelector<HTMLElement>('input')?.focus(), []);
  const text = (field: string, part: Fields): string => {
    const said = part[`${field}_entered`];
    const value = shown({ ...p.record, labels: {}, fields: { ...p.record.fields, ...part } }, field) || t('value.none');
    return typeof said === 'string' && said !== '' && said !== value ? t('correct.said', { value, said }) : value;
  };
  return (
    <div class="stale" ref={box}>
      <Notice kind="attention">{t('correct.stale')}</Notice>
      {p.stale.map((s) => (
        <ChoiceField
          key={s.field}
          label={fieldOf(p.record.kind, s.field)?.label ?? s.field}
          value=""
          options={[
            { value: 'mine', label: t('correct.mine', { value: text(s.field, s.mine) }) },
            { value: 'theirs', label: t('correct.theirs', { value: text(s.field, s.theirs) }) },
          ]}
          onChange={(which) => p.choose(s, which === 'mine' ? s.mine : s.theirs)}
        />
      ))}
    </div>
  );
}
