// pictures.tsx: small pictures with direct labels: arrivals by day, people by age and sex. Each can be
// taken away as SVG, and shows the table behind it.
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { dayOf, fromDay } from '../../lib/calendars';
import { formatIso, monthName } from '../../lib/format';
import { digits, number, rightToLeft, t } from '../../lib/i18n';
import { codesOf } from '../../lib/meta';
import { officeCalendar } from '../../lib/session';
import { Icon } from '../../ui/icon';

function Picture(p: { title: string; source: string; name: string; table: ComponentChildren; children: ComponentChildren }) {
  const [table, setTable] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const save = (): void => {
    const svg = box.current?.querySelector('svg');
    if (!svg) return;
    const copy = svg.cloneNode(true) as SVGElement;
    inline(svg, copy);
    const url = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: 'image/svg+xml' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = `${p.name}.svg`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  };
  return (
    <figure class="panel picture">
      <figcaption>
        <h2>{p.title}</h2>
        <div class="picture-actions">
          <button type="button" class="link" aria-pressed={table} onClick={() => setTable(!table)}>{t(table ? 'picture.picture' : 'picture.table')}</button>
          {!table && (
            <button type="button" class="icon-button" title={t('picture.save')} aria-label={t('picture.save')} onClick={save}>
              <Icon name="download" size={18} />
            </button>
          )}
        </div>
      </figcaption>
      <div ref={box}>{table ? p.table : p.children}</div>
      <p class="hint">{p.source}</p>
    </figure>
  );
}

/** Outside the page there is no style sheet: what it says goes into the copy. */
function inline(from: Element, to: Element): void {
  const style = getComputedStyle(from);
  for (const name of ['fill', 'stroke', 'font-size', 'font-family', 'font-weight', 'text-anchor']) {
    to.setAttribute(name, style.getPropertyValue(name));
  }
  [...from.children].forEach((child, i) => {
    const twin = to.children[i];
    if (twin !== undefined) inline(child, twin);
  });
}

const W = 560;

export function Arrivals({ rows, source }: { rows: { day: string; n: number }[]; source: string }) {
  const h = 180;
  const base = h - 26;
  const top = Math.max(1, ...rows.map((r) => r.n));
  const step = W / Math.max(1, rows.length);
  // Time runs the way the language reads.
  const at = (i: number): number => (rightToLeft.value ? W - (i + 1) * step : i * step);
  const total = rows.reduce((sum, r) => sum + r.n, 0);
  const peak = rows.findIndex((r) => r.n === top);
  // A day and a month read in the language's direction, though the picture is drawn from the left.
  const marks = rows.flatMap((r, i) => {
    const day = dayOf(r.day);
    if (day === null) return [];
    const d = fromDay(officeCalendar.value, day);
    return d.day === 1 || i === 0 || i === rows.length - 1 ? [{ i, text: i === 0 && d.day > 24 ? '' : d.day === 1 ? monthName(officeCalendar.value, d.month) : `\u2068${digits(String(d.day))} ${monthName(officeCalendar.value, d.month)}\u2069` }] : [];
  }).filter((mark, i, all) => mark.text !== '' && (i === all.length - 1 || (all[all.length - 1]?.i ?? 0) - mark.i > 5 || mark.i === all[all.length - 1]?.i));
  return (
    <Picture
      title={t('home.arrivals')}
      source={source}
      name="arrivals"
      table={
        <div class="table-wrap picture-table">
          <table class="table">
            <thead><tr><th scope="col">{t('home.day')}</th><th scope="col">{t('home.registered')}</th></tr></thead>
            <tbody>{[...rows].reverse().map((r) => <tr key={r.day}><td><bdi>{formatIso(r.day)}</bdi></td><td><bdi>{number(r.n)}</bdi></td></tr>)}</tbody>
          </table>
        </div>
      }
    >
      <svg viewBox={`0 0 ${W} ${h}`} class="chart" role="img" aria-label={t('home.arrivals_alt', { n: total })} direction="ltr">
        <line x1="0" x2={W} y1={base + 0.5} y2={base + 0.5} class="axis" />
        {rows.map((r, i) => {
          const tall = (r.n / top) * (base - 24);
          return (
            <g key={r.day}>
              <rect x={at(i) + 1.5} y={base - tall} width={step - 3} height={tall} rx="1.5" class={i === rows.length - 1 ? 'bar bar-now' : 'bar'}>
                <title>{`${formatIso(r.day)}: ${number(r.n)}`}</title>
              </rect>
              {r.n > 0 && (i === rows.length - 1 || i === peak) && (
                <text x={at(i) + step / 2} y={base - tall - 6} class="chart-label" text-anchor="middle">{number(r.n)}</text>
              )}
            </g>
          );
        })}
        {marks.map((m) => {
          const x = at(m.i) + step / 2;
          const anchor = x < 40 ? 'start' : x > W - 40 ? 'end' : 'middle';
          return <text key={m.i} x={anchor === 'start' ? 0 : anchor === 'end' ? W : x} y={h - 8} class="chart-note" text-anchor={anchor}>{m.text}</text>;
        })}
      </svg>
    </Picture>
  );
}

const sexWord = (code: string, fallback: string): string => codesOf('sex').find((c) => c.code === code)?.label ?? fallback;
const bandText = (band: string): string => digits(band.replace('-', '–'));

export function Pyramid({ rows, capped, source }: { rows: { band: string; f: number; m: number }[]; capped: boolean; source: string }) {
  const high = 26;
  const h = rows.length * high + 26;
  const middle = 70;
  const room = (W - middle) / 2 - 52;
  const top = Math.max(1, ...rows.flatMap((r) => [r.f, r.m]));
  const left = W / 2 - middle / 2;
  const right = W / 2 + middle / 2;
  const women = sexWord('F', 'F');
  const men = sexWord('M', 'M');
  return (
    <Picture
      title={t('home.pyramid')}
      source={capped ? `${source} ${t('home.capped')}` : source}
      name="pyramid"
      table={
        <div class="table-wrap picture-table">
          <table class="table">
            <thead><tr><th scope="col">{t('grid.age')}</th><th scope="col">{women}</th><th scope="col">{men}</th></tr></thead>
            <tbody>{rows.map((r) => <tr key={r.band}><td><bdi dir="ltr">{bandText(r.band)}</bdi></td><td><bdi>{number(r.f)}</bdi></td><td><bdi>{number(r.m)}</bdi></td></tr>)}</tbody>
          </table>
        </div>
      }
    >
      <svg viewBox={`0 0 ${W} ${h}`} class="chart" role="img" aria-label={t('home.pyramid')} direction="ltr">
        <text x={left} y="14" class="chart-label" text-anchor="end">{women}</text>
        <text x={right} y="14" class="chart-label" text-anchor="start">{men}</text>
        {[...rows].reverse().map((r, i) => {
          const y = 26 + i * high;
          const f = (r.f / top) * room;
          const m = (r.m / top) * room;
          return (
            <g key={r.band}>
              <text x={W / 2} y={y + 15} class="chart-note" text-anchor="middle">{bandText(r.band)}</text>
              <rect x={left - f} y={y} width={f} height={high - 5} rx="1.5" class="bar bar-f" />
              <rect x={right} y={y} width={m} height={high - 5} rx="1.5" class="bar bar-m" />
              <text x={left - f - 6} y={y + 15} class="chart-note" text-anchor="end">{number(r.f)}</text>
              <text x={right + m + 6} y={y + 15} class="chart-note" text-anchor="start">{number(r.m)}</text>
            </g>
          );
        })}
      </svg>
    </Picture>
  );
}

