// parts.tsx: phones, papers and answers to what is read aloud.
import { useState } from 'preact/hooks';
import { type Member, type Paper, type Phone, setMember } from '../../lib/family';
import { lookup, t } from '../../lib/i18n';
import { fieldLabel, fieldOf, offered } from '../../lib/meta';
import { session } from '../../lib/session';
import { CodeField } from '../../ui/codefield';
import { ChoiceField, TextField } from '../../ui/field';
import { Icon } from '../../ui/icon';
import { Section } from './personform';
import { useRows } from './rows';
import { edit } from './store';

const codes = (kind: string, field: string): string => fieldOf(kind, field)?.codes ?? field;

/** Said while it is typed; the node has the last word. */
export function phoneTrouble(typed: string, dialCode: string): string {
  const text = typed.trim();
  if (text === '') return '';
  if (/[eE]\+/.test(text)) return t('phone.mangled');
  if (/[^\d\s().+/\-\u0660-\u0669\u06f0-\u06f9]/.test(text)) return t('phone.not_digits');
  const digits = text.replace(/[^\d\u0660-\u0669\u06f0-\u06f9]/g, '').length;
  if (digits < 7) return t('phone.too_short');
  if (digits > 15) return t('phone.too_long');
  return dialCode === '' && !/^(\+|00)/.test(text) ? t('phone.needs_country') : '';
}

function AddButton({ label, run }: { label: string; run: () => void }) {
  return (
    <button type="button" class="button button-small enter-stop row-add" onClick={run}>
      <Icon name="add" size={16} /> {label}
    </button>
  );
}

const RemoveButton = ({ run, name }: { run: () => void; name: string }) => (
  <button type="button" class="icon-button line-remove" aria-label={t('action.remove_named', { name })} onClick={run}>
    <Icon name="remove" size={18} />
  </button>
);

export function PhoneSection({ m, errors }: { m: Member; errors: Record<string, string> }) {
  const [left, setLeft] = useState(-1);
  const box = useRows(m.phones.length);
  const set = (i: number, part: Partial<Phone>): void =>
    edit((f) => setMember(f, m.key, { phones: m.phones.map((p, at) => (at === i ? { ...p, ...part } : p)) }));
  return (
    <div class="row-lines" ref={box}>
      {m.phones.map((phone, i) => (
        <div class="row-line" key={i}>
          <TextField
            label={fieldLabel('phone', 'number')}
            value={phone.number}
            dir="ltr"
            inputMode="tel"
            max={64}
            error={errors[`phones/${i}`] ?? (left >= i ? phoneTrouble(phone.number, session.value?.office.dial_code ?? '') : '')}
            onInput={(v) => set(i, { number: v })}
            onBlur={() => setLeft(Math.max(left, i))}
          />
          <CodeField label={fieldLabel('phone', 'type')} list={codes('phone', 'type')} value={phone.type} onChange={(v) => set(i, { type: v })} />
          <TextField label={fieldLabel('phone', 'owner_note')} value={phone.owner_note} onInput={(v) => set(i, { owner_note: v })} />
          <RemoveButton name={phone.number} run={() => edit((f) => setMember(f, m.key, { phones: m.phones.filter((_, at) => at !== i) }))} />
        </div>
      ))}
      <AddButton label={t('parts.add_phone')} run={() => edit((f) => setMember(f, m.key, { phones: [...m.phones, { number: '', type: '', owner_note: '' }] }))} />
    </div>
  );
}

export function DocumentSection({ m }: { m: Member }) {
  const box = useRows(m.documents.length);
  const set = (i: number, part: Partial<Paper>): void =>
    edit((f) => setMember(f, m.key, { documents: m.documents.map((d, at) => (at === i ? { ...d, ...part } : d)) }));
  return (
    <div class="row-lines" ref={box}>
      {m.documents.map((paper, i) => (
        <div class="row-line" key={i}>
          <CodeField label={fieldLabel('document', 'type')} list={codes('document', 'type')} value={paper.type} onChange={(v) => set(i, { type: v })} />
          <TextField label={fieldLabel('document', 'number')} value={paper.number} dir="ltr" max={40} onInput={(v) => set(i, { number: v })} />
          <CodeField label={fieldLabel('document', 'issuing_country')} list={codes('document', 'issuing_country')} value={paper.issuing_country} onChange={(v) => set(i, { issuing_country: v })} />
          <RemoveButton name={paper.number} run={() => edit((f) => setMember(f, m.key, { documents: m.documents.filter((_, at) => at !== i) }))} />
        </div>
      ))}
      <AddButton label={t('parts.add_document')} run={() => edit((f) => setMember(f, m.key, { documents: [...m.documents, { type: '', number: '', issuing_country: '' }] }))} />
    </div>
  );
}

/** Asked of everybody at registration; other purposes come with their own work. */
const ASKED: readonly string[] = ['REGISTRATION', 'PHOTO', 'SHARE_PARTNERS', 'SHARE_GOVERNMENT', 'CONTACT'];

/** A text to read aloud for each purpose; "refused" is an answer like the other. */
export function ConsentSection({ m, open }: { m: Member; open: boolean }) {
  const all = offered(codes('consent', 'purpose'));
  const [more, setMore] = useState(false);
  const asked = (code: string): boolean => ASKED.includes(code) || m.consents.some((c) => c.purpose === code);
  const purposes = more || all.length <= ASKED.length ? all : all.filter((p) => asked(p.code));
  // Nobody withdraws what was never given.
  const answers = offered(codes('consent', 'answer')).filter((c) => c.code !== 'WITHDRAWN').map((c) => ({ value: c.code, label: c.label }));
  const set = (purpose: string, answer: string): void =>
    edit((f) =>
      setMember(f, m.key, { consents: [...m.consents.filter((c) => c.purpose !== purpose), { purpose, answer }] }));
  return (
    <Section icon="shield" title={t('section.consent')} open={open} mark={m.consents.length} note={t('section.consent_note')}>
      {purposes.map((purpose) => (
        <div class="consent" key={purpose.code}>
          <div>
            <strong>{purpose.label}</strong>
            <p class="consent-text">
              {lookup(`consent.text.${purpose.code}`) ?? t('consent.text.other', { purpose: purpose.label })}
            </p>
          </div>
          <ChoiceField
            label={t('consent.answer')}
            class="label-hidden"
            value={m.consents.find((c) => c.purpose === purpose.code)?.answer ?? ''}
            options={answers}
            onChange={(answer) => set(purpose.code, answer)}
          />
        </div>
      ))}
      {purposes.length < all.length && (
        <button type="button" class="link" onClick={() => setMore(true)}>{t('consent.more')}</button>
      )}
    </Section>
  );
}
