// home.tsx: what waits for me, then the pulse of the place.
import { useRef } from 'preact/hooks';
import { ask } from '../../lib/commands';
import { formatTime } from '../../lib/format';
import { number, t, tn } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import { href } from '../../lib/router';
import { may, session } from '../../lib/session';
import { Head } from '../../ui/bits';
import { Icon, type IconName } from '../../ui/icon';
import { Load } from '../../ui/states';
import { Num } from '../../ui/text';
import { Arrivals, Pyramid } from './pictures';

interface ConflictPlace {
  kind: string;
  id: string;
  number?: string;
  name?: string;
}

export interface Summary {
  mine: { drafts: number; parked: number; conflicts: number; first_conflicts?: ConflictPlace[]; imports: number };
  place: {
    people: number;
    groups: number;
    today_people: number;
    by_day: { day: string; n: number }[];
    pyramid: { band: string; f: number; m: number }[];
    pyramid_capped?: boolean;
    pyramid_at?: string;
  };
}

export function HomeDesk() {
  const summary = useLoad((signal) => ask<Summary>('home.summary', {}, signal), []);
  const read = useRef(new Date().toISOString());
  return (
    <div class="page">
      <Head title={t('home.hello', { name: session.value?.user.name ?? '' })} note={<bdi>{session.value?.office.name}</bdi>}>
        {may('person.write') && (
          <a class="button button-main" href={href('registration')}>
            <Icon name="add" size={18} /> {t('registration.new')}
          </a>
        )}
      </Head>
      <Load of={summary}>
        {(data) => (
          <>
            <Mine mine={data.mine} />
            <section class="home-place">
              <div class="figures">
                <Figure n={data.place.people} label={tn('home.people', data.place.people)} />
                <Figure n={data.place.groups} label={tn('home.groups', data.place.groups)} />
                <Figure n={data.place.today_people} label={t('home.today')} />
              </div>
              <div class="pictures-grid">
                <Arrivals rows={data.place.by_day} source={t('home.source', { time: formatTime(read.current) })} />
                <Pyramid rows={data.place.pyramid} capped={data.place.pyramid_capped === true} source={t('home.source', { time: formatTime(data.place.pyramid_at ?? read.current) })} />
              </div>
            </section>
          </>
        )}
      </Load>
    </div>
  );
}

const Figure = ({ n, label }: { n: number; label: string }) => (
  <p class="figure">
    <bdi class="figure-n">{number(n)}</bdi>
    <span>{label}</span>
  </p>
);

const conflictHref = (place: ConflictPlace | undefined): string =>
  place === undefined ? href('lists') : href(place.kind === 'person' ? 'person' : 'group', place.id);

/** Several: each by its name. */
const ConflictPlaces = ({ places }: { places: ConflictPlace[] }) => (
  <ul class="places">
    {places.map((place) => (
      <li key={place.id}>
        <a href={conflictHref(place)}><bdi>{place.name || t('person.no_name')}</bdi> <Num text={place.number} /></a>
      </li>
    ))}
  </ul>
);

function Mine({ mine }: { mine: Summary['mine'] }) {
  const waiting: { icon: IconName; n: number; label: string; to: string }[] = [
    { icon: 'edit' as const, n: mine.drafts, label: tn('home.drafts', mine.drafts), to: href('registration') },
    { icon: 'pause' as const, n: mine.parked, label: tn('home.parked', mine.parked), to: href('registration') },
    { icon: 'attention' as const, n: mine.conflicts, label: tn('home.conflicts', mine.conflicts), to: conflictHref((mine.first_conflicts ?? [])[0]) },
    { icon: 'import' as const, n: may('import.approve') ? mine.imports : 0, label: tn('home.imports', mine.imports), to: href('import') },
  ].filter((w) => w.n > 0);
  return (
    <section class="panel">
      <h2>{t('home.mine')}</h2>
      {waiting.length === 0 ? (
        <p class="quiet"><Icon name="ok" size={18} /> {t('home.nothing')}</p>
      ) : (
        <ul class="waiting">
          {waiting.map((w) => (
            <li key={w.icon}>
              <a href={w.to}>
                <Icon name={w.icon} />
                <bdi class="figure-n">{number(w.n)}</bdi>
                <span>{w.label}</span>
                <Icon name="next" size={16} />
              </a>
              {w.icon === 'attention' && mine.conflicts > 1 && <ConflictPlaces places={mine.first_conflicts ?? []} />}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
