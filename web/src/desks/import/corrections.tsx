// corrections.tsx: what a later version of a list says of people who are in the register already: value by
// value, to be corrected or left.
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../../lib/commands';
import { formatIso, listOf } from '../../lib/format';
import { number, t, tn } from '../../lib/i18n';
import { codeLabel, fieldLabel, fieldOf, kindOf } from '../../lib/meta';
import { href } from '../../lib/router';
import { Busy } from '../../ui/bits';
import { Icon } from '../../ui/icon';
import { Trouble } from '../../ui/states';
import { Num } from '../../ui/text';
import { type Choice, type Correction, MARKED, NONE, isTaken, turned } from './choice';

interface Looked {
  corrections?: Correction[];
  n_corrections?: number;
  corrections_next?: number;
}

/** Of a batch that waits. */
export function Corrections(p: { batch: string; choice: Choice; change: (c: Choice) => void }) {
  const [rows, setRows] = useState<Correction[]>([]);
  const [next, setNext] = useState<number | undefined>(0);
  const [total, setTotal] = useState(0);
  const [error, setError] = useState<unknown>(null);
  const more = async (from: number): Promise<void> => {
    setError(null);
    try {
      const seen = await ask<Looked>('import.look', { batch: p.batch, corrections_from: from });
      setRows((had) => [...(from === 0 ? [] : had), ...(seen.corrections ?? [])]);
      setTotal(seen.n_corrections ?? 0);
      setNext(seen.corrections_next);
    } catch (e) {
      setError(e);
    }
  };
  useEffect(() => void more(0), [p.batch]);
  if (error !== null) return <Trouble error={error} />;
  if (rows.length === 0) return null;
  return (
    <section class="corrections">
      <h3>{tn('import.corrections', total)}</h3>
      <p class="hint">{t('import.corrections_hint')}</p>
      <div class="page-actions">
        <button type="button" class="button button-small" onClick={() => p.change(MARKED)}>{t('import.corrections_marked')}</button>
        <button type="button" class="button button-small" onClick={() => p.change(NONE)}>{t('import.corrections_none')}</button>
      </div>
      <CorrectionTable rows={rows} taken={(c) => isTaken(p.choice, c)} turn={(c) => p.change(turned(p.choice, c.n))} />
      {next !== undefined && <Busy class="button" run={() => more(next)}>{t('import.corrections_more', { n: number(rows.length), all: number(total) })}</Busy>}
    </section>
  );
}

const fieldName = (c: Correction): string => {
  if (c.kind === 'person') return fieldLabel('person', c.field);
  const of = c.type === undefined ? (kindOf(c.kind)?.label ?? c.kind) : codeLabel('document_type', c.type);
  return `${of}: ${fieldLabel(c.kind, c.field)}`;
};

function valueText(c: Correction, value: unknown, label: string | string[] | undefined, precision: string | null | undefined): string {
  if (Array.isArray(label)) return listOf(label);
  if (label !== undefined) return label;
  if (value === null || value === undefined || value === '') return '';
  const meta = fieldOf(c.kind, c.field);
  const code = (v: unknown): string => (meta?.codes === undefined ? String(v) : codeLabel(meta.codes, String(v)));
  if (Array.isArray(value)) return listOf(value.map(code));
  if (meta?.codes !== undefined) return code(value);
  if (meta?.type === 'date') return formatIso(String(value), precision ?? 'exact');
  return typeof value === 'number' ? number(value) : String(value);
}

/** A telephone or the number of a paper reads from the left in any language. */
function Value({ c, text }: { c: Correction; text: string }) {
  if (text === '') return <span class="quiet">{t('import.correction_empty')}</span>;
  return c.kind === 'person' ? <bdi>{text}</bdi> : <Num text={text} />;
}

const remark = (c: Correction): string => (c.stale === true ? t('import.correction_stale') : c.moved === true ? t('import.correction_moved') : '');

/** Without `turn` only to be read: nothing is decided yet. */
export function CorrectionTable(p: { rows: Correction[]; taken?: (c: Correction) => boolean; turn?: (c: Correction) => void }) {
  return (
    <div class="table-wrap table-tall" tabIndex={0} role="region" aria-label={t('import.corrections_table')}>
      <table class="table table-sticky corrections-table">
        <thead>
          <tr>
            {p.turn !== undefined && <th scope="col">{t('import.correct')}</th>}
            <th scope="col">{t('import.person')}</th><th scope="col">{t('import.row')}</th><th scope="col">{t('import.field')}</th>
            <th scope="col">{t('import.in_register')}</th><th scope="col"><span class="hidden">{t('import.becomes')}</span></th><th scope="col">{t('import.in_list')}</th>
          </tr>
        </thead>
        <tbody>
          {p.rows.map((c) => {
            const was = c.stale === true ? valueText(c, c.present, undefined, undefined) : valueText(c, c.was, c.was_label, c.was_precision);
            const on = p.taken?.(c) === true;
            return (
              <tr key={c.n} class={p.turn !== undefined && !on ? 'left-out' : ''}>
                {p.turn !== undefined && (
                  <td class="correction-turn">
                    <label class="cell-check">
                      <input
                        type="checkbox"
                        checked={on}
                        disabled={c.stale === true}
                        aria-label={t('import.correct_one', { name: c.name ?? '', field: fieldName(c) })}
                        onChange={() => p.turn?.(c)}
                      />
                    </label>
                  </td>
                )}
                <td class="correction-who"><a href={href('person', c.person)}><bdi>{c.name}</bdi></a> <Num text={c.number} /></td>
                <td class="correction-line"><bdi>{number(c.line ?? 0)}</bdi></td>
                <td class="correction-field">{fieldName(c)}</td>
                <td class="correction-was">
                  <Value c={c} text={was} />
                  {remark(c) !== '' && <span class="hint correction-remark"><Icon name="attention" size={14} /> {remark(c)}</span>}
                </td>
                <td class="quiet correction-arrow" aria-hidden="true"><Icon name="next" size={16} /></td>
                <td><strong><Value c={c} text={valueText(c, c.now, c.now_label, c.now_precision)} /></strong></td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
