// needstab.tsx: specific needs, for those who may see them; others learn only how many there are.
import { t, tn } from '../../lib/i18n';
import type { PersonFile } from '../../lib/types';
import { Notice } from '../../ui/states';
import { ChildList } from './childlist';

export function NeedsTab({ file, reload, past }: { file: PersonFile; reload: () => void; past: boolean }) {
  if (file.needs === undefined) {
    return (
      <Notice kind="attention">
        <p>{tn('needs.count', file.need_count ?? 0)}</p>
        <p class="hint">{t('needs.forbidden')}</p>
      </Notice>
    );
  }
  return <ChildList kind="specific_need" rows={file.needs} person={file.person.id} reload={reload} past={past} columns={['need', 'status', 'since', 'note']} />;
}
