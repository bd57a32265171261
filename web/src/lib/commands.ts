// commands.ts: sends what people do. A command is exactly {op, version, idempotency key, client
// time, input}, so that an outbox can hold it and send it later: the key makes a second sending do
// nothing. While the node does not answer, a command waits here and is sent again.
import { computed, signal } from '@preact/signals';
import { NetworkError, request } from './api';
import type { Job } from './types';
import { uuid } from './uuid';

export interface Command {
  op: string;
  version: number;
  key: string;
  clientTime: string;
  input: unknown;
}

interface Answer<T> {
  result: T;
  act?: string;
  repeated?: boolean;
}

const RETRY_MS = [1000, 2000, 4000, 8000, 15000];

const waiting = signal<readonly string[]>([]);
/** How many commands the node has not answered yet. */
export const unsent = computed(() => waiting.value.length);

/** A command gets its key once; sending it again, after a failure or a question, keeps the key. */
export const command = (op: string, input: unknown, version = 1): Command => ({
  op,
  version,
  key: uuid(),
  clientTime: new Date().toISOString(),
  input,
});

const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener('online', done, { once: true });
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      reject(new DOMException('aborted', 'AbortError'));
    });
  });

const post = <T>(c: Command, signal?: AbortSignal, keepalive = false): Promise<T> =>
  request<T>('POST', `/api/v1/op/${c.op}?version=${c.version}`, {
    body: c.input,
    headers: { 'Idempotency-Key': c.key, 'X-Panah-Client-Time': c.clientTime },
    signal,
    keepalive,
  });

/** Sends until the node answers. Problems are thrown; silence is waited out unless `signal` aborts. */
export async function send<T>(c: Command, signal?: AbortSignal): Promise<T> {
  waiting.value = [...waiting.value, c.key];
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        return (await post<Answer<T>>(c, signal)).result;
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error;
        await pause(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 15000, signal);
      }
    }
  } finally {
    waiting.value = waiting.value.filter((key) => key !== c.key);
  }
}

/** An operation done once, with a new key. */
export const act = <T>(op: string, input: unknown, signal?: AbortSignal): Promise<T> =>
  send<T>(command(op, input), signal);

/** Sent once, by a page that goes away; browsers take up to 64 KiB. */
export const sendLast = (c: Command): void => void post(c, undefined, true).catch(() => undefined);

/** A long operation: the answer is a job to watch. */
export async function begin(op: string, input: unknown): Promise<Job> {
  const answer = await post<{ job: Job | string; result?: { job?: string } }>(command(op, input));
  const job = answer.job ?? answer.result?.job;
  return typeof job === 'string'
    ? { id: job, op, state: 'queued', done: 0, total: 0 }
    : { ...job, op };
}

/** An operation that only reads: asked once, never kept. */
export const ask = async <T>(op: string, input: unknown, signal?: AbortSignal): Promise<T> =>
  (await post<Answer<T>>(command(op, input), signal)).result;
