// members.tsx: the people of a family, the focal point first.
import type { ComponentChildren } from 'preact';
import { t } from '../../lib/i18n';
import { fieldLabel } from '../../lib/meta';
import { href } from '../../lib/router';
import type { GroupFile } from '../../lib/types';
import { Icon } from '../../ui/icon';
import { Age, Num, RecordName, sexLabel, shown } from '../../ui/text';

interface Props {
  members: GroupFile['members'];
  marked?: string;
  /** More cells at the end of each row. */
  actions?: (pair: GroupFile['members'][number]) => ComponentChildren;
  select?: { chosen: string[]; onChange: (persons: string[]) => void };
}

export function Members(p: Props) {
  return (
    <div class="table-wrap">
      <table class="table">
        <thead>
          <tr>
            {p.select !== undefined && <th><span class="hidden">{t('group.choose')}</span></th>}
            <th scope="col">{t('grid.name')}</th>
            <th scope="col">{fieldLabel('membership', 'relationship')}</th>
            <th scope="col">{fieldLabel('person', 'sex')}</th>
            <th scope="col">{t('grid.age')}</th>
            <th scope="col">{fieldLabel('person', 'number')}</th>
            {p.actions !== undefined && <th><span class="hidden">{t('grid.actions')}</span></th>}
          </tr>
        </thead>
        <tbody>
          {p.members.map((pair) => {
            const { membership, person } = pair;
            const absent = membership.fields['presence'] !== undefined && membership.fields['presence'] !== 'PRESENT';
            const chosen = p.select?.chosen ?? [];
            return (
              <tr key={membership.id} class={person.id === p.marked ? 'selected' : ''}>
                {p.select !== undefined && (
                  <td>
                    <label class="cell-check">
                      <input
                        type="checkbox"
                        checked={chosen.includes(person.id)}
                        onChange={(e) => p.select?.onChange(e.currentTarget.checked ? [...chosen, person.id] : chosen.filter((id) => id !== person.id))}
                      />
                      <span class="hidden">{t('group.choose')}</span>
                    </label>
                  </td>
                )}
                <td>
                  <a class="row-link" href={href('person', person.id)}><RecordName fields={person.fields} /></a>
                  {person.void ? <span class="tag tag-danger">{t('record.void')}</span> : null}
                  {person.conflict === true && <span class="tag tag-attention"><Icon name="attention" size={14} /> {t('record.conflict')}</span>}
                  {absent && <span class="tag tag-attention">{shown(membership, 'presence')}</span>}
                </td>
                <td>
                  {membership.fields['relationship'] === 'FP' && <Icon name="star" size={14} />} {shown(membership, 'relationship')}
                </td>
                <td>{sexLabel(person.fields['sex'])}</td>
                <td class="nowrap"><Age fields={person.fields} /></td>
                <td><Num text={String(person.fields['number'] ?? '')} /></td>
                {p.actions !== undefined && <td class="table-actions">{p.actions(pair)}</td>}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
