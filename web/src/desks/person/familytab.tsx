// familytab.tsx: the families a person has been in, and who is related to whom.
import { ask } from '../../lib/commands';
import { type Key, lookup, t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import { fieldOf } from '../../lib/meta';
import { href } from '../../lib/router';
import type { GroupFile, PersonFile } from '../../lib/types';
import { Icon } from '../../ui/icon';
import { Load } from '../../ui/states';
import { Num, shown } from '../../ui/text';
import { Members } from '../group/members';

export function FamilyTab({ file }: { file: PersonFile }) {
  const current = file.groups[file.groups.length - 1];
  const id = current?.group.id ?? '';
  const group = useLoad(
    (signal) => (id === '' ? Promise.resolve(null) : ask<GroupFile>('group.file', { id }, signal)),
    [id],
  );
  return (
    <>
      {id !== '' && (
        <section class="panel">
          <div class="panel-head">
            <h2>{t('person.family')} <Num text={String(current?.group.fields['number'] ?? '')} /></h2>
            <a class="button button-small" href={href('group', id)}><Icon name="family" size={16} /> {t('done.open')}</a>
          </div>
          <Load of={group} lines={4}>{(data) => (data === null ? null : <Members members={data.members} marked={file.person.id} />)}</Load>
        </section>
      )}
      <section class="panel">
        <h2>{t('person.relatives')}</h2>
        {file.relatives.length === 0 ? <p class="quiet">{t('child.none')}</p> : (
          <dl class="facts">
            {file.relatives.map((r) => (
              <div key={`${r.relation}${r.id}`}>
                <dt>{fieldOf('person', r.relation)?.label ?? lookup(`relation.${r.relation}` as Key) ?? r.relation}</dt>
                <dd><a href={href('person', r.id)}><bdi>{r.name}</bdi></a></dd>
              </div>
            ))}
          </dl>
        )}
      </section>
      {file.groups.length > 1 && (
        <section class="panel">
          <h2>{t('person.former_families')}</h2>
          <ul class="plain">
            {file.groups.slice(0, -1).map(({ membership, group: g }) => (
              <li key={membership.id}>
                <a href={href('group', g.id)}><Num text={String(g.fields['number'] ?? '')} /></a> · {shown(membership, 'relationship')} · {shown(membership, 'from_date')} – {shown(membership, 'to_date')}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
