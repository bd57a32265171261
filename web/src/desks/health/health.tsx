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
                          <td><span lang="en" dir="ltr">{m.help || words(m.name)}</span> <span class="code">{m.name}</span></td>
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
