// app.tsx: the frame around the desks.
import { useEffect, useState } from 'preact/hooks';
import { language, t } from '../lib/i18n';
import { bind } from '../lib/keyboard';
import { route } from '../lib/router';
import { expired, lock, locked, session } from '../lib/session';
import { SignIn } from '../desks/signin/signin';
import { FirstPassword } from '../desks/signin/password';
import { Empty, Forbidden } from '../ui/states';
import { Toasts } from '../ui/toast';
import { allowed, deskOf } from './desks';
import { Door } from './door';
import { OfflineRibbon } from './offline';
import { Rail } from './rail';
import { TopBar } from './topbar';

export function App() {
  const who = session.value;
  if (who === null) return <SignIn />;
  if (who.must_change_password) return <FirstPassword />;
  return <Frame key={language.value} />;
}

function Frame() {
  const [narrow, setNarrow] = useState(localStorage.getItem('panah.rail') === 'narrow');
  const shut = locked.value || expired.value;
  useEffect(() => bind({
    'Alt+L': () => void lock(),
    '/': () => document.getElementById('search-all')?.focus(),
  }), []);
  const turn = (): void => {
    localStorage.setItem('panah.rail', narrow ? 'wide' : 'narrow');
    setNarrow(!narrow);
  };
  return (
    <>
      <div class={`frame ${narrow ? 'frame-narrow' : ''} ${shut ? 'frame-shut' : ''}`} inert={shut}>
        <a class="skip" href="#main" onClick={(e) => {
          e.preventDefault();
          document.getElementById('main')?.focus();
        }}>
          {t('shell.skip')}
        </a>
        <TopBar turnRail={turn} narrow={narrow} />
        <Rail />
        <main id="main" tabIndex={-1}>
          <OfflineRibbon />
          <Desk />
        </main>
      </div>
      <Toasts />
      {shut && <Door />}
    </>
  );
}

function Desk() {
  const desk = deskOf(route.value.desk);
  useEffect(() => {
    document.title = desk === undefined ? 'Panah' : `${t(desk.label)} · Panah`;
  }, [desk]);
  if (desk === undefined) return <Empty icon="search" title={t('shell.no_desk')} />;
  if (!allowed(desk)) return <div class="page"><Forbidden /></div>;
  const View = desk.view;
  return <View route={route.value} />;
}
