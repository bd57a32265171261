// password.tsx: the first password was known to someone else: a new one comes before all work.
import { useState } from 'preact/hooks';
import { ApiError } from '../../lib/api';
import { t } from '../../lib/i18n';
import { changePassword, session, signOut } from '../../lib/session';
import { Busy } from '../../ui/bits';
import { TextField } from '../../ui/field';
import { Trouble } from '../../ui/states';

export const LEAST = 10;

export function FirstPassword() {
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [tried, setTried] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const short = next.length < LEAST;
  const differs = next !== again;
  const change = async (): Promise<void> => {
    setTried(true);
    if (short || differs) return;
    setError(null);
    try {
      await changePassword(old, next);
    } catch (e) {
      setError(e);
      if (e instanceof ApiError && e.status === 401) setOld('');
    }
  };
  return (
    <main class="door-page">
      <form
        class="door-card"
        onSubmit={(e) => {
          e.preventDefault();
          void change();
        }}
      >
        <h1>{t('password.title')}</h1>
        <p>{t('password.why')}</p>
        <input type="text" class="hidden" name="login" autoComplete="username" value={session.value?.user.login ?? ''} readOnly tabIndex={-1} aria-hidden="true" />
        {error !== null && <Trouble error={error} />}
        <TextField label={t('password.old')} name="old" type="password" dir="ltr" autocomplete="current-password" value={old} onInput={setOld} />
        <TextField
          label={t('password.new')}
          name="new"
          type="password"
          dir="ltr"
          autocomplete="new-password"
          value={next}
          onInput={setNext}
          hint={t('password.hint', { n: LEAST })}
          error={tried && short ? t('password.short', { n: LEAST }) : ''}
        />
        <TextField label={t('password.again')} name="again" type="password" dir="ltr" autocomplete="new-password" value={again} onInput={setAgain} error={tried && differs ? t('password.differs') : ''} />
        <button type="submit" class="button button-main button-wide">{t('password.save')}</button>
        <Busy class="link" run={signOut}>{t('shell.sign_out')}</Busy>
      </form>
    </main>
  );
}
