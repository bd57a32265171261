// datefield.tsx: one field takes an age, a year or a date in any calendar, and says at once beneath
// what it understood and what else it could be.
import { useState } from 'preact/hooks';
import { CALENDARS, dayOf, isoOf } from '../lib/calendars';
import { type Reading, agesOf, parseDate, plainDate } from '../lib/dateentry';
import { formatDay, formatMonths } from '../lib/format';
import { type Key, number, t, tn } from '../lib/i18n';
import { officeCalendar, today } from '../lib/session';
import { Keys } from './bits';
import { TextField } from './field';
import { Icon } from './icon';

export function ageWords(reading: Pick<Reading, 'day' | 'first' | 'last'>): string {
  const ages = agesOf(reading, today.value);
  if (ages.months >= 0) return formatMonths(ages.months);
  if (ages.min === ages.max) return tn('age.years', ages.min);
  return t('age.span', { from: number(ages.min), to: number(ages.max) });
}

export function Understood(p: { reading: Reading; birth: boolean }) {
  const { reading } = p;
  return (
    <span class="understood">
      {p.birth && <strong>{ageWords(reading)}</strong>}
      {CALENDARS.filter((c) => c !== 'lunar' || reading.calendar === 'lunar').map((c) => (
        <span key={c} class={c === reading.calendar ? 'understood-own' : ''}>
          <bdi>{formatDay(reading.day, c, reading.precision)}</bdi> <span class="quiet">{t(`calendar.${c}.short` as Key)}</span>
        </span>
      ))}
      {reading.precision !== 'exact' && <span class="tag">{t(`precision.${reading.precision}` as Key)}</span>}
    </span>
  );
}

interface DateProps {
  label: string;
  typed: string;
  /** Calendar the clerk chose among several readings. */
  calendar: string;
  onInput: (typed: string, calendar: string) => void;
  birth?: boolean;
  error?: string | undefined;
  hint?: string;
  class?: string;
}

export function DateField(p: DateProps) {
  const [left, setLeft] = useState(true);
  const birth = p.birth === true;
  const entry = parseDate(p.typed, { today: today.value, preferred: officeCalendar.value, allowFuture: !birth });
  const readings = entry.ok ? [entry.best, ...entry.alternatives] : [];
  const chosen = readings.find((r) => r.calendar === p.calendar) ?? readings[0];
  const others = readings.filter((r) => r !== chosen);
  const wrong = !entry.ok && entry.error !== 'empty' && left
    ? t(`date.${entry.error}` as Key, { n: number(entry.lastDay) })
    : p.error;
  // Which calendar is kept beside what was typed; which order of day and month has to be written.
  const choose = (other: Reading): void =>
    p.onInput(readings.find((r) => r.calendar === other.calendar) === other ? p.typed : plainDate(other), other.calendar);
  const nextReading = (e: KeyboardEvent): void => {
    const [next] = [...readings.slice(readings.findIndex((r) => r === chosen) + 1), ...readings];
    if (e.key !== 'ArrowDown' || e.altKey || e.ctrlKey || e.metaKey || e.shiftKey || others.length === 0 || next === undefined) return;
    e.preventDefault();
    choose(next);
  };
  const hint = chosen === undefined ? (p.hint ?? t(birth ? 'date.hint.birth' : 'date.hint')) : (
    <span aria-live="polite">
      <Understood reading={chosen} birth={birth} />
      {others.map((other, i) => (
        <button
          key={`${other.calendar}${other.day}`}
          type="button"
          class="link understood-other"
          tabIndex={-1}
          // The field keeps the focus: this button goes when it is pressed.
          onMouseDown={(e) => e.preventDefault()}
          onClick={() => choose(other)}
        >
          <Icon name="attention" size={14} />
          {t('date.or', {
            date: `${formatDay(other.day, other.calendar, other.precision)} ${t(`calendar.${other.calendar}.short` as Key)}`,
            age: birth ? ageWords(other) : '',
          })}
          {i === 0 && <Keys keys="↓" />}
        </button>
      ))}
    </span>
  );
  return (
    <TextField
      label={p.label}
      value={p.typed}
      class={`date-field ${p.class ?? ''}`}
      dir="auto"
      max={80}
      onInput={(v) => {
        setLeft(false);
        p.onInput(v, '');
      }}
      onBlur={() => setLeft(true)}
      onKeyDown={nextReading}
      error={wrong}
      hint={hint}
    />
  );
}

/** A whole date kept as YYYY-MM-DD; an unfinished one is null and its text stays on the screen. */
export function IsoDateField(p: { label: string; value: string; onChange: (iso: string) => void; error?: string | undefined; class?: string; birth?: boolean }) {
  const [typed, setTyped] = useState<string | null>(null);
  const [chosen, setChosen] = useState('');
  const day = dayOf(p.value);
  const text = typed ?? (day === null ? '' : formatDay(day, officeCalendar.value));
  return (
    <DateField
      label={p.label}
      typed={text}
      calendar={chosen}
      error={p.error}
      class={p.class ?? ''}
      onInput={(next, calendar) => {
        setTyped(next);
        setChosen(calendar);
        const entry = parseDate(next, { today: today.value, preferred: officeCalendar.value, allowFuture: true });
        const best = entry.ok ? [entry.best, ...entry.alternatives].find((r) => r.calendar === calendar) ?? entry.best : null;
        p.onChange(best === null ? '' : isoOf(best.day));
      }}
    />
  );
}
