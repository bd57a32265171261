// field.tsx: label above, hint beneath, error beneath the field.
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { t } from '../lib/i18n';
import { Icon } from './icon';

export interface FrameProps {
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  /** Said where most fields of a form are needed; nothing is said where none is. */
  optional?: boolean;
  /** Taken from the first person; typing makes it one's own. */
  inherited?: boolean;
  onInherit?: (() => void) | undefined;
  class?: string;
}

export interface ControlIds {
  id: string;
  describedBy: string | undefined;
  invalid: boolean;
}

export function Frame(p: FrameProps & { children: (ids: ControlIds) => ComponentChildren }) {
  const id = useId();
  const hasHint = p.hint !== undefined && p.hint !== null && p.hint !== '';
  const described = [p.error ? `${id}-error` : '', hasHint ? `${id}-hint` : ''].filter(Boolean).join(' ');
  return (
    <div class={`field ${p.class ?? ''} ${p.error ? 'field-wrong' : ''} ${p.inherited === true ? 'field-inherited' : ''}`}>
      <div class="field-head">
        <label for={id}>{p.label}</label>
        {p.optional === true && <span class="quiet">{t('field.optional')}</span>}
        {p.inherited === true && (
          <span class="inherit-mark">
            <Icon name="copy" size={14} /> {t('field.inherited')}
          </span>
        )}
        {p.inherited !== true && p.onInherit !== undefined && (
          <button type="button" class="link" tabIndex={-1} onClick={p.onInherit}>
            {t('field.inherit')}
          </button>
        )}
      </div>
      {p.children({ id, describedBy: described || undefined, invalid: !!p.error })}
      {hasHint && (
        <div class="hint" id={`${id}-hint`}>
          {p.hint}
        </div>
      )}
      {p.error && (
        <p class="field-error" id={`${id}-error`}>
          <Icon name="danger" size={16} /> {p.error}
        </p>
      )}
    </div>
  );
}

export interface TextProps extends FrameProps {
  value: string;
  onInput: (value: string) => void;
  onBlur?: () => void;
  onKeyDown?: (e: KeyboardEvent) => void;
  /** Direction of what is typed; auto follows its first strong letter. */
  dir?: 'ltr' | 'rtl' | 'auto';
  lang?: string;
  inputMode?: 'text' | 'tel' | 'numeric' | 'search';
  type?: 'text' | 'password';
  autocomplete?: string;
  max?: number | undefined;
  autofocus?: boolean;
  readOnly?: boolean;
  name?: string;
}

export function TextField(p: TextProps) {
  return (
    <Frame {...p}>
      {(ids) => {
        const common = {
          id: ids.id,
          name: p.name,
          value: p.value,
          // An empty field has the page's direction, so that its cursor stands where one begins.
          dir: p.value === '' && (p.dir ?? 'auto') === 'auto' ? undefined : (p.dir ?? ('auto' as const)),
          lang: p.lang,
          inputMode: p.inputMode,
          autoComplete: p.autocomplete ?? 'off',
          autoCapitalize: 'off' as const,
          spellcheck: false,
          maxLength: p.max,
          readOnly: p.readOnly,
          'aria-describedby': ids.describedBy,
          'aria-invalid': ids.invalid || undefined,
          'data-autofocus': p.autofocus === true ? '' : undefined,
          onInput: (e: InputEvent) => p.onInput((e.currentTarget as HTMLInputElement).value),
          onBlur: p.onBlur,
          onKeyDown: p.onKeyDown,
        };
        return p.type === 'password' ? <input {...common} type="password" /> : <input {...common} type="text" />;
      }}
    </Frame>
  );
}

export function AreaField(p: FrameProps & { value: string; onInput: (value: string) => void; rows?: number }) {
  return (
    <Frame {...p}>
      {(ids) => (
        <textarea
          id={ids.id}
          rows={p.rows ?? 3}
          dir={p.value === '' ? undefined : 'auto'}
          value={p.value}
          aria-describedby={ids.describedBy}
          aria-invalid={ids.invalid || undefined}
          onInput={(e) => p.onInput(e.currentTarget.value)}
        />
      )}
    </Frame>
  );
}

export function SelectField(
  p: FrameProps & { value: string; onChange: (value: string) => void; options: { value: string; label: string }[]; empty?: string },
) {
  return (
    <Frame {...p}>
      {(ids) => (
        <select
          id={ids.id}
          value={p.value}
          aria-describedby={ids.describedBy}
          aria-invalid={ids.invalid || undefined}
          onChange={(e) => p.onChange(e.currentTarget.value)}
        >
          {p.empty !== undefined && <option value="">{p.empty}</option>}
          {p.options.map((o) => (
            <option key={o.value} value={o.value}>
              {o.label}
            </option>
          ))}
        </select>
      )}
    </Frame>
  );
}

/** Few choices side by side: one key each, arrows between them. */
export function ChoiceField(p: {
  label: string;
  value: string;
  options: { value: string; label: string }[];
  onChange: (value: string) => void;
  error?: string | undefined;
  hint?: ComponentChildren;
  class?: string;
}) {
  const id = useId();
  return (
    <fieldset class={`field choice ${p.class ?? ''} ${p.error ? 'field-wrong' : ''}`}>
      <legend>{p.label}</legend>
      <div class="choices">
        {p.options.map((o, i) => (
          <label key={o.value} class={p.value === o.value ? 'chosen' : ''}>
            <input
              type="radio"
              name={id}
              value={o.value}
              checked={p.value === o.value}
              tabIndex={p.value === o.value || (p.value === '' && i === 0) ? 0 : -1}
              onChange={() => p.onChange(o.value)}
              onKeyDown={(e) => {
                const letter = e.key.toLowerCase();
                const hit = letter.length === 1 && letter !== ' '
                  ? p.options.find((c) => c.value.toLowerCase().startsWith(letter) || c.label.toLowerCase().startsWith(letter))
                  : undefined;
                if (hit === undefined || e.altKey || e.ctrlKey || e.metaKey) return;
                e.preventDefault();
                p.onChange(hit.value);
                const inputs = e.currentTarget.closest('.choices')?.querySelectorAll('input');
                inputs?.[p.options.indexOf(hit)]?.focus();
              }}
            />
            <span>{o.label}</span>
          </label>
        ))}
      </div>
      {p.hint}
      {p.error && (
        <p class="field-error">
          <Icon name="danger" size={16} /> {p.error}
        </p>
      )}
    </fieldset>
  );
}

export function CheckField(p: { label: string; checked: boolean; onChange: (on: boolean) => void; hint?: string }) {
  return (
    <label class="check">
      <input type="checkbox" checked={p.checked} onChange={(e) => p.onChange(e.currentTarget.checked)} />
      <span>
        {p.label}
        {p.hint !== undefined && <span class="hint">{p.hint}</span>}
      </span>
    </label>
  );
}
