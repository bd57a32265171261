// offices.tsx: the places of work: what they are called, what they belong to, how people there count days.
import { useState } from 'preact/hooks';
import { ApiError } from '../../lib/api';
import { act } from '../../lib/commands';
import { LANGUAGES, LANGUAGE_NAMES, t } from '../../lib/i18n';
import { fieldLabel, offered } from '../../lib/meta';
import { namesInput, namesOf } from '../../lib/names';
import { may, session } from '../../lib/session';
import type { Rec } from '../../lib/types';
import { Busy } from '../../ui/bits';
import { CodeField } from '../../ui/codefield';
import { Dialog } from '../../ui/dialog';
import { SelectField, TextField } from '../../ui/field';
import { NamesFields } from '../../ui/names';
import { Empty, Trouble } from '../../ui/states';
import { shown } from '../../ui/text';
import { type OfficeField, officeInput, textsOf } from './officeinput';

/** Offices to choose from, as the reader calls them. */
export const officeChoices = (offices: Rec[]): { value: string; label: string }[] =>
  offices.map((o) => ({ value: o.id, label: shown(o, 'name') }));

const SHOWN = ['name', 'code', 'type', 'parent', 'country', 'calendar', 'language'];

export function Offices({ offices, changed }: { offices: Rec[]; changed: () => void }) {
  const [open, setOpen] = useState<Rec | null>(null);
  if (offices.length === 0) return <Empty icon="list" title={t('users.no_offices')} />;
  return (
    <div class="panel table-wrap">
      <table class="table">
        <thead>
          <tr>{SHOWN.map((f) => <th key={f} scope="col">{fieldLabel('office', f)}</th>)}</tr>
        </thead>
        <tbody>
          {offices.map((o) => (
            <tr key={o.id}>
              {SHOWN.map((f) => (
                <td key={f}>
                  {f === 'name' && may('office.write')
                    ? <button type="button" class="row-open" onClick={() => setOpen(o)}><bdi>{shown(o, f)}</bdi></button>
                    : <bdi>{shown(o, f)}</bdi>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {open !== null && (
        <OfficeDialog
          office={open}
          offices={offices}
          close={() => {
            setOpen(null);
            changed();
          }}
        />
      )}
    </div>
  );
}

export function OfficeDialog({ office, offices, close }: { office: Rec | null; offices: Rec[]; close: () => void }) {
  const own = session.value?.office.id ?? '';
  const [texts, setTexts] = useState(office === null ? { ...textsOf(null), parent: own } : textsOf(office));
  const [names, setNames] = useState(namesOf(office));
  const [error, setError] = useState<unknown>(null);
  // One office stands at the top, and stays there.
  const top = office !== null && (office.fields['parent'] ?? null) === null;
  const said = (path: string): string =>
    error instanceof ApiError ? (error.errors.find((e) => e.path === path)?.message ?? '') : '';
  const of = (f: OfficeField) => ({
    label: fieldLabel('office', f),
    value: texts[f],
    error: said(f),
    onInput: (v: string) => setTexts({ ...texts, [f]: v }),
    onChange: (v: string) => setTexts({ ...texts, [f]: v }),
  });
  const codes = (list: string): { value: string; label: string }[] => offered(list).map((c) => ({ value: c.code, label: c.label }));
  const run = async (): Promise<void> => {
    setError(null);
    try {
      await act('office.save', {
        ...(office === null ? {} : { id: office.id, base: office.version }), ...officeInput(office, texts), ...namesInput(office, names),
      });
      close();
    } catch (e) {
      setError(e);
    }
  };
  const missing = texts.code.trim() === '' || texts.name.trim() === '' || (!top && texts.parent === '');
  return (
    <Dialog title={office === null ? t('users.new_office') : shown(office, 'name')} wide onClose={close} footer={<Busy class="button button-main" disabled={missing} run={run}>{t('action.save')}</Busy>}>
      {error !== null && <Trouble error={error} />}
      <div class="row-2">
        <TextField {...of('name')} />
        <TextField {...of('code')} dir="ltr" max={3} readOnly={office !== null} hint={office === null ? t('office.code_hint') : undefined} />
      </div>
      <NamesFields names={names} hint={t('office.names_hint')} onInput={setNames} />
      <h3>{t('office.place')}</h3>
      <div class="row-2">
        {!top && <SelectField {...of('parent')} empty="—" options={officeChoices(offices.filter((o) => o.id !== office?.id))} />}
        <SelectField {...of('type')} empty="—" options={codes('office_type')} />
        <CodeField {...of('country')} list="country" />
        <SelectField {...of('calendar')} empty="—" options={codes('calendar')} />
        <SelectField {...of('language')} empty="—" options={LANGUAGES.map((l) => ({ value: l, label: LANGUAGE_NAMES[l] }))} />
        <TextField {...of('dial_code')} dir="ltr" inputMode="numeric" />
        <TextField {...of('utc_offset_minutes')} dir="ltr" />
      </div>
    </Dialog>
  );
}
