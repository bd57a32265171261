// personform.tsx: the person on the right, in sections; Enter goes from field to field.
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import {
  COPIED, type Family, type Member, asksMother, birthDay, inherit, isEmpty, isInherited, latinName, localName,
  setBirth, setField, setMember, setRelationship, valueOf, wivesOf,
} from '../../lib/family';
import { agesOf, spanOf } from '../../lib/dateentry';
import { language, number, rightToLeft, t } from '../../lib/i18n';
import { enterMoves } from '../../lib/keyboard';
import { fieldOf, kindOf, offered, valueLabel } from '../../lib/meta';
import { USUAL } from '../../lib/relationship';
import { may, officeCalendar, today } from '../../lib/session';
import type { Value } from '../../lib/types';
import { CodeField } from '../../ui/codefield';
import { DateField } from '../../ui/datefield';
import { ChoiceField, SelectField, TextField } from '../../ui/field';
import { Icon, type IconName } from '../../ui/icon';
import { RecordField } from '../../ui/recordfield';
import { Name } from '../../ui/text';
import { ConsentSection, DocumentSection, PhoneSection } from './parts';
import { NeedSection } from './needs';
import { PhotoSection } from './photo';
import { edit } from './store';

const NAMES = ['given_name', 'father_name', 'grandfather_name', 'family_name'] as const;
const MORE = ['mother_name', 'birth_place', 'education', 'occupation', 'flight_date', 'postnom'];
const PLACE = ['village', 'admin2', 'admin1', 'address'];
const ORIGIN_PLACE = ['coo_admin1', 'coo_admin2', 'coo_village'];
/** Height in px that the bars above and below may cover. */
const BARS = 160;
/** Nobody younger is asked what they work as. */
const WORKS = 10;

export const birthRules = (): { today: number; preferred: typeof officeCalendar.value } => ({
  today: today.value,
  preferred: officeCalendar.value,
});

interface Props {
  f: Family;
  m: Member;
  errors: Record<string, string>;
}

export function PersonForm(p: Props & { onEnd: () => void; beneathNames: ComponentChildren }) {
  const root = useRef<HTMLDivElement>(null);
  const { f, m } = p;
  const focal = m.key === f.focal;
  const wives = wivesOf(f).map((w) => `${w.key} ${latinName(w)} ${localName(w)}`).join();
  const relationship = useMemo(() => <Relationship {...p} />, [p.errors, m.key, m.relationship, m.mother, wives]);
  const birth = useMemo(
    () => <SexAndBirth {...p} />,
    [p.errors, m.key, m.birthText, m.birthCalendar, m.person['sex'], m.person['birth_date'], m.person['marital_status']],
  );
  // A person just opened is typed from the first field. The focus goes there with the drawing: a letter
  // that follows at once would else be written to the person before.
  useLayoutEffect(() => {
    const first = root.current?.querySelector<HTMLElement>('.person-body input');
    first?.focus({ preventScroll: true });
    // Beside the grid it is in sight; below it, on a small screen, it has to be brought there.
    const top = first?.getBoundingClientRect().top ?? 0;
    if (top < BARS || top > innerHeight - BARS) root.current?.scrollIntoView({ block: 'start' });
  }, [m.key]);
  return (
    <div class="person-form" ref={root} key={m.key} onKeyDown={(e) => enterMoves(e, p.onEnd)}>
      <header class="person-head">
        <h2>
          {latinName(m) === '' && localName(m) === '' ? t('grid.person_n', { n: f.members.indexOf(m) + 1 }) : <Name latin={latinName(m)} local={localName(m)} />}
        </h2>
        {focal && <span class="tag"><Icon name="star" size={14} /> {valueLabel('membership', 'relationship', 'FP')}</span>}
        <PhotoSection m={m} />
      </header>
      <div class="person-body">
        <div class="person-main">
          {!focal && relationship}
          <Names {...p}>{p.beneathNames}</Names>
          {birth}
        </div>
      </div>
      <Rest {...p} focal={focal} />
    </div>
  );
}

/**
 * The sections below the first screen. Each is drawn anew only when something it shows has changed: a
 * letter of a name must not cost forty fields.
 */
function Rest(p: Props & { focal: boolean }) {
  const { f, m, errors, focal } = p;
  const years = birthDay(m);
  const family = useMemo(() => focal && <FamilySection f={f} errors={errors} />, [f.group, m.key, focal, errors]);
  const origin = useMemo(() => <OriginSection {...p} />, [m.key, focal, errors, m.own, ...COPIED.map((name) => valueOf(f, m, name))]);
  const papers = useMemo(
    () => (
      <Section icon="file" title={t('section.papers')} open={focal} mark={m.phones.length + m.documents.length}>
        <PhoneSection m={m} errors={errors} />
        <DocumentSection m={m} />
      </Section>
    ),
    [m.key, focal, errors, m.phones, m.documents],
  );
  const names = moreFields(m);
  const more = useMemo(() => <MoreSection {...p} names={names} />, [m.key, focal, errors, years, ...names.map((name) => m.person[name])]);
  const consent = useMemo(() => <ConsentSection m={m} open={focal} />, [m.key, focal, m.consents]);
  const needs = useMemo(() => may('need.write') && <NeedSection m={m} />, [m.key, m.needs]);
  return <>{family}{origin}{papers}{more}{consent}{needs}</>;
}

export function Section(p: { icon: IconName; title: string; open: boolean; mark?: number; note?: string; children: ComponentChildren }) {
  return (
    <details class="section" open={p.open}>
      <summary>
        <Icon name={p.icon} size={18} />
        <span>{p.title}</span>
        {(p.mark ?? 0) > 0 && <span class="tab-mark">{number(p.mark ?? 0)}</span>}
        {p.note !== undefined && p.note !== '' && <span class="section-note quiet">{p.note}</span>}
      </summary>
      <div class="section-body">{p.children}</div>
    </details>
  );
}

function Relationship({ f, m, errors }: Props) {
  return (
    <div class="row-2">
      <CodeField
        label={fieldOf('membership', 'relationship')?.label ?? t('field.relationship')}
        hint={t('registration.relationship_hint')}
        list={fieldOf('membership', 'relationship')?.codes ?? 'relationship'}
        value={m.relationship}
        first={USUAL}
        only={(code) => code !== 'FP'}
        error={errors['relationship']}
        onChange={(code) => edit((x) => setRelationship(x, m.key, code))}
      />
      {asksMother(f, m) && (
        <SelectField
          label={t('registration.whose_child')}
          hint={t('registration.whose_child_hint')}
          value={m.mother}
          empty={t('registration.whose_child_ask')}
          options={[
            ...wivesOf(f).map((w) => ({ value: w.key, label: (rightToLeft.value && localName(w)) || latinName(w) || localName(w) || t('person.no_name') })),
            { value: '-', label: t('registration.mother_elsewhere') },
          ]}
          onChange={(key) => edit((x) => setMember(x, m.key, { mother: key }))}
        />
      )}
    </div>
  );
}

function Names({ m, errors, children }: Props & { children: ComponentChildren }) {
  const local = language.value === 'fa' || language.value === 'ps' || language.value === 'ar';
  const scripts = local ? ['_local', ''] : ['', '_local'];
  const set = (field: string, value: string): void =>
    edit((x) => setField(x, m.key, field, value === '' ? null : value));
  const label = (name: string): string => fieldOf('person', name)?.label ?? name;
  return (
    <fieldset class="names">
      <legend class="hidden">{t('section.names')}</legend>
      {scripts.map((suffix, i) => (
        <div class={i === 0 ? 'names-row names-first' : 'names-row'} key={suffix}>
          <span class="names-script quiet">{t(suffix === '' ? 'names.latin' : 'names.local')}</span>
          {NAMES.map((name) => (
            <TextField
              key={name}
              name={`${name}${suffix}`}
              label={suffix === '' || local ? label(name) : label(`${name}_local`)}
              class={i > 0 ? 'label-hidden' : ''}
              dir={suffix === '' ? 'ltr' : 'rtl'}
              value={String(m.person[`${name}${suffix}`] ?? '')}
              max={120}
              error={name === 'given_name' ? (i === 0 ? (errors['given_name'] ?? errors['given_name_local']) : undefined) : errors[`${name}${suffix}`]}
              onInput={(v) => set(`${name}${suffix}`, v)}
            />
          ))}
        </div>
      ))}
      {children}
    </fieldset>
  );
}

function SexAndBirth({ f, m, errors }: Props) {
  const sexes = offered(fieldOf('person', 'sex')?.codes ?? 'sex').map((c) => ({ value: c.code, label: c.label }));
  const day = birthDay(m);
  const ages = day === null ? null : agesOf(spanOf(day, String(m.person['birth_date_precision'] ?? 'exact')), today.value);
  return (
    <div class="row-3">
      <ChoiceField
        label={fieldOf('person', 'sex')?.label ?? ''}
        value={String(m.person['sex'] ?? '')}
        options={sexes}
        error={errors['sex']}
        onChange={(v) => edit((x) => setField(x, m.key, 'sex', v))}
      />
      <DateField
        label={t('registration.birth')}
        birth
        typed={m.birthText}
        calendar={m.birthCalendar}
        error={errors['birth_date']}
        onInput={(typed, calendar) => edit((x) => setBirth(x, m.key, typed, calendar, birthRules()))}
      />
      {(ages === null || ages.max >= 10) && <PersonField f={f} m={m} name="marital_status" errors={errors} />}
    </div>
  );
}

function PersonField({ f, m, name, errors }: Props & { name: string }) {
  const meta = fieldOf('person', name);
  if (meta === undefined) return null;
  const inherited = isInherited(f, m, name);
  const copied = (COPIED as readonly string[]).includes(name) && m.key !== f.focal;
  return (
    <RecordField
      field={meta}
      value={valueOf(f, m, name)}
      inherited={inherited}
      onInherit={copied && !inherited ? () => edit((x) => inherit(x, m.key, name)) : undefined}
      error={errors[name]}
      onChange={(v) => edit((x) => setField(x, m.key, name, v))}
    />
  );
}

function OriginSection(p: Props & { focal: boolean }) {
  const { f, m } = p;
  const own = m.own.length > 0;
  const said = ['country_of_origin', 'nationality'].map((name) => valueOf(f, m, name)).find((v) => !isEmpty(v));
  const note = p.focal ? t('section.origin_copied') : own ? t('section.origin_own') : t('section.origin_same', {
    value: typeof said === 'string' ? valueLabel('person', 'country_of_origin', said) : '—',
  });
  return (
    <Section icon="copy" title={t('section.origin')} open={p.focal || own} note={note}>
      <div class="row-4">
        {COPIED.map((name) => (
          <PersonField key={name} {...p} name={name} />
        ))}
      </div>
    </Section>
  );
}

function FamilySection({ f, errors }: { f: Family; errors: Record<string, string> }) {
  const set = (name: string, value: Value): void => edit((x) => ({ ...x, group: { ...x.group, [name]: value } }));
  const field = (name: string) => {
    const meta = fieldOf('registration_group', name);
    return meta === undefined ? null : (
      <RecordField key={name} field={meta} value={f.group[name]} error={errors[`group.${name}`]} onChange={(v) => set(name, v)} />
    );
  };
  return (
    <Section icon="family" title={t('section.family')} open note={t('section.family_note')}>
      <div class="row-4">
        {[...PLACE, ...ORIGIN_PLACE, 'interview_language', 'size_stated'].map(field)}
      </div>
    </Section>
  );
}

function moreFields(m: Member): string[] {
  const custom = (kindOf('person')?.fields ?? []).filter((x) => x.custom === true).map((x) => x.name);
  const day = birthDay(m);
  const ages = day === null ? null : agesOf(spanOf(day, 'exact'), today.value);
  return [...MORE, ...custom].filter((name) => !(name === 'occupation' && ages !== null && ages.max < WORKS));
}

function MoreSection(p: Props & { names: string[] }) {
  const { names } = p;
  const given = names.filter((name) => !isEmpty(p.m.person[name])).length;
  return (
    <Section icon="list" title={t('section.more')} open={false} mark={given}>
      <div class="row-4">
        {names.map((name) => (
          <PersonField key={name} {...p} name={name} />
        ))}
      </div>
    </Section>
  );
}
