// offline.tsx: a ribbon that says what still works while the node does not answer.
import { useEffect } from 'preact/hooks';
import { get } from '../lib/api';
import { unsent } from '../lib/commands';
import { t, tn } from '../lib/i18n';
import { reached } from '../lib/session';
import { Icon } from '../ui/icon';

const ASK_MS = 3000;

export function OfflineRibbon() {
  const off = !reached.value;
  useEffect(() => {
    if (!off) return undefined;
    const timer = setInterval(() => void get('/healthz').catch(() => undefined), ASK_MS);
    return () => clearInterval(timer);
  }, [off]);
  if (!off) return null;
  return (
    <div class="ribbon" role="alert">
      <Icon name="attention" size={18} />
      <span>
        {t('offline.text')} {unsent.value > 0 && tn('offline.unsent', unsent.value)}
      </span>
    </div>
  );
}
