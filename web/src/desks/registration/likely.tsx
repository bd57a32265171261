// likely.tsx: who this person may already be, said beneath the name fields while they are typed. Asked
// in a pause, for the person in front alone, by the exact check that saving makes; an older question is
// given up. It takes no focus and no room: its place is kept, empty or not.
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../../lib/commands';
import { type Family, type Member, checkMember, isCheckable } from '../../lib/family';
import { formatAge, listOf } from '../../lib/format';
import { number, t } from '../../lib/i18n';
import { may } from '../../lib/session';
import type { CheckMatch } from '../../lib/types';
import { Keys, Photo } from '../../ui/bits';
import { Icon } from '../../ui/icon';
import { Name, Num } from '../../ui/text';
import { reasonLabel } from './duplicates';

const PAUSE_MS = 400;
const REASONS_MOST = 3;
export const LIKELY_KEYS = 'Alt+K';

/** People who may be this member; what is no longer asked, or was answered, is not among them. */
export function useLikely(f: Family | null, m: Member | undefined): CheckMatch[] {
  const [found, setFound] = useState<{ key: string; matches: CheckMatch[] }>({ key: '', matches: [] });
  const asked = m !== undefined && may('person.read') && isCheckable(m) ? JSON.stringify(checkMember(m)) : '';
  const key = m?.key ?? '';
  useEffect(() => {
    if (asked === '') {
      setFound({ key, matches: [] });
      return undefined;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      ask<{ matches: CheckMatch[] }>('registration.check', { members: [JSON.parse(asked) as unknown] }, abort.signal).then(
        (answer) => setFound({ key, matches: answer.matches }),
        // Half a date, no network, no right: saving asks again and says what is wrong.
        () => undefined,
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [asked, key]);
  if (f === null || asked === '' || found.key !== key) return [];
  return found.matches.filter((x) => !f.confirmed_not.includes(x.person));
}

export function Likely({ matches, look }: { matches: CheckMatch[]; look: () => void }) {
  const first = matches[0];
  return (
    <div class="likely" role="status" aria-live="polite">
      {first === undefined ? <p class="hint">{t('names.hint')}</p> : (
        <div class="likely-found">
          <Photo hex={first.photo} />
          <span class="likely-who">
            <span class="likely-line likely-name">
              <Icon name="attention" size={16} /> <strong>{t('duplicate.perhaps')}</strong>
              <Name latin={first.name} local={first.name_local} />
            </span>
            <span class="likely-line quiet">
              <Num text={first.group_number ?? first.number} /> · {listOf([...first.reasons.slice(0, REASONS_MOST).map((r) => reasonLabel(r.kind)), formatAge(first.birth_date, first.birth_date_precision)].filter(Boolean))}
              {first.village && <> · <bdi>{first.village}</bdi></>}
            </span>
          </span>
          {/* Tab and Enter pass it by: whoever types goes on typing, and its own key opens it. */}
          <button type="button" class="button button-small" tabIndex={-1} aria-keyshortcuts={LIKELY_KEYS} onClick={look}>
            {t('duplicate.look')}{matches.length > 1 && ` (${number(matches.length)})`} <Keys keys={LIKELY_KEYS} />
          </button>
        </div>
      )}
    </div>
  );
}
