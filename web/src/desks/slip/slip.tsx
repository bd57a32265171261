// slip.tsx: A6 in the hand: the number in large figures, names, the date, the number as a QR code.
import { useEffect } from 'preact/hooks';
import { ask } from '../../lib/commands';
import { formatBoth } from '../../lib/format';
import { t, tn } from '../../lib/i18n';
import { bind } from '../../lib/keyboard';
import { useLoad } from '../../lib/load';
import { type Route, go, href } from '../../lib/router';
import { session } from '../../lib/session';
import type { GroupFile } from '../../lib/types';
import { Keys } from '../../ui/bits';
import { Icon } from '../../ui/icon';
import { Load } from '../../ui/states';
import { Age, Num, RecordName, sexLabel } from '../../ui/text';

const ROWS_MAX = 9;

export function SlipDesk({ route }: { route: Route }) {
  const file = useLoad((signal) => ask<GroupFile>('group.file', { id: route.id }, signal), [route.id]);
  useEffect(() => bind({
    'Alt+I': () => print(),
    'Alt+N': () => go('registration'),
    Escape: () => go('group', route.id),
  }), [route.id]);
  return (
    <div class="page slip-page">
      <div class="page-actions no-print">
        <button type="button" class="button button-main" onClick={() => print()}>
          <Icon name="print" size={18} /> {t('slip.print')} <Keys keys="Alt+I" />
        </button>
        <a class="button" href={href('registration')}>
          <Icon name="add" size={18} /> {t('registration.new')} <Keys keys="Alt+N" />
        </a>
        <a class="button" href={href('group', route.id)}>
          <Icon name="family" size={18} /> {t('done.open')}
        </a>
      </div>
      <Load of={file}>{(data) => <Slip file={data} />}</Load>
    </div>
  );
}

function Slip({ file }: { file: GroupFile }) {
  const g = file.group.fields;
  const number = String(g['number'] ?? '');
  const rows = file.members.slice(0, ROWS_MAX);
  const more = file.members.length - rows.length;
  return (
    <article class="slip" aria-label={t('desk.slip')}>
      <header>
        <p class="slip-office">
          <bdi>{session.value?.operation ?? ''}</bdi> · <bdi>{session.value?.office.name}</bdi>
        </p>
        <p class="slip-title">{t('slip.title')}</p>
      </header>
      <div class="slip-top">
        <div>
          <p class="slip-label">{t('slip.number')}</p>
          <p class="slip-number"><Num text={number} /></p>
          <p class="slip-label">{t('slip.date')}</p>
          <p><bdi>{formatBoth(String(g['registration_date'] ?? ''))}</bdi></p>
        </div>
        {number !== '' && <img class="slip-qr" src={`/api/v1/qr/${encodeURIComponent(number)}.svg`} alt={t('slip.qr', { number })} />}
      </div>
      <ol class="slip-people">
        {rows.map(({ membership, person }) => (
          <li key={person.id}>
            <RecordName fields={person.fields} />
            <span class="slip-who">
              {membership.labels?.['relationship']} · {sexLabel(person.fields['sex'])} · <Age fields={person.fields} /> · <Num text={person.fields['number'] as string} />
            </span>
          </li>
        ))}
      </ol>
      {more > 0 && <p>{tn('slip.more', more)}</p>}
      <footer>{t('slip.footer')}</footer>
    </article>
  );
}
