// slip.tsx: A6 in the hand: the number in large figures, names, the date, the number as a QR code.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
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

/** Steps from roomy to tight (print.css); after the last one people are left out. */
const TIGHTEST = 3;

export function SlipDesk({ route }: { route: Route }) {
  const file = useLoad((signal) => ask<GroupFile>('group.file', { id: route.id }, signal), [route.id]);
  useLayoutEffect(() => bind({
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
      <Load of={file}>{(data) => <Slip key={data.group.id} file={data} />}</Load>
    </div>
  );
}

/**
 * The slip is one sheet, whatever the family: it is drawn roomy, measured, and drawn tighter until all of
 * it stands on the sheet; of the largest families the last people are counted, not named.
 */
function Slip({ file }: { file: GroupFile }) {
  const sheet = useRef<HTMLElement>(null);
  const all = file.members.length;
  const [fit, setFit] = useState({ tight: 0, rows: all });
  useLayoutEffect(() => {
    const s = sheet.current;
    if (s === null || s.scrollHeight <= s.clientHeight) return;
    if (fit.tight < TIGHTEST) setFit({ tight: fit.tight + 1, rows: all });
    else if (fit.rows > 1) setFit({ ...fit, rows: fit.rows - 1 });
  }, [fit]);
  const g = file.group.fields;
  const number = String(g['number'] ?? '');
  const more = all - fit.rows;
  return (
    <article ref={sheet} class={`slip slip-tight-${fit.tight}`} aria-label={t('desk.slip')}>
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
          <p>{tn('family.people', all)}</p>
        </div>
        {number !== '' && <img class="slip-qr" src={`/api/v1/qr/${encodeURIComponent(number)}.svg`} alt={t('slip.qr', { number })} />}
      </div>
      <ol class="slip-people">
        {file.members.slice(0, fit.rows).map(({ membership, person }) => (
          <li key={person.id}>
            <RecordName fields={person.fields} />
            <span class="slip-who">
              {membership.labels?.['relationship']} · {sexLabel(person.fields['sex'])} · <Age fields={person.fields} />
              <span class="slip-own"> · <Num text={person.fields['number'] as string} /></span>
            </span>
          </li>
        ))}
      </ol>
      {more > 0 && <p class="slip-more">{tn('slip.more', more)}</p>}
      <footer>{t('slip.footer')}</footer>
    </article>
  );
}
