// door.tsx: lies over the page while it is locked or the session has ended; the page stays beneath.
import { useState } from 'preact/hooks';
import { t } from '../lib/i18n';
import { locked, session, signIn, signOut, unlock } from '../lib/session';
import { Busy } from '../ui/bits';
import { TextField } from '../ui/field';
import { Icon } from '../ui/icon';
import { Trouble } from '../ui/states';

export function Door() {
  const [password, setPassword] = useState('');
  const [error, setError] = useState<unknown>(null);
  const who = session.value;
  if (who === null) return null;
  const enter = async (): Promise<void> => {
    setError(null);
    try {
      if (locked.value) await unlock(password);
      else await signIn(who.user.login, password);
    } catch (e) {
      setError(e);
      setPassword('');
    }
  };
  return (
    <div class="door" role="dialog" aria-modal="true" aria-labelledby="door-title">
      <form
        class="door-card"
        onSubmit={(e) => {
          e.preventDefault();
          void enter();
        }}
      >
        <Icon name="lock" size={32} />
        <h1 id="door-title">{t(locked.value ? 'lock.title' : 'lock.expired')}</h1>
        <p><bdi>{who.user.name}</bdi></p>
        <input type="text" class="hidden" name="login" autoComplete="username" value={who.user.login} readOnly tabIndex={-1} aria-hidden="true" />
        <DoorField value={password} set={setPassword} />
        {error !== null && <Trouble error={error} />}
        <button type="submit" class="button button-main button-wide">{t(locked.value ? 'lock.unlock' : 'signin.enter')}</button>
        <Busy class="link" run={signOut}>{t('lock.other')}</Busy>
        <p class="hint">{t('lock.hint')}</p>
      </form>
    </div>
  );
}

function DoorField({ value, set }: { value: string; set: (v: string) => void }) {
  return (
    <div ref={(node) => { if (value === '') node?.querySelector('input')?.focus(); }}>
      <TextField label={t('signin.password')} type="password" autocomplete="current-password" dir="ltr" value={value} onInput={set} />
    </div>
  );
}
