// names.tsx: the fields for a name in each language.
import { LANGUAGES, LANGUAGE_NAMES, directionOf, t } from '../lib/i18n';
import type { Names } from '../lib/names';
import { TextField } from './field';

export function NamesFields(p: { names: Names; hint: string; onInput: (names: Names) => void }) {
  return (
    <>
      <h3>{t('names.languages')}</h3>
      <p class="hint">{p.hint}</p>
      <div class="row-2">
        {LANGUAGES.map((l) => (
          <TextField key={l} label={LANGUAGE_NAMES[l]} value={p.names[l]} dir={directionOf(l)} onInput={(v) => p.onInput({ ...p.names, [l]: v })} />
        ))}
      </div>
    </>
  );
}
