// needstab.tsx: specific needs, for those who may see them; others learn how many there are,
// or, at a desk that writes needs without reading them, not even that.
import { t, tn } from '../../lib/i18n';
import type { PersonFile } from '../../lib/types';
import { Notice } from '../../ui/states';
import { ChildList } from './childlist';

export function NeedsTab({ file, reload, past }: { file: PersonFile; reload: () => void; past: boolean }) {
  if (file.needs === undefined) {
    return (
      <Notice kind="attention">
        {file.need_count === undefined ? <p>{t('needs.unread')}</p> : (
          <>
            <p>{tn('needs.count', file.need_count)}</p>
            <p class="hint">{t('needs.forbidden')}</p>
          </>
        )}
      </Notice>
    );
  }
  return <ChildList kind="specific_need" rows={file.needs} person={file.person.id} reload={reload} past={past} columns={['need', 'status', 'since', 'note']} />;
}
