// rail.tsx: the desks a person may use: at the side, on tablets and telephones at the bottom.
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../lib/i18n';
import { href, route } from '../lib/router';
import { Icon } from '../ui/icon';
import { DESKS, allowed } from './desks';

/** A desk without a place of its own belongs to this one. */
const BELONGS: Record<string, string> = { person: 'search', group: 'search', slip: 'registration' };

export function Rail() {
  const open = BELONGS[route.value.desk] ?? route.value.desk;
  const rail = useRef<HTMLElement>(null);
  // On a telephone not all of them have room at once.
  useEffect(() => rail.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' }), [open]);
  return (
    <nav ref={rail} class="rail" aria-label={t('shell.desks')}>
      {DESKS.filter((d) => d.inRail && allowed(d)).map((d) => (
        <a key={d.name} href={href(d.name)} aria-current={d.name === open ? 'page' : undefined} title={t(d.label)}>
          <Icon name={d.icon} size={22} />
          <span>{t(d.label)}</span>
        </a>
      ))}
    </nav>
  );
}
