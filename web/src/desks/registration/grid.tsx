// grid.tsx: the family as one table; it may face the family, so nothing about needs is shown here.
import { useMemo } from 'preact/hooks';
import { type Family, type Member, birthDay, completeness, latinName, localName, memberOf, moveMember, removeMember, setFocal, setMember } from '../../lib/family';
import { formatAge } from '../../lib/format';
import { number, t, tn } from '../../lib/i18n';
import { fieldLabel, fieldOf, offered, valueLabel } from '../../lib/meta';
import { Photo } from '../../ui/bits';
import { Icon, type IconName } from '../../ui/icon';
import { Name, sexLabel } from '../../ui/text';
import { toast } from '../../ui/toast';
import { edit, family, open } from './store';

const PRESENT = 'PRESENT';

/** The code for "not here today": the list's other one. */
export const absentCode = (): string => {
  const codes = offered(fieldOf('membership', 'presence')?.codes ?? 'presence').map((c) => c.code);
  return codes.find((c) => c === 'NOT_PRESENT') ?? codes.find((c) => c !== PRESENT) ?? 'NOT_PRESENT';
};

export function FamilyGrid({ onAdd, wrong }: { onAdd: () => void; wrong: ReadonlySet<string> }) {
  const f = family.value;
  if (f === null) return null;
  return (
    <section class="grid-panel" aria-label={t('registration.family')}>
      <div class="grid-head">
        <h2>{t('registration.family')}</h2>
        <span class="quiet">{tn('family.people', f.members.length)}</span>
      </div>
      <div class="table-wrap">
        <table class="family-grid">
          <thead>
            <tr>
              <th class="col-photo"><span class="hidden">{t('grid.photo')}</span></th>
              <th>{t('grid.name')}</th>
              <th>{fieldLabel('person', 'sex')}</th>
              <th>{t('grid.age')}</th>
              <th>{fieldLabel('membership', 'relationship')}</th>
              <th class="col-known">{t('grid.known')}</th>
            </tr>
          </thead>
          <tbody>
            {f.members.map((m, i) => (
              <Row key={m.key} f={f} m={m} place={i} selected={open.value === m.key} wrong={wrong.has(m.key)} />
            ))}
          </tbody>
        </table>
      </div>
      <button type="button" class="button grid-add" onClick={onAdd}>
        <Icon name="add" size={18} /> {t('registration.next_person')} <kbd class="keys" dir="ltr">Alt+N</kbd>
      </button>
      <RowActions />
    </section>
  );
}

interface RowProps {
  f: Family;
  m: Member;
  place: number;
  selected: boolean;
  wrong: boolean;
}

/** Drawn anew only when this person changes, not with each letter of another's name. */
function Row(p: RowProps) {
  const known = completeness(p.f, p.m);
  const focal = p.m.key === p.f.focal;
  return useMemo(
    () => <RowCells {...p} known={known} focal={focal} />,
    [p.m, p.place, p.selected, p.wrong, focal, known.known, known.missing.join()],
  );
}

function RowCells({ m, place, selected, wrong, known, focal }: RowProps & { known: ReturnType<typeof completeness>; focal: boolean }) {
  const absent = m.presence !== PRESENT;
  const age = birthDay(m) === null ? '' : formatAge(m.person['birth_date'] as string, m.person['birth_date_precision'] as string);
  const missing = known.missing.map((name) =>
    name === 'photo' ? t('grid.photo') : fieldLabel(name === 'relationship' ? 'membership' : 'person', name)).join(', ');
  return (
    <tr class={`${selected ? 'selected' : ''} ${absent ? 'absent' : ''}`} onClick={() => { open.value = m.key; }}>
      <td class="col-photo"><Photo hex={m.photo} /></td>
      <td class="col-name">
        <button type="button" class="row-open" aria-current={selected ? 'true' : undefined}>
          {latinName(m) === '' && localName(m) === '' ? (
            <span class="quiet">{t('grid.person_n', { n: place + 1 })}</span>
          ) : (
            <Name latin={latinName(m)} local={localName(m)} />
          )}
        </button>
        {wrong && <span class="tag tag-danger"><Icon name="danger" size={14} /> {t('grid.incomplete')}</span>}
        {absent && <span class="tag tag-attention">{valueLabel('membership', 'presence', m.presence)}</span>}
      </td>
      <td>{sexLabel(m.person['sex'])}</td>
      <td class="col-age"><bdi>{age}</bdi></td>
      <td>
        {focal ? <span class="focal"><Icon name="star" size={14} /> {valueLabel('membership', 'relationship', 'FP')}</span> : m.relationship === '' ? (
          <span class="quiet">—</span>
        ) : valueLabel('membership', 'relationship', m.relationship)}
      </td>
      <td class="col-known">
        <span class="known" title={missing === '' ? t('grid.complete') : t('grid.missing', { fields: missing })}>
          <meter min={0} max={known.of} value={known.known} aria-label={t('grid.known')} />
          <bdi class="small">{number(known.known)}/{number(known.of)}</bdi>
        </span>
      </td>
    </tr>
  );
}

/** Off, it stays where the focus may be: a button that is disabled by its own press would lose it. */
function Action(p: { icon: IconName; label: string; run: () => void; off?: boolean; keys?: string }) {
  return (
    <button
      type="button"
      class="button button-small"
      aria-disabled={p.off === true || undefined}
      title={p.keys === undefined ? p.label : `${p.label} (${p.keys})`}
      onClick={() => {
        if (p.off !== true) p.run();
      }}
    >
      <Icon name={p.icon} size={16} /> <span>{p.label}</span>
    </button>
  );
}

export function removeRow(key: string): void {
  const before = family.value;
  const m = before === null ? undefined : memberOf(before, key);
  if (before === null || m === undefined || key === before.focal) return;
  const at = before.members.indexOf(m);
  const children = before.members.filter((c) => c.mother === key).map((c) => c.key);
  open.value = before.members[Math.max(0, at - 1)]?.key ?? before.focal;
  edit((f) => removeMember(f, key));
  toast(t('registration.row_removed'), {
    action: {
      label: t('action.undo'),
      run: () => {
        edit((f) => ({
          ...f,
          members: [...f.members.slice(0, at), m, ...f.members.slice(at)].map((c) =>
            children.includes(c.key) && c.mother === '' ? { ...c, mother: key } : c),
        }));
        open.value = key;
      },
    },
  });
}

function RowActions() {
  const f = family.value;
  const m = f === null ? undefined : memberOf(f, open.value);
  if (f === null || m === undefined) return null;
  const at = f.members.indexOf(m);
  const focal = m.key === f.focal;
  const absent = m.presence !== PRESENT;
  return (
    <div class="row-actions" role="group" aria-label={t('grid.actions')}>
      <Action icon="up" label={t('grid.up')} off={at === 0} run={() => edit((x) => moveMember(x, m.key, -1))} keys="Alt+Shift+↑" />
      <Action icon="down" label={t('grid.down')} off={at === f.members.length - 1} run={() => edit((x) => moveMember(x, m.key, 1))} keys="Alt+Shift+↓" />
      <Action icon="star" label={t('grid.make_focal')} off={focal} run={() => {
        const before = f;
        edit((x) => setFocal(x, m.key));
        toast(t('grid.focal_changed'), { action: { label: t('action.undo'), run: () => edit(() => before) } });
      }} />
      <Action
        icon="away"
        label={t(absent ? 'grid.present' : 'grid.absent')}
        run={() => edit((x) => setMember(x, m.key, { presence: absent ? PRESENT : absentCode() }))}
      />
      <Action icon="remove" label={t('grid.remove')} off={focal} run={() => removeRow(m.key)} />
    </div>
  );
}
