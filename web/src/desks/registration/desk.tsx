// desk.tsx: the interview: family on the left, person on the right, keys for all of it.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../../lib/api';
import { type Command, ask, command, send } from '../../lib/commands';
import {
  type Complaints, type Family, MEMBERS_MAX, type Missing, addMember, blockers, checkInput, isUntouched, memberOf, moveMember, registerInput,
  stillWrong,
} from '../../lib/family';
import { formatClock } from '../../lib/format';
import { t } from '../../lib/i18n';
import { bind } from '../../lib/keyboard';
import { fieldLabel } from '../../lib/meta';
import type { CheckMatch } from '../../lib/types';
import { Busy, Keys } from '../../ui/bits';
import { Icon } from '../../ui/icon';
import { Notice, Trouble, errorText } from '../../ui/states';
import { toast } from '../../ui/toast';
import { Done, type Registered } from './done';
import { Duplicates } from './duplicates';
import { FamilyGrid } from './grid';
import { LIKELY_KEYS, Likely, useLikely } from './likely';
import { PersonForm, birthRules } from './personform';
import { Start } from './start';
import { close, edit, family, finish, flush, open, parkNow, saving, settled } from './store';

const FOCAL = 'FP';

export function RegistrationDesk() {
  const [done, setDone] = useState<Registered | null>(null);
  useEffect(() => flush, []);
  if (done !== null) return <Done registered={done} again={() => setDone(null)} />;
  return family.value === null ? <Start /> : <Interview done={setDone} />;
}

const NO_ERRORS: Record<string, string> = {};

const missingText = (m: Missing): string =>
  m.field === 'given_name' ? t('missing.given_name') : t('missing.field', {
    field: m.field === 'birth_date' ? t('registration.birth') : fieldLabel(m.field === 'relationship' ? 'membership' : 'person', m.field),
  });

/** Where the node's complaint belongs: "members/1/person/sex" or "members[1].person.sex". */
function placeError(f: Family, path: string): { key: string; field: string } | null {
  const found = /members?[/.[]*(\d+)\]?[/.](?:person[/.])?([\w/.[\]]+)/.exec(path);
  const key = found === null ? undefined : f.members[Number(found[1])]?.key;
  if (key !== undefined) return { key, field: (found?.[2] ?? '').replace(/[[\].]+/g, '/').replace(/\/number$/, '') };
  const group = /^group[/.](\w+)/.exec(path);
  return group === null ? null : { key: f.focal, field: `group.${group[1]}` };
}

function Interview({ done }: { done: (r: Registered) => void }) {
  const [errors, setErrors] = useState<Complaints>({});
  const [trouble, setTrouble] = useState<unknown>(null);
  /** The family as it was when the errors were said. */
  const judged = useRef<Family | null>(null);
  const [mended, setMended] = useState(false);
  const [matches, setMatches] = useState<CheckMatch[]>([]);
  const [looking, setLooking] = useState<CheckMatch[]>([]);
  const atWork = useRef(false);
  const f = family.value;
  const m = f === null ? undefined : memberOf(f, open.value) ?? f.members[0];
  const likely = useLikely(f, m);

  const next = (): void => {
    const now = family.value;
    if (now === null) return;
    const waiting = now.members.find((x) => isUntouched(x) && x.key !== open.value);
    if (waiting !== undefined) open.value = waiting.key;
    else if (now.members.length < MEMBERS_MAX && !now.members.every(isUntouched)) {
      const [added, member] = addMember(now);
      edit(() => added);
      open.value = member.key;
    }
  };
  const step = (by: number): void => {
    const now = family.value;
    const at = now?.members.findIndex((x) => x.key === open.value) ?? -1;
    const target = now?.members[at + by];
    if (target !== undefined) open.value = target.key;
  };

  const say = (wrong: Complaints, of: Family): void => {
    judged.current = of;
    setMended(false);
    setErrors(wrong);
  };
  // What is answered is wrong no longer; a new answer is judged by the next saving.
  useLayoutEffect(() => {
    if (f === null || judged.current === null) return;
    const left = stillWrong(errors, judged.current, f);
    if (left === errors) return;
    setErrors(left);
    setMended(Object.keys(left).length === 0);
  }, [f, errors]);

  const refuse = (error: unknown): void => {
    setTrouble(error);
    const now = family.value;
    if (!(error instanceof ApiError) || now === null) return;
    const placed: Complaints = {};
    for (const e of error.errors) {
      const place = placeError(now, e.path ?? '');
      if (place === null) continue;
      placed[place.key] = { ...placed[place.key], [place.field]: e.message ?? errorText(error) };
    }
    say(placed, now);
    const first = Object.keys(placed)[0];
    if (first !== undefined) open.value = first;
  };

  const register = async (c: Command): Promise<void> => {
    try {
      // A save still on its way would bring the draft back after the registration has taken it away.
      await settled();
      const result = await send<Omit<Registered, 'family'>>(c);
      const now = family.value;
      finish();
      if (now !== null) done({ ...result, family: now });
    } catch (error) {
      const found = error instanceof ApiError && error.has('error.duplicate') ? await check() : [];
      if (found.length > 0) setMatches(found);
      else refuse(error);
    }
  };
  const check = async (): Promise<CheckMatch[]> => {
    const now = family.value;
    if (now === null) return [];
    const answer = await ask<{ matches: CheckMatch[] }>('registration.check', checkInput(now));
    return answer.matches.filter((x) => !now.confirmed_not.includes(x.person));
  };

  const tryToSave = async (): Promise<void> => {
    // Rows begun and left empty are no people.
    edit((x) => ({ ...x, members: x.members.filter((y) => y.key === x.focal || !isUntouched(y)) }));
    const now = family.value;
    if (now === null) return;
    const missing = blockers(now, birthRules());
    const found: Complaints = {};
    for (const one of missing) found[one.key] = { ...found[one.key], [one.field]: missingText(one) };
    say(found, now);
    setTrouble(null);
    if (missing[0] !== undefined) {
      open.value = missing[0].key;
      requestAnimationFrame(() => document.querySelector<HTMLElement>('.person-form .field-wrong input')?.focus());
      return;
    }
    try {
      const doubles = await check();
      // What was written while the node was asked is registered too.
      if (doubles.length > 0) setMatches(doubles);
      else await register(command('group.register', registerInput(family.value ?? now, FOCAL)));
    } catch (error) {
      refuse(error);
    }
  };
  // A key held down, or pressed again while the node is asked, must not register the family twice. A
  // state would be seen too late: the next key may come before the next drawing.
  const save = async (): Promise<void> => {
    if (atWork.current) return;
    atWork.current = true;
    try {
      await tryToSave();
    } finally {
      atWork.current = false;
    }
  };
  const park = async (): Promise<void> => {
    if (atWork.current) return;
    await parkNow();
    toast(t('registration.parked_now'));
  };

  // The check was asked about one person; the dialog names people by their place in the family.
  const look = (): void => {
    const at = f === null || m === undefined ? -1 : f.members.indexOf(m);
    setLooking(likely.map((x) => ({ ...x, member: at })));
  };
  const notThese = (persons: string[]): void =>
    edit((x) => ({ ...x, confirmed_not: [...new Set([...x.confirmed_not, ...persons])] }));

  useLayoutEffect(() => bind({
    [LIKELY_KEYS]: look,
    'Alt+N': next,
    // Its button shows that it is at work, whichever way it was asked for.
    'Alt+S': () => document.getElementById('register-family')?.click(),
    'Alt+P': () => void park(),
    'Alt+ArrowDown': () => step(1),
    'Alt+ArrowUp': () => step(-1),
    'Alt+Shift+ArrowDown': () => edit((x) => moveMember(x, open.value, 1)),
    'Alt+Shift+ArrowUp': () => edit((x) => moveMember(x, open.value, -1)),
    Escape: () => {
      // Being registered, it cannot be put away.
      if (atWork.current) return;
      close();
      toast(t('registration.kept'));
    },
  }), [likely]);

  if (f === null || m === undefined) return null;
  const wrong = new Set(Object.keys(errors));
  return (
    <div class="interview">
      <div class="interview-bar">
        <h1 tabIndex={-1}>{t('registration.interview')}</h1>
        <Saved />
        <div class="interview-actions">
          <Busy id="register-family" class="button button-main" icon="ok" run={save}>{t('registration.save')} <Keys keys="Alt+S" /></Busy>
          <Busy class="button" icon="pause" run={park}>{t('registration.park')} <Keys keys="Alt+P" /></Busy>
        </div>
      </div>
      {(wrong.size > 0 || mended || trouble !== null) && <Summary f={f} errors={errors} trouble={trouble} mended={mended} />}
      <div class="interview-body">
        <FamilyGrid onAdd={next} wrong={wrong} />
        <PersonForm f={f} m={m} errors={errors[m.key] ?? NO_ERRORS} beneathNames={<Likely matches={likely} look={look} />} onEnd={() => document.querySelector<HTMLElement>('.grid-add')?.focus()} />
      </div>
      {matches.length > 0 && (
        <Duplicates
          f={f}
          matches={matches}
          saves
          close={() => setMatches([])}
          different={async (persons) => {
            notThese(persons);
            setMatches([]);
            const now = family.value;
            if (now !== null) await register(command('group.register', registerInput(now, FOCAL)));
          }}
        />
      )}
      {looking.length > 0 && (
        <Duplicates
          f={f}
          matches={looking}
          saves={false}
          close={() => setLooking([])}
          different={(persons) => {
            notThese(persons);
            setLooking([]);
          }}
        />
      )}
    </div>
  );
}

function Saved() {
  const s = saving.value;
  return (
    <p class={`saved saved-${s.state}`} role="status" aria-live="polite">
      {s.state === 'saved' && <><Icon name="ok" size={16} /> {t('registration.saved_at', { time: formatClock(s.at) })}</>}
      {s.state === 'saving' && <><Icon name="sync" size={16} /> {t('registration.saving')}</>}
      {s.state === 'failed' && <><Icon name="attention" size={16} /> {t('registration.not_saved')} {errorText(s.error)}</>}
      {s.state === 'new' && t('registration.saves_itself')}
    </p>
  );
}

function Summary({ f, errors, trouble, mended }: { f: Family; errors: Complaints; trouble: unknown; mended: boolean }) {
  return (
    <div class="summary">
      {trouble !== null && <Trouble error={trouble} />}
      {trouble === null && mended && <Notice kind="ok">{t('registration.mended')}</Notice>}
      {trouble === null && !mended && (
        <div class="notice notice-danger" role="alert">
          <Icon name="danger" />
          <div>
            <p>{t('registration.before_save')}</p>
            <ul>
              {f.members.filter((x) => errors[x.key] !== undefined).map((x) => (
                <li key={x.key}>
                  <button type="button" class="link" onClick={() => { open.value = x.key; }}>
                    {t('grid.person_n', { n: f.members.indexOf(x) + 1 })}
                  </button>
                  : {Object.values(errors[x.key] ?? {}).join(' ')}
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
    </div>
  );
}
