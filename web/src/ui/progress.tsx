// progress.tsx: how far long work is, how much longer it takes, and a way to stop it.
import { useRef } from 'preact/hooks';
import { ApiError } from '../lib/api';
import { formatSeconds } from '../lib/format';
import { type Key, lookup, number, t } from '../lib/i18n';
import { cancel, isOver } from '../lib/jobs';
import { opTitle } from '../lib/meta';
import type { Job } from '../lib/types';
import { Busy } from './bits';
import { Icon } from './icon';
import { Trouble } from './states';

const ICONS = { queued: 'pause', running: 'sync', done: 'ok', failed: 'danger', cancelled: 'close' } as const;

export function Progress({ job }: { job: Job }) {
  const began = useRef({ at: Date.now(), done: job.done });
  const gone = (Date.now() - began.current.at) / 1000;
  const made = job.done - began.current.done;
  const left = made > 0 && gone > 1 && job.total > job.done ? ((job.total - job.done) / made) * gone : null;
  return (
    <div class={`job job-${job.state}`}>
      <div class="job-head">
        <Icon name={ICONS[job.state]} />
        <strong>{opTitle(job.op)}</strong>
        <span class="tag">{t(`job.${job.state}` as Key)}</span>
        {!isOver(job) && <Busy class="button button-small" run={() => cancel(job.id)}>{t('job.cancel')}</Busy>}
      </div>
      {!isOver(job) && (
        <>
          <progress max={Math.max(1, job.total)} value={job.done} aria-label={opTitle(job.op)} />
          <p class="hint">
            {job.total > 0 && t('job.count', { done: number(job.done), total: number(job.total) })}
            {job.phase && <> · {lookup(job.phase) ?? lookup(`phase.${job.phase}`) ?? job.phase}</>}
            {left !== null && <> · {t('job.left', { time: formatSeconds(left) })}</>}
          </p>
        </>
      )}
      {job.problem && <Trouble error={new ApiError(job.problem)} />}
    </div>
  );
}
