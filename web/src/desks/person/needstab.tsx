// needstab.tsx: specific needs, for those who may see them; others learn how many there are, or, at a
// desk that writes needs without reading them, not even that. Such a desk can still add one.
import { useState } from 'preact/hooks';
import { t, tn } from '../../lib/i18n';
import { kindOf } from '../../lib/meta';
import { may } from '../../lib/session';
import type { PersonFile } from '../../lib/types';
import { Icon } from '../../ui/icon';
import { Notice } from '../../ui/states';
import { AddRecord, ChildList } from './childlist';

const KIND = 'specific_need';

interface Props {
  file: PersonFile;
  reload: () => void;
  past: boolean;
}

export function NeedsTab({ file, reload, past }: Props) {
  if (file.needs === undefined) return <Unread file={file} reload={reload} past={past} />;
  return <ChildList kind={KIND} rows={file.needs} person={file.person.id} reload={reload} past={past} columns={['need', 'status', 'since', 'note']} />;
}

/** What is written here is not shown again to who wrote it. */
function Unread({ file, reload, past }: Props) {
  const [adding, setAdding] = useState(false);
  const label = kindOf(KIND)?.label ?? KIND;
  return (
    <section class="panel">
      <div class="panel-head">
        <h2>{label}</h2>
        {!past && !file.person.void && may('need.write') && (
          <button type="button" class="button button-small" onClick={() => setAdding(true)}>
            <Icon name="add" size={16} /> {t('action.add')}
          </button>
        )}
      </div>
      <Notice kind="attention">
        {file.need_count === undefined ? <p>{t('needs.unread')}</p> : (
          <>
            <p>{tn('needs.count', file.need_count)}</p>
            <p class="hint">{t('needs.forbidden')}</p>
          </>
        )}
      </Notice>
      {adding && (
        <AddRecord
          kind={KIND}
          person={file.person.id}
          label={label}
          note={t('needs.write_only')}
          close={() => setAdding(false)}
          done={() => {
            setAdding(false);
            reload();
          }}
        />
      )}
    </section>
  );
}
