// asof.tsx: the person as of any date: a line from registration to today.
import { useEffect, useState } from 'preact/hooks';
import { dayOf } from '../../lib/calendars';
import { formatDay } from '../../lib/format';
import { t } from '../../lib/i18n';
import { officeCalendar, today } from '../../lib/session';
import type { PersonFile } from '../../lib/types';

const PAUSE_MS = 250;

export function AsOf({ file, day, setDay }: { file: PersonFile; day: number; setDay: (day: number) => void }) {
  const registered = dayOf(String(file.person.fields['registration_date'] ?? ''));
  const [start, setStart] = useState(registered);
  const [at, setAt] = useState(day);
  useEffect(() => {
    if (start === null && registered !== null) setStart(registered);
  }, [registered]);
  useEffect(() => setAt(day), [day]);
  useEffect(() => {
    if (at === day) return undefined;
    const timer = setTimeout(() => setDay(at), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [at]);
  if (start === null || start >= today.value) return null;
  return (
    <div class="as-of">
      <label for="as-of">{t('person.as_of')}</label>
      <input
        id="as-of"
        type="range"
        min={start}
        max={today.value}
        value={at}
        aria-valuetext={formatDay(at, officeCalendar.value)}
        onInput={(e) => setAt(Number(e.currentTarget.value))}
      />
      <bdi>{at === today.value ? t('person.today') : formatDay(at, officeCalendar.value)}</bdi>
      {at !== today.value && <button type="button" class="link" onClick={() => setAt(today.value)}>{t('person.to_today')}</button>}
    </div>
  );
}
