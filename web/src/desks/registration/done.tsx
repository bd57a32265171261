// done.tsx: after saving: the numbers, and what comes next.
import { useLayoutEffect } from 'preact/hooks';
import { type Family, latinName, localName } from '../../lib/family';
import { t, tn } from '../../lib/i18n';
import { bind } from '../../lib/keyboard';
import { go, href } from '../../lib/router';
import { Keys, Photo } from '../../ui/bits';
import { Icon } from '../../ui/icon';
import { Name, Num } from '../../ui/text';

export interface Registered {
  group: string;
  number: string;
  members: { key: string; person: string; number: string }[];
  family: Family;
}

export function Done({ registered, again }: { registered: Registered; again: () => void }) {
  const slip = (): void => go('slip', registered.group);
  // With the drawing, not after it: a key that follows at once must find what the screen shows.
  useLayoutEffect(() => {
    document.getElementById('print-slip')?.focus();
    return bind({ 'Alt+N': again, 'Alt+I': slip });
  }, []);
  return (
    <div class="page done">
      <div class="done-head">
        <Icon name="ok" size={36} />
        <h1 tabIndex={-1}>{t('done.title')}</h1>
        <p class="done-number"><Num text={registered.number} /></p>
        <p>{tn('family.people', registered.members.length)}</p>
      </div>
      <ul class="lines">
        {registered.members.map((m) => {
          const member = registered.family.members.find((x) => x.key === m.key);
          return (
            <li key={m.key}>
              <a href={href('person', m.person)} class="line">
                <Photo hex={member?.photo} />
                <span class="line-who">{member !== undefined && <Name latin={latinName(member)} local={localName(member)} />}</span>
                <span class="line-numbers"><Num text={m.number} /></span>
              </a>
            </li>
          );
        })}
      </ul>
      <div class="page-actions">
        <button id="print-slip" type="button" class="button button-main" onClick={slip}>
          <Icon name="print" size={18} /> {t('slip.print')} <Keys keys="Alt+I" />
        </button>
        <button type="button" class="button" onClick={again}>
          <Icon name="add" size={18} /> {t('registration.new')} <Keys keys="Alt+N" />
        </button>
        <a class="button" href={href('group', registered.group)}>
          <Icon name="family" size={18} /> {t('done.open')}
        </a>
      </div>
    </div>
  );
}
