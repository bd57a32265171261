// health.tsx: how the node is: what it says of itself, and its counters.
import { formatSeconds } from '../../lib/format';
import { type Key, number, t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import { session } from '../../lib/session';
import { Facts, Head } from '../../ui/bits';
import { Icon } from '../../ui/icon';
import { Load, Notice } from '../../ui/states';

interface Metric {
  name: string;
  help: string;
  value: string;
}

const MANY = 400;

/** Prometheus text: a help line, then name{labels} value. */
export function readMetrics(text: string): Metric[] {
  const help = new Map<string, string>();
  const found: Metric[] = [];
  for (const line of text.split('\n')) {
    const said = /^# HELP (\S+) (.*)$/.exec(line);
    if (said !== null) help.set(said[1] ?? '', said[2] ?? '');
    const value = /^([a-zA-Z_:][\w:]*)(\{[^}]*\})?\s+(\S+)/.exec(line);
    if (value === null || /_bucket$/.test(value[1] ?? '')) continue;
    found.push({ name: `${value[1]}${value[2] ?? ''}`, help: help.get(value[1] ?? '') ?? '', value: value[3] ?? '' });
  }
  return found.slice(0, MANY);
}

/** What the node says of itself, in words; what it learns to say later stands as it says it. */
const LABELS: Record<string, Key> = {
  version: 'health.version',
  uptime_s: 'health.uptime',
  people: 'health.people',
  ledger_bytes: 'health.ledger',
  log_bytes: 'health.log',
  disk_free_bytes: 'health.disk_free',
  sessions: 'health.sessions',
  last_backup: 'health.last_backup',
};
/** Its counters; one that is new is told in the words of the node, English. */
const COUNTERS: Record<string, Key> = {
  panah_uptime_seconds: 'health.counter.uptime_seconds',
  panah_requests_total: 'health.counter.requests_total',
  panah_request_seconds_sum: 'health.counter.request_seconds_sum',
  panah_request_seconds_count: 'health.counter.request_seconds_count',
  panah_request_bytes_total: 'health.counter.request_bytes_total',
  panah_response_bytes_total: 'health.counter.response_bytes_total',
  panah_requests_running: 'health.counter.requests_running',
  panah_requests_queued: 'health.counter.requests_queued',
  panah_connections: 'health.counter.connections',
  panah_event_streams: 'health.counter.event_streams',
  panah_problems_total: 'health.counter.problems_total',
  panah_sessions: 'health.counter.sessions',
  panah_audit_waiting: 'health.counter.audit_waiting',
  panah_file_writes_total: 'health.counter.file_writes_total',
  panah_fsyncs_total: 'health.counter.fsyncs_total',
  panah_file_reads_total: 'health.counter.file_reads_total',
  panah_allocations_total: 'health.counter.allocations_total',
  panah_disk_free_bytes: 'health.counter.disk_free_bytes',
  panah_ledger_bytes: 'health.counter.ledger_bytes',
  panah_write_ahead_log_bytes: 'health.counter.write_ahead_log_bytes',
};
const MEGABYTE = 1e6;

function plain(name: string, value: unknown): string {
  if (value === null) return t(name === 'last_backup' ? 'health.never' : 'value.none');
  if (typeof value !== 'number') return typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (name.endsWith('_bytes')) {
    return value < 1000 * MEGABYTE
      ? t('health.megabytes', { n: number(Math.ceil(value / MEGABYTE)) })
      : t('health.gigabytes', { n: number(Math.round(value / 1000 / MEGABYTE)) });
  }
  return name === 'uptime_s' ? formatSeconds(value) : number(value);
}

const words = (name: string): string => name.replace(/^panah_/, '').replace(/_total$/, '').replace(/_/g, ' ');

function CounterName({ counter }: { counter: Metric }) {
  const key = COUNTERS[counter.name.replace(/\{.*/, '')];
  if (key !== undefined) return <>{t(key)}</>;
  return <span lang="en" dir="ltr">{counter.help || words(counter.name)}</span>;
}

async function read(abort: AbortSignal): Promise<{ health: Record<string, unknown>; metrics: Metric[] }> {
  const [health, metrics] = await Promise.all([
    fetch('/healthz', { cache: 'no-store', signal: abort }),
    fetch('/metrics', { cache: 'no-store', signal: abort }),
  ]);
  const text = await health.text();
  let said: Record<string, unknown> = { status: health.ok ? 'ok' : text };
  try {
    said = { ...said, ...(JSON.parse(text) as Record<string, unknown>) };
  } catch {
    // A plain answer says only whether it is well.
  }
  return { health: said, metrics: metrics.ok ? readMetrics(await metrics.text()) : [] };
}

export function HealthDesk() {
  const node = useLoad(read, []);
  return (
    <div class="page">
      <Head title={t('desk.health')} note={<bdi>{session.value?.node ?? ''}</bdi>}>
        <button type="button" class="button" onClick={node.reload}><Icon name="sync" size={18} /> {t('health.again')}</button>
      </Head>
      <Load of={node}>
        {({ health, metrics }) => (
          <>
            {health['status'] === 'ok' ? <Notice kind="ok">{t('health.ok')}</Notice> : <Notice kind="attention">{t('health.trouble')}</Notice>}
            <section class="panel">
              <h2>{t('health.node')}</h2>
              <Facts rows={[
                { label: t('health.operation'), value: <bdi>{session.value?.operation}</bdi> },
                { label: t('health.office'), value: <bdi>{session.value?.office.name}</bdi> },
                ...Object.entries(health).filter(([name]) => name !== 'status').map(([name, value]) => ({
                  label: LABELS[name] === undefined ? words(name) : t(LABELS[name]),
                  value: <bdi>{plain(name, value)}</bdi>,
                })),
              ]} />
            </section>
            {metrics.length > 0 && (
              <section class="panel">
                <h2>{t('health.counters')}</h2>
                <div class="table-wrap" tabIndex={0} role="region" aria-label={t('health.counters')}>
                  <table class="table">
                    <thead><tr><th scope="col">{t('health.counter')}</th><th scope="col">{t('health.value')}</th></tr></thead>
                    <tbody>
                      {metrics.map((m) => (
                        <tr key={m.name}>
                          <td><CounterName counter={m} /> <span class="code" dir="ltr">{m.name}</span></td>
                          <td><bdi class="num" dir="ltr">{m.value}</bdi></td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              </section>
            )}
          </>
        )}
      </Load>
    </div>
  );
}
