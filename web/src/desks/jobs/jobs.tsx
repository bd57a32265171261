// jobs.tsx: long work of this place: how far it is, and a way to stop it.
import { useEffect } from 'preact/hooks';
import { formatTime } from '../../lib/format';
import { t } from '../../lib/i18n';
import { isOver, jobs, loadJobs, watch } from '../../lib/jobs';
import { useLoad } from '../../lib/load';
import { Head } from '../../ui/bits';
import { Progress } from '../../ui/progress';
import { Empty, Load } from '../../ui/states';

export function JobsDesk() {
  const loaded = useLoad(loadJobs, []);
  useEffect(() => {
    for (const job of jobs.value) if (!isOver(job)) watch(job).catch(() => undefined);
  }, [loaded.data]);
  return (
    <div class="page">
      <Head title={t('desk.jobs')} note={t('jobs.note')} />
      <Load of={loaded} lines={3}>
        {() => jobs.value.length === 0 ? <Empty icon="jobs" title={t('jobs.empty')} /> : (
          <ul class="plain jobs">
            {jobs.value.map((job) => (
              <li key={job.id} class="panel">
                <Progress job={job} />
                <p class="hint"><bdi>{formatTime(job.queued_at ?? job.started)}</bdi></p>
              </li>
            ))}
          </ul>
        )}
      </Load>
    </div>
  );
}
