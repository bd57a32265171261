// jobs.ts: long work: begun here, watched by server-sent events, cancelled on request.
import { signal } from '@preact/signals';
import { get, request } from './api';
import type { Job } from './types';

/** Jobs begun or watched on this page, newest first. */
export const jobs = signal<Job[]>([]);

const KEEP = 30;
export const isOver = (job: Job): boolean => ['done', 'failed', 'cancelled'].includes(job.state);

function note(job: Job): void {
  const known = jobs.value.some((j) => j.id === job.id);
  jobs.value = known
    ? jobs.value.map((j) => (j.id === job.id ? { ...j, ...job } : j))
    : [{ started: new Date().toISOString(), ...job }, ...jobs.value].slice(0, KEEP);
}

/** Watches a job to its end. */
export function watch(job: Job, onChange: (job: Job) => void = () => undefined): Promise<Job> {
  note(job);
  onChange(job);
  return new Promise((resolve, reject) => {
    const events = new EventSource(`/api/v1/job/${job.id}/events`);
    const take = (next: Job): void => {
      note(next);
      onChange(next);
      if (!isOver(next)) return;
      events.close();
      resolve(next);
    };
    const read = (e: MessageEvent<string>): void => take(JSON.parse(e.data) as Job);
    events.onmessage = read;
    for (const name of ['progress', 'job', 'state', 'done']) events.addEventListener(name, read as EventListener);
    events.onerror = () => {
      // The stream ends with the job, or with the line; one question tells which.
      get<Job>(`/api/v1/job/${job.id}`).then(
        (now) => take(now),
        (error: unknown) => {
          events.close();
          reject(error as Error);
        },
      );
    };
  });
}

export const cancel = (id: string): Promise<unknown> => request('DELETE', `/api/v1/job/${id}`);

/** What the node still knows of earlier jobs. */
export async function loadJobs(abort: AbortSignal): Promise<Job[]> {
  try {
    const answer = await get<{ jobs?: Job[]; rows?: Job[] } | Job[]>('/api/v1/job', abort);
    const list = Array.isArray(answer) ? answer : (answer.jobs ?? answer.rows ?? []);
    for (const job of [...list].reverse()) note(job);
  } catch (error) {
    if (error instanceof DOMException) throw error;
    // A node that keeps no list still tells of each job begun here.
  }
  return jobs.value;
}
