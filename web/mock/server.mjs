// server.mjs: a small server that speaks Panah's HTTP contract with invented data, so that the web
// part can be worked on alone. Development only: node mock/server.mjs [PORT]. Sign in as admin with
// any password; "first" must change it; "clerk" sees less.
import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ADMIN, OFFICE, PHOTO_COLOURS, db } from './data.mjs';
import { CODES, metaFor } from './meta.mjs';
import { JOBS, Problem, READS, WRITES, nameOf, newJob, query, show } from './ops.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const port = Number(process.argv[2] ?? process.env.PORT ?? 8094);
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml', webmanifest: 'application/manifest+json' };
const sessions = new Map();
const keys = new Map();
const delay = Number(process.env.MOCK_DELAY_MS ?? 0);

const body = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
};
const json = async (request) => JSON.parse((await body(request)).toString('utf8') || '{}');

function send(response, status, data, headers = {}) {
  const text = data === undefined ? '' : JSON.stringify(data);
  response.writeHead(status, { 'Content-Type': status >= 400 ? 'application/problem+json' : 'application/json', 'Cache-Control': 'no-store', 'Content-Security-Policy': CSP, ...headers });
  response.end(text);
}

const sessionView = (s) => ({
  user: { id: ADMIN, login: s.login, name: s.login === 'clerk' ? 'Jawad Safi' : 'Salma Durrani' },
  office: { id: OFFICE, code: 'PSH', name: nameOf(OFFICE, s.language), calendar: 'solar', language: 'en', dial_code: '92' },
  language: s.language, permissions: s.permissions, must_change_password: s.mustChange, locked: s.locked, csrf: s.csrf,
  server_time: new Date().toISOString(), node: 'laptop-7', operation: 'Pakistan', today: new Date().toISOString().slice(0, 10),
});

function signIn({ login, password }) {
  if (!login || !password || password === 'wrong') throw new Problem(401, 'denied', [{ path: 'password', key: 'error.session.wrong', message: 'This login and password do not belong together.' }]);
  const everything = CODES.permission.map((p) => p.code);
  const s = { id: randomUUID(), login, csrf: randomUUID(), language: 'en', locked: false, mustChange: login === 'first', permissions: login === 'clerk' ? ['person.read', 'person.write', 'history.read'] : everything };
  sessions.set(s.id, s);
  return s;
}

const messages = async (lang) => {
  const text = await readFile(path.join(root, '../lang', lang, 'web.json'), 'utf8');
  return { text, etag: `"${createHash('sha256').update(text).digest('hex').slice(0, 16)}"` };
};

function blobSvg(hex) {
  const { svg: n, bytes, type } = db.blobs.get(hex) ?? {};
  if (bytes) return { bytes, type };
  const colour = PHOTO_COLOURS[n % PHOTO_COLOURS.length];
  return { type: 'image/svg+xml', bytes: Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 120"><rect width="90" height="120" fill="#e9e4dc"/><circle cx="45" cy="46" r="20" fill="${colour}"/><path d="M8 120c2-34 16-46 37-46s35 12 37 46" fill="${colour}"/></svg>`) };
}

async function events(response, id) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  const timer = setInterval(() => {
    const job = db.jobs.get(id);
    response.write(`data: ${JSON.stringify(job)}\n\n`);
    if (job === undefined || !['queued', 'running'].includes(job.state)) {
      clearInterval(timer);
      response.end();
    }
  }, 120);
}

async function session(request, response, s, rest) {
  if (rest === '' && request.method === 'POST') {
    const made = signIn(await json(request));
    return send(response, 200, sessionView(made), { 'Set-Cookie': `__Host-panah=${made.id}; HttpOnly; Secure; SameSite=Strict; Path=/` });
  }
  if (s === undefined) throw new Problem(401, 'signed_out');
  if (rest === '' && request.method === 'GET') return send(response, 200, sessionView(s));
  if (rest === '' && request.method === 'DELETE') sessions.delete(s.id);
  if (rest === '/lock') s.locked = true;
  if (rest === '/unlock') {
    if ((await json(request)).password === 'wrong') throw new Problem(401, 'denied', [{ path: 'password', key: 'error.session.wrong', message: 'This password is not right.' }]);
    s.locked = false;
  }
  if (rest === '/password') s.mustChange = false;
  if (rest === '/language') s.language = (await json(request)).language;
  return send(response, 200, sessionView(s));
}

async function op(request, response, s, name) {
  const input = await json(request);
  if (JOBS[name]) return send(response, 202, { job: newJob(name, input) });
  if (READS[name]) return send(response, 200, { result: READS[name](input, s.language, s) });
  if (!WRITES[name]) throw new Problem(404, 'missing');
  const key = request.headers['idempotency-key'];
  if (keys.has(key)) return send(response, 200, { result: keys.get(key), repeated: true });
  const result = WRITES[name](input, s.language, s);
  keys.set(key, result);
  return send(response, 200, { result, act: randomUUID(), repeated: false });
}

async function api(request, response, url) {
  const at = url.pathname.slice('/api/v1'.length);
  const s = sessions.get(/__Host-panah=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');
  const lang = url.searchParams.get('lang') ?? s?.language ?? 'en';
  if (at.startsWith('/messages/')) {
    const { text, etag } = await messages(at.slice(10));
    if (request.headers['if-none-match'] === etag) return send(response, 304, undefined, { ETag: etag });
    return send(response, 200, JSON.parse(text), { ETag: etag });
  }
  if (at.startsWith('/session')) return session(request, response, s, at.slice(8));
  if (s === undefined) throw new Problem(401, 'signed_out');
  if (s.locked) throw new Problem(403, 'denied', [{ path: '', key: 'error.session.locked', message: 'The screen is locked.' }]);
  if (request.method !== 'GET' && request.headers['x-panah-csrf'] !== s.csrf) throw new Problem(403, 'denied', [{ path: '', key: 'error.csrf', message: 'csrf' }]);
  if (at === '/meta') return send(response, 200, metaFor(lang));
  if (at === '/query') return send(response, 200, query(await json(request), lang));
  if (at.startsWith('/op/')) return op(request, response, s, at.slice(4));
  if (at === '/blob') {
    const bytes = await body(request);
    const hex = createHash('sha256').update(bytes).digest('hex');
    db.blobs.set(hex, { bytes, type: request.headers['content-type'] });
    return send(response, 200, { blob: hex });
  }
  if (at.startsWith('/blob/')) {
    const { bytes, type } = blobSvg(at.slice(6));
    response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' });
    return response.end(bytes);
  }
  if (at.startsWith('/qr/')) {
    const n = [...at].reduce((h, c) => (h * 31 + c.charCodeAt(0)) >>> 0, 7);
    let cells = '';
    for (let y = 0; y < 21; y++) for (let x = 0; x < 21; x++) if (((n >> ((x * 7 + y * 3) % 31)) ^ (x * y)) & 1) cells += `M${x} ${y}h1v1h-1z`;
    const eye = (x, y) => `M${x} ${y}h7v7h-7zm1 1v5h5v-5zm1 1h3v3h-3z`;
    response.writeHead(200, { 'Content-Type': 'image/svg+xml' });
    return response.end(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 25 25" shape-rendering="crispEdges"><rect x="-2" y="-2" width="25" height="25" fill="#fff"/><path d="${cells}"/><path fill="#fff" d="M0 0h8v8h-8zM13 0h8v8h-8zM0 13h8v8h-8z"/><path fill-rule="evenodd" d="${eye(0, 0)}${eye(14, 0)}${eye(0, 14)}"/></svg>`);
  }
  const job = /^\/job\/([\w-]+)(\/events)?$/.exec(at);
  if (job !== null) {
    if (job[2]) return events(response, job[1]);
    if (request.method === 'DELETE') db.jobs.get(job[1]).state = 'cancelled';
    return send(response, 200, db.jobs.get(job[1]));
  }
  if (at === '/job') return send(response, 200, { jobs: [...db.jobs.values()] });
  const record = db.records.get(at.split('/')[2]);
  if (record !== undefined) return send(response, 200, show(record, lang));
  throw new Problem(404, 'missing');
}

async function file(response, at) {
  const name = at === '/' ? 'index.html' : at.slice(1);
  if (name.includes('..')) throw new Problem(404, 'missing');
  const bytes = await readFile(path.join(root, 'dist', name)).catch(() => { throw new Problem(404, 'missing'); });
  response.writeHead(200, { 'Content-Type': TYPES[name.split('.').pop()] ?? 'application/octet-stream', 'Content-Security-Policy': CSP });
  response.end(bytes);
}

createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  try {
    if (delay > 0) await new Promise((done) => setTimeout(done, delay));
    if (url.pathname === '/healthz') return send(response, 200, { status: 'ok', version: '0.1.0', uptime_s: 5321, people: 241, ledger_bytes: 48211233, disk_free_bytes: 81234567890, last_backup: null });
    if (url.pathname === '/metrics') {
      response.writeHead(200, { 'Content-Type': 'text/plain' });
      return response.end('# HELP panah_requests_total Requests answered\n# TYPE panah_requests_total counter\npanah_requests_total 1822\n# HELP panah_commits_total Commits written\npanah_commits_total 914\n');
    }
    if (url.pathname.startsWith('/api/v1')) return await api(request, response, url);
    return await file(response, url.pathname);
  } catch (error) {
    if (!(error instanceof Problem)) console.error(error);
    const status = error.status ?? 500;
    return send(response, status, { type: 'about:blank', title: error.message, status, code: error.code ?? 'bug', reference: randomUUID().slice(0, 8), errors: error.errors ?? [] });
  }
}).listen(port, '127.0.0.1', () => console.log(`http://localhost:${port}/`));
