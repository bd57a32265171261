// filters.tsx: conditions as chips, drawn from the model.
import { useState } from 'preact/hooks';
import { type Chip, type Op, canAsk, opsOf, takesValue } from '../../lib/filter';
import { formatIso } from '../../lib/format';
import { type Key, t } from '../../lib/i18n';
import { codeLabel, fieldOf, kindOf } from '../../lib/meta';
import { Dialog } from '../../ui/dialog';
import { SelectField } from '../../ui/field';
import { Icon } from '../../ui/icon';
import { RecordField } from '../../ui/recordfield';
import type { Value } from '../../lib/types';

const OP_KEYS: Record<Op, Key> = {
  '=': 'filter.is',
  '!=': 'filter.is_not',
  '<=': 'filter.up_to',
  '>=': 'filter.from',
  contains: 'filter.contains',
  'starts with': 'filter.starts',
  'is known': 'filter.known',
  'is unknown': 'filter.unknown',
};

function valueText(kind: string, chip: Chip): string {
  const meta = fieldOf(kind, chip.field);
  if (meta?.codes !== undefined) return codeLabel(meta.codes, chip.value);
  if (meta?.type === 'date') return formatIso(chip.value);
  return chip.value;
}

export function Filters(p: { kind: string; chips: Chip[] | null; setChips: (chips: Chip[]) => void }) {
  const [adding, setAdding] = useState(false);
  const chips = p.chips ?? [];
  return (
    <div class="filters" role="group" aria-label={t('lists.filters')}>
      {chips.map((c, i) => (
        <span class="chip" key={i}>
          <span>{fieldOf(p.kind, c.field)?.label ?? c.field}</span> <span class="quiet">{t(OP_KEYS[c.op])}</span>
          {takesValue(c.op) && <strong><bdi>{valueText(p.kind, c)}</bdi></strong>}
          <button type="button" aria-label={t('action.remove_named', { name: fieldOf(p.kind, c.field)?.label ?? c.field })} onClick={() => p.setChips(chips.filter((_, at) => at !== i))}>
            <Icon name="close" size={14} />
          </button>
        </span>
      ))}
      {p.chips !== null && (
        <button type="button" class="button button-small" onClick={() => setAdding(true)}>
          <Icon name="add" size={16} /> {t('lists.add_filter')}
        </button>
      )}
      {adding && (
        <AddFilter
          kind={p.kind}
          close={() => setAdding(false)}
          add={(chip) => {
            setAdding(false);
            p.setChips([...chips, chip]);
          }}
        />
      )}
    </div>
  );
}

function AddFilter(p: { kind: string; close: () => void; add: (chip: Chip) => void }) {
  const fields = (kindOf(p.kind)?.fields ?? []).filter(canAsk);
  const [field, setField] = useState('');
  const [op, setOp] = useState<Op>('=');
  const [value, setValue] = useState<Value>(null);
  const meta = fieldOf(p.kind, field);
  const ops = opsOf(meta?.type ?? 'text');
  const text = Array.isArray(value) ? (value[0] ?? '') : value === null ? '' : String(value);
  const ready = meta !== undefined && (!takesValue(op) || text !== '');
  return (
    <Dialog
      title={t('lists.add_filter')}
      onClose={p.close}
      footer={<button type="button" class="button button-main" disabled={!ready} onClick={() => p.add({ field, op, value: takesValue(op) ? text : '' })}>{t('lists.add_filter')}</button>}
    >
      <SelectField
        label={t('filter.field')}
        value={field}
        empty="—"
        options={fields.map((f) => ({ value: f.name, label: f.label }))}
        onChange={(name) => {
          setField(name);
          setOp(opsOf(fieldOf(p.kind, name)?.type ?? 'text')[0] ?? '=');
          setValue(null);
        }}
      />
      {meta !== undefined && (
        <SelectField label={t('filter.how')} value={op} options={ops.map((o) => ({ value: o, label: t(OP_KEYS[o]) }))} onChange={(o) => setOp(o as Op)} />
      )}
      {meta !== undefined && takesValue(op) && <RecordField key={field} field={meta.type === 'set' ? { ...meta, type: 'code' } : meta} value={value} onChange={setValue} />}
    </Dialog>
  );
}
