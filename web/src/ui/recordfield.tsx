// recordfield.tsx: one field of any kind, drawn from the model.
import { t } from '../lib/i18n';
import type { MetaField, Value } from '../lib/types';
import { CodeField, CodesField } from './codefield';
import { IsoDateField } from './datefield';
import { AreaField, ChoiceField, TextField } from './field';

interface Props {
  field: MetaField;
  value: Value | undefined;
  onChange: (value: Value) => void;
  error?: string | undefined;
  inherited?: boolean;
  onInherit?: (() => void) | undefined;
  first?: readonly string[];
  autofocus?: boolean;
  class?: string;
}

const LATIN = /^[\p{Script=Latin}\p{M}\p{P}\s]*$/u;

/** May people type into this field? References and pictures have their own screens. */
export const isEditable = (f: MetaField): boolean =>
  !['ref', 'blob', 'json', 'shape'].includes(f.type) &&
  !f.flags.some((flag) => ['fixed', 'hidden', 'natural'].includes(flag)) &&
  f.name !== 'void' && f.name !== 'display_name' && !f.name.startsWith('birth_date_');

export function RecordField(p: Props) {
  const { field } = p;
  const frame = {
    label: field.label,
    error: p.error,
    inherited: p.inherited === true,
    onInherit: p.onInherit,
    class: p.class ?? '',
    autofocus: p.autofocus === true,
  };
  const text = typeof p.value === 'string' ? p.value : p.value === null || p.value === undefined ? '' : String(p.value);
  const set = (v: string): void => p.onChange(v === '' ? null : v);
  switch (field.type) {
    case 'code':
      return <CodeField {...frame} list={field.codes ?? ''} value={text} onChange={set} first={p.first ?? []} />;
    case 'set':
      return (
        <CodesField
          {...frame}
          list={field.codes ?? ''}
          value={Array.isArray(p.value) ? p.value : []}
          onChange={(codes) => p.onChange(codes.length === 0 ? null : codes)}
        />
      );
    case 'date':
      return <IsoDateField label={field.label} value={text} onChange={set} error={p.error} class={p.class ?? ''} />;
    case 'bool':
      return (
        <ChoiceField
          label={field.label}
          value={p.value === true ? 'y' : p.value === false ? 'n' : ''}
          options={[{ value: 'y', label: t('answer.yes') }, { value: 'n', label: t('answer.no') }]}
          onChange={(v) => p.onChange(v === 'y')}
          error={p.error}
        />
      );
    case 'int':
      return (
        <TextField
          {...frame}
          value={text}
          inputMode="numeric"
          dir="ltr"
          max={12}
          onInput={(v) => p.onChange(/^-?\d+$/.test(v.trim()) ? Number(v) : v === '' ? null : v)}
        />
      );
    default:
      if (field.flags.includes('long')) return <AreaField {...frame} value={text} onInput={set} />;
      return (
        <TextField
          {...frame}
          value={text}
          max={field.max}
          dir={field.name.endsWith('_local') ? 'auto' : LATIN.test(text) && text !== '' ? 'ltr' : 'auto'}
          onInput={set}
        />
      );
  }
}

