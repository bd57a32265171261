// reason.tsx: why: one of a few codes, and words where they help.
import { t } from '../lib/i18n';
import { offered } from '../lib/meta';
import { AreaField, ChoiceField } from './field';

export interface Reason {
  reason: string;
  reason_text: string;
}
export const NO_REASON: Reason = { reason: '', reason_text: '' };

/** Only what was given. */
export const reasonInput = (r: Reason): Partial<Reason> => ({
  ...(r.reason === '' ? {} : { reason: r.reason }),
  ...(r.reason_text.trim() === '' ? {} : { reason_text: r.reason_text.trim() }),
});

/** What only the program says: of lists that were brought in, of people found to be one. */
const BY_PROGRAM = ['UNDONE', 'IMPORT', 'DUPLICATE'];
const isSaid = (list: string, code: string): boolean => (list === 'correction_reason' ? !BY_PROGRAM.includes(code) : code !== 'UNDONE');

export function ReasonFields(p: { list: 'correction_reason' | 'void_reason' | 'move_reason'; value: Reason; onChange: (r: Reason) => void; error?: string | undefined }) {
  const codes = offered(p.list).filter((c) => isSaid(p.list, c.code));
  return (
    <div class="reason">
      <ChoiceField
        label={t('reason.label')}
        class="choice-column"
        value={p.value.reason}
        options={codes.map((c) => ({ value: c.code, label: c.label }))}
        error={p.error}
        onChange={(reason) => p.onChange({ ...p.value, reason })}
      />
      <AreaField label={t('reason.text')} optional rows={2} value={p.value.reason_text} onInput={(reason_text) => p.onChange({ ...p.value, reason_text })} />
    </div>
  );
}
