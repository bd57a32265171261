// needs.tsx: specific needs, closed until the clerk opens them, closed again with the next person:
// the screen may face the family.
import { type Member, type Need, setMember } from '../../lib/family';
import { t } from '../../lib/i18n';
import { fieldLabel, fieldOf } from '../../lib/meta';
import { CodeField } from '../../ui/codefield';
import { AreaField } from '../../ui/field';
import { Icon } from '../../ui/icon';
import { Section } from './personform';
import { useRows } from './rows';
import { edit } from './store';

export function NeedSection({ m }: { m: Member }) {
  const box = useRows(m.needs.length);
  const set = (i: number, part: Partial<Need>): void =>
    edit((f) => setMember(f, m.key, { needs: m.needs.map((n, at) => (at === i ? { ...n, ...part } : n)) }));
  const list = (field: string): string => fieldOf('specific_need', field)?.codes ?? '';
  return (
    <Section icon="shield" title={t('section.needs')} open={false} note={t('section.needs_note')}>
      <div class="row-lines" ref={box}>
        {m.needs.map((need, i) => (
          <div class="row-line" key={i}>
            <CodeField label={fieldLabel('specific_need', 'need')} list={list('need')} value={need.need} onChange={(v) => set(i, { need: v })} />
            <CodeField label={fieldLabel('specific_need', 'status')} list={list('status')} value={need.status} onChange={(v) => set(i, { status: v })} />
            <AreaField label={fieldLabel('specific_need', 'note')} rows={2} value={need.note} onInput={(v) => set(i, { note: v })} />
            <button
              type="button"
              class="icon-button line-remove"
              aria-label={t('action.remove')}
              onClick={() => edit((f) => setMember(f, m.key, { needs: m.needs.filter((_, at) => at !== i) }))}
            >
              <Icon name="remove" size={18} />
            </button>
          </div>
        ))}
        <button
          type="button"
          class="button button-small row-add"
          onClick={() => edit((f) => setMember(f, m.key, { needs: [...m.needs, { need: '', status: '', note: '' }] }))}
        >
          <Icon name="add" size={16} /> {t('parts.add_need')}
        </button>
      </div>
    </Section>
  );
}
