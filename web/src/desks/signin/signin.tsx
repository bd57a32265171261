// signin.tsx: the way in, in the language of the person in front of it.
import { useState } from 'preact/hooks';
import { LANGUAGES, LANGUAGE_NAMES, language, t, useLanguage } from '../../lib/i18n';
import { signIn } from '../../lib/session';
import { TextField } from '../../ui/field';
import { Trouble } from '../../ui/states';

export function SignIn() {
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const enter = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await signIn(login.trim(), password);
    } catch (e) {
      setError(e);
      setPassword('');
      setBusy(false);
    }
  };
  return (
    <main class="door-page">
      <form
        class="door-card"
        onSubmit={(e) => {
          e.preventDefault();
          void enter();
        }}
      >
        <p class="brand-big">
          Panah <span lang="fa">پناه</span>
        </p>
        <h1>{t('signin.title')}</h1>
        {error !== null && <Trouble error={error} />}
        <div ref={(node) => { if (login === '') node?.querySelector('input')?.focus(); }}>
          <TextField label={t('signin.login')} name="login" autocomplete="username" dir="ltr" value={login} onInput={setLogin} />
        </div>
        <TextField label={t('signin.password')} name="password" type="password" dir="ltr" autocomplete="current-password" value={password} onInput={setPassword} />
        <button type="submit" class="button button-main button-wide" aria-busy={busy || undefined}>{t('signin.enter')}</button>
        <p class="hint">{t('signin.help')}</p>
      </form>
      <div class="door-languages" role="group" aria-label={t('shell.language')}>
        {LANGUAGES.map((l) => (
          <button key={l} type="button" lang={l} class="link" aria-pressed={l === language.value} onClick={() => void useLanguage(l)}>
            {LANGUAGE_NAMES[l]}
          </button>
        ))}
      </div>
    </main>
  );
}
