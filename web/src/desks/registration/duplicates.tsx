// duplicates.tsx: "this may be someone we know": asked once, politely, for each person found.
import { useState } from 'preact/hooks';
import { type Family, latinName, localName } from '../../lib/family';
import { type Key, t } from '../../lib/i18n';
import { go } from '../../lib/router';
import type { CheckMatch } from '../../lib/types';
import { Busy } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import { Line } from '../../ui/personline';
import { Name } from '../../ui/text';
import { close as closeInterview } from './store';

const REASONS = ['same_number', 'same_phone', 'same_document', 'same_name_father_age'];
export const reasonLabel = (kind: string): string => (REASONS.includes(kind) ? t(`duplicate.${kind}` as Key) : kind);

interface Props {
  f: Family;
  matches: CheckMatch[];
  /** Saving waits for the answer; else it was looked at while typing. */
  saves: boolean;
  close: () => void;
  different: (persons: string[]) => Promise<void> | void;
}

export function Duplicates(p: Props) {
  const persons = [...new Set(p.matches.map((m) => m.person))];
  const [others, setOthers] = useState<string[]>([]);
  const rest = persons.filter((id) => !others.includes(id));
  return (
    <Dialog
      title={t('duplicate.title')}
      wide
      onClose={p.close}
      footer={
        <>
          <Busy class="button button-main" disabled={rest.length > 0} run={() => p.different(persons)} icon="ok">
            {t(p.saves ? 'duplicate.save' : 'duplicate.go_on')}
          </Busy>
          <button type="button" class="button" onClick={p.close}>{t('duplicate.back')}</button>
        </>
      }
    >
      <p>{t('duplicate.intro')}</p>
      <ul class="matches">
        {p.matches.map((match) => {
          const m = p.f.members[match.member];
          const other = others.includes(match.person);
          return (
            <li key={`${match.member}-${match.person}`} class={other ? 'answered' : ''}>
              <p class="match-pair">
                <span class="quiet">{t('duplicate.here')}</span> {m !== undefined && <Name latin={latinName(m)} local={localName(m)} />}
                <span class="quiet">{t('duplicate.there')}</span>
              </p>
              <Line line={match} />
              <p class="match-reasons">
                {match.reasons.slice(0, 3).map((r) => (
                  <span class="tag tag-attention" key={r.kind}>
                    {reasonLabel(r.kind)}
                  </span>
                ))}
              </p>
              <div class="match-answers">
                <button
                  type="button"
                  class="button"
                  onClick={() => {
                    closeInterview();
                    if (match.group) go('group', match.group);
                    else go('person', match.person);
                  }}
                >
                  <Icon name="person" size={18} /> {t('duplicate.same')}
                </button>
                <button type="button" class={other ? 'button chosen' : 'button'} aria-pressed={other} onClick={() => setOthers(other ? others.filter((o) => o !== match.person) : [...others, match.person])}>
                  {other && <Icon name="ok" size={18} />} {t('duplicate.different')}
                </button>
              </div>
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}
