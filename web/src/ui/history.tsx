// history.tsx: who changed what, when, where and why, with a way back.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { act, ask } from '../lib/commands';
import { formatIso, formatTime } from '../lib/format';
import { precisionSaid } from '../lib/history';
import { type Key, lookup, t } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { codeLabel, codesOf, fieldOf, kindOf, opTitle, valueLabel } from '../lib/meta';
import { may } from '../lib/session';
import type { HistoryChange, HistoryEntry, Value } from '../lib/types';
import { Busy } from './bits';
import { Dialog } from './dialog';
import { Icon } from './icon';
import { NO_REASON, ReasonFields, reasonInput } from './reason';
import { Empty, Load, Trouble } from './states';
import { toast } from './toast';

const CHANGES_FIRST = 6;

export function History({ subject, changed }: { subject: string; changed: () => void }) {
  const history = useLoad((signal) => ask<{ entries: HistoryEntry[] }>('record.history', { subject }, signal), [subject]);
  const [undoing, setUndoing] = useState<HistoryEntry | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const undone = useRef(false);
  // The button that had the focus goes with what it has undone.
  useLayoutEffect(() => {
    if (undone.current && document.activeElement === document.body) list.current?.focus();
    undone.current = false;
  }, [history.data]);
  return (
    <Load of={history}>
      {({ entries }) =>
        entries.length === 0 ? <Empty icon="list" title={t('history.empty')} /> : (
          <ol class="history" ref={list} tabIndex={-1}>
            {entries.map((entry, i) => (
              <Entry key={entry.act} entries={entries} at={i} entry={entry} undo={() => setUndoing(entry)} />
            ))}
            {undoing !== null && (
              <Undo
                entry={undoing}
                close={(done) => {
                  setUndoing(null);
                  if (!done) return;
                  undone.current = true;
                  history.reload();
                  changed();
                }}
              />
            )}
          </ol>
        )
      }
    </Load>
  );
}

const officeName = (office: HistoryEntry['office']): string =>
  typeof office === 'string' ? office : (office?.name ?? office?.code ?? '');

const reasonLabel = (reason: string): string => {
  for (const list of ['correction_reason', 'void_reason', 'move_reason']) {
    const label = codeLabel(list, reason);
    if (label !== reason) return label;
  }
  return reason;
};

function Entry({ entries, at, entry, undo }: { entries: HistoryEntry[]; at: number; entry: HistoryEntry; undo: () => void }) {
  const [all, setAll] = useState(false);
  const changes = all ? entry.changes : entry.changes.slice(0, CHANGES_FIRST);
  const where = officeName(entry.office);
  return (
    <li class="entry">
      <span class="entry-mark" aria-hidden="true" />
      <div class="entry-head">
        <h3>{entry.op_title ?? opTitle(entry.op)}</h3>
        <p class="hint">
          <time dateTime={entry.when}><bdi>{formatTime(entry.when)}</bdi></time>
          {' · '}<bdi>{entry.actor?.name ?? t('history.program')}</bdi>
          {where !== '' && <> · <bdi>{where}</bdi></>}
        </p>
        {(entry.reason || entry.reason_text) && (
          <p class="entry-why">
            <span class="quiet">{t('history.why')}</span> {entry.reason ? reasonLabel(entry.reason) : ''}
            {entry.reason_text && <q><bdi>{entry.reason_text}</bdi></q>}
          </p>
        )}
      </div>
      <table class="changes">
        <caption class="hidden">{t('history.changes')}</caption>
        <tbody>
          {changes.map((c) => (
            <tr key={`${c.id}${c.field}`} class={c.stands === false ? 'gone' : ''}>
              <th scope="row">{c.whose !== undefined && <><bdi>{c.whose}</bdi>: </>}{c.label ?? fieldOf(c.kind, c.field)?.label ?? c.field}</th>
              <td>
                {c.before !== null && c.before !== undefined && <><del><bdi>{said(c, c.before, precisionOf(entries, at, c, 'before'))}</bdi></del> <Icon name="next" size={14} /> </>}
                <ins><bdi>{said(c, c.after ?? null, precisionOf(entries, at, c, 'after'))}</bdi></ins>
                {c.stands === false && <span class="tag">{t('history.changed_since')}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div class="entry-actions">
        {entry.changes.length > CHANGES_FIRST && (
          <button type="button" class="link" onClick={() => setAll(!all)}>
            {all ? t('history.fewer') : t('history.all', { n: entry.changes.length })}
          </button>
        )}
        {entry.can_undo === true && may('person.write') && (
          <button type="button" class="button button-small" onClick={undo}>
            <Icon name="undo" size={16} /> {t('history.undo')}
          </button>
        )}
      </div>
    </li>
  );
}

/** A date is shown as far as it is known. */
function precisionOf(entries: HistoryEntry[], at: number, c: HistoryChange, side: 'before' | 'after'): string {
  const other = precisionSaid(entries, at, c, side);
  return codesOf('date_precision').find((p) => p.code === other || p.label === other)?.code ?? 'exact';
}

function said(c: HistoryChange, value: Value, precision: string): string {
  if (c.sealed === true && value === null) return t('history.sealed');
  if (value === null || value === '') return t('value.none');
  const meta = fieldOf(c.kind, c.field);
  if (meta?.type === 'date' && typeof value === 'string') return formatIso(value, precision) || value;
  if (meta?.type === 'time' && typeof value === 'string') return formatTime(value);
  if (meta?.codes !== undefined && typeof value === 'string') return valueLabel(c.kind, c.field, value);
  if (meta?.type === 'blob') return t('history.picture');
  if (typeof value === 'boolean') return t(value ? 'answer.yes' : 'answer.no');
  return Array.isArray(value) ? value.join(', ') : String(value);
}

function Undo({ entry, close }: { entry: HistoryEntry; close: (done: boolean) => void }) {
  const [reason, setReason] = useState(NO_REASON);
  const [error, setError] = useState<unknown>(null);
  const [stays, setStays] = useState<{ kind: string; id: string; field: string }[]>([]);
  const run = async (): Promise<void> => {
    try {
      const result = await act<{ moved_on?: { kind: string; id: string; field: string }[] }>('act.undo', { act: entry.act, ...reasonInput(reason) });
      toast(t('history.undone'));
      if ((result.moved_on ?? []).length === 0) close(true);
      else setStays(result.moved_on ?? []);
    } catch (e) {
      setError(e);
    }
  };
  if (stays.length > 0) {
    return (
      <Dialog title={t('history.undone')} onClose={() => close(true)} footer={<button type="button" class="button button-main" onClick={() => close(true)}>{t('action.close')}</button>}>
        <p>{t('history.stays')}</p>
        <ul>
          {stays.map((s) => (
            <li key={`${s.id}${s.field}`}>{kindOf(s.kind)?.label ?? s.kind}: {fieldOf(s.kind, s.field)?.label ?? lookup(s.field as Key) ?? s.field}</li>
          ))}
        </ul>
      </Dialog>
    );
  }
  return (
    <Dialog
      title={t('history.undo_title', { what: entry.op_title ?? opTitle(entry.op) })}
      onClose={() => close(false)}
      footer={<Busy class="button button-main" icon="undo" disabled={reason.reason === ''} run={run}>{t('history.undo')}</Busy>}
    >
      <p>{t('history.undo_text')}</p>
      <ReasonFields list="correction_reason" value={reason} onChange={setReason} />
      {error !== null && <Trouble error={error} />}
    </Dialog>
  );
}
