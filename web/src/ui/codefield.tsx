// codefield.tsx: a code list by type-ahead: type, arrows, Enter takes what is marked and goes on.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { t } from '../lib/i18n';
import { codeLabel, offered, recentCodes, rememberCode } from '../lib/meta';
import { pickCodes } from '../lib/pickcode';
import { Frame, type FrameProps } from './field';
import { Icon } from './icon';

interface CodeProps extends FrameProps {
  list: string;
  value: string;
  onChange: (code: string) => void;
  /** Codes offered first, before the last choices. */
  first?: readonly string[];
  only?: ((code: string) => boolean) | undefined;
  autofocus?: boolean;
}

export function CodeField(p: CodeProps) {
  const [text, setText] = useState<string | null>(null);
  const [open, setOpen] = useState(false);
  const [marked, setMarked] = useState(0);
  const listId = useId();
  const box = useRef<HTMLUListElement>(null);

  const label = p.value === '' ? '' : codeLabel(p.list, p.value);
  const first = [...(p.first ?? []), ...recentCodes(p.list).filter((c) => !(p.first ?? []).includes(c))];
  const codes = open ? pickCodes(offered(p.list).filter((c) => p.only?.(c.code) ?? true), text ?? '', first) : [];

  useEffect(() => {
    box.current?.children[marked]?.scrollIntoView({ block: 'nearest' });
  }, [marked, open]);

  const close = (): void => {
    setOpen(false);
    setText(null);
    setMarked(0);
  };
  const choose = (code: string): void => {
    rememberCode(p.list, code);
    if (code !== p.value) p.onChange(code);
    close();
  };

  const onKey = (e: KeyboardEvent): void => {
    if (e.isComposing || e.altKey || e.ctrlKey || e.metaKey) return;
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      if (!open) setOpen(true);
      else setMarked((m) => Math.max(0, Math.min(codes.length - 1, m + (e.key === 'ArrowDown' ? 1 : -1))));
    } else if (e.key === 'Enter' && open) {
      const code = codes[marked];
      // Enter chooses, and the form's own Enter then goes to the next field.
      if (code !== undefined && (text !== null || marked > 0)) choose(code.code);
      else close();
    } else if (e.key === 'Escape' && open) {
      e.preventDefault();
      e.stopPropagation();
      close();
    } else if (e.key === 'Tab' && open && text) {
      const code = codes[marked];
      if (code !== undefined) choose(code.code);
    }
  };

  return (
    <Frame {...p}>
      {(ids) => (
        <div class="combo">
          <input
            id={ids.id}
            type="text"
            role="combobox"
            dir={(text ?? label) === '' ? undefined : 'auto'}
            autoComplete="off"
            autoCapitalize="off"
            spellcheck={false}
            value={text ?? label}
            aria-expanded={open}
            aria-controls={listId}
            aria-autocomplete="list"
            aria-activedescendant={open && codes.length > 0 ? `${listId}-${marked}` : undefined}
            aria-describedby={ids.describedBy}
            aria-invalid={ids.invalid || undefined}
            data-autofocus={p.autofocus === true ? '' : undefined}
            onInput={(e) => {
              setText(e.currentTarget.value);
              setOpen(true);
              setMarked(0);
              if (e.currentTarget.value === '' && p.value !== '') p.onChange('');
            }}
            onMouseDown={() => setOpen(true)}
            onKeyDown={onKey}
            onBlur={() => {
              // What matches wholly is taken; what does not is not kept as if it were a choice.
              const only = text ? codes.filter((c) => c.label.toLowerCase() === text.trim().toLowerCase()) : [];
              if (only.length === 1 && only[0] !== undefined) choose(only[0].code);
              else close();
            }}
          />
          {/* What is typed may run the other way than the page, and end where the mark stands. */}
          {text === null && (
            <span class="combo-mark">
              <Icon name="down" size={14} />
            </span>
          )}
          <ul id={listId} role="listbox" class="combo-list" hidden={!open} ref={box} aria-label={p.label}>
            {codes.map((c, i) => (
              // By place: a letter then changes texts and makes no new rows.
              <li
                key={i}
                id={`${listId}-${i}`}
                role="option"
                aria-selected={i === marked}
                class={`${i === marked ? 'marked' : ''} ${text === null && i === first.length - 1 ? 'combo-last' : ''}`}
                onMouseDown={(e) => {
                  e.preventDefault();
                  choose(c.code);
                }}
              >
                <bdi>{c.label}</bdi>
                <span class="code">{c.code}</span>
              </li>
            ))}
            {open && codes.length === 0 && (
              <li class="combo-none" role="option" aria-disabled="true" aria-selected="false">
                {t('code.none')}
              </li>
            )}
          </ul>
        </div>
      )}
    </Frame>
  );
}

/** Several codes: chips and the same type-ahead. */
export function CodesField(p: Omit<CodeProps, 'value' | 'onChange'> & { value: string[]; onChange: (codes: string[]) => void }) {
  return (
    <div class="codes-field">
      <CodeField
        {...p}
        value=""
        only={(code) => !p.value.includes(code)}
        onChange={(code) => {
          if (code !== '') p.onChange([...p.value, code]);
        }}
        hint={
          p.value.length === 0 ? p.hint : (
            <span class="chips">
              {p.value.map((code) => (
                <span key={code} class="chip">
                  <bdi>{codeLabel(p.list, code)}</bdi>
                  <button
                    type="button"
                    tabIndex={-1}
                    aria-label={t('action.remove_named', { name: codeLabel(p.list, code) })}
                    onClick={() => p.onChange(p.value.filter((c) => c !== code))}
                  >
                    <Icon name="close" size={14} />
                  </button>
                </span>
              ))}
            </span>
          )
        }
      />
    </div>
  );
}
