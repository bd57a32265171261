// api.ts: the one place that speaks HTTP with the node.
import type { Problem, ProblemError } from './types';

/** The node answered with a problem (RFC 9457). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly reference: string;
  readonly errors: ProblemError[];
  readonly retryAfterS: number;

  constructor(problem: Problem) {
    super(problem.title);
    this.status = problem.status;
    this.code = problem.code ?? '';
    this.reference = problem.reference ?? '';
    this.errors = problem.errors ?? [];
    this.retryAfterS = problem.retry_after_s ?? 0;
  }

  has(key: string): boolean {
    return this.code === key || this.errors.some((e) => e.key === key);
  }
}

/** No answer at all: the node is off, or the cable is out. */
export class NetworkError extends Error {}

export interface Request {
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** Arrives even if the page goes away meanwhile. */
  keepalive?: boolean;
}

type Listener = (error: ApiError) => void;

let csrf = '';
let onDenied: Listener = () => undefined;
let onReach: (reached: boolean) => void = () => undefined;

export const setCsrf = (token: string): void => {
  csrf = token;
};
/** Called for 401 and for "locked": the shell shows the way back in and keeps the page. */
export const setDeniedListener = (listener: Listener): void => {
  onDenied = listener;
};
export const setReachListener = (listener: (reached: boolean) => void): void => {
  onReach = listener;
};

async function problemOf(response: Response): Promise<ApiError> {
  let problem: Problem = { title: response.statusText, status: response.status };
  try {
    problem = { ...problem, ...((await response.json()) as Problem), status: response.status };
  } catch {
    // An answer that is not JSON has no more to say than its status.
  }
  const wait = Number(response.headers.get('Retry-After'));
  if (!problem.retry_after_s && wait > 0) problem.retry_after_s = wait;
  return new ApiError(problem);
}

async function exchange(method: string, path: string, request: Request): Promise<Response> {
  // Before there is a session the page's language is all the node can go by.
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': document.documentElement.lang || 'en', ...request.headers };
  let body: BodyInit | null = null;
  if (request.body instanceof Blob) {
    body = request.body;
    headers['Content-Type'] = request.body.type;
  } else if (request.body !== undefined) {
    body = JSON.stringify(request.body);
    headers['Content-Type'] = 'application/json';
  }
  if (method !== 'GET' && csrf !== '') headers['X-Panah-CSRF'] = csrf;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: request.signal ?? null,
      keepalive: request.keepalive === true,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    onReach(false);
    throw new NetworkError(path);
  }
  onReach(true);
  return response;
}

export async function request<T>(method: string, path: string, options: Request = {}): Promise<T> {
  const response = await exchange(method, path, options);
  if (!response.ok) {
    const error = await problemOf(response);
    if (error.status === 401 || error.has('error.session.locked')) onDenied(error);
    throw error;
  }
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** A GET that may be answered "not changed"; null then. */
export async function requestIfChanged(
  path: string,
  etag: string,
): Promise<{ etag: string; data: unknown } | null> {
  const headers: Record<string, string> = etag === '' ? {} : { 'If-None-Match': etag };
  const response = await exchange('GET', path, { headers });
  if (response.status === 304) return null;
  if (!response.ok) throw await problemOf(response);
  return { etag: response.headers.get('ETag') ?? '', data: await response.json() };
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> =>
  request<T>('GET', path, { signal });

export const isAbort = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'AbortError';
