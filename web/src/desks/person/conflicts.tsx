// conflicts.tsx: a field with several values after synchronisation: all are shown, a person chooses.
import { useState } from 'preact/hooks';
import { act } from '../../lib/commands';
import { formatIso, formatTime } from '../../lib/format';
import { t } from '../../lib/i18n';
import { fieldLabel, fieldOf, kindOf } from '../../lib/meta';
import { may } from '../../lib/session';
import type { Conflict, Value } from '../../lib/types';
import { Busy } from '../../ui/bits';
import { ChoiceField } from '../../ui/field';
import { NO_REASON, ReasonFields, reasonInput } from '../../ui/reason';
import { Notice, Trouble } from '../../ui/states';

type Head = NonNullable<Conflict['values']>[number];

/** What one place wrote, who and when. */
function headText(conflict: Conflict, head: Head): string {
  const value = head.value === null || head.value === undefined || head.value === '' ? t('value.none')
    : head.label ?? (fieldOf(conflict.kind, conflict.field)?.type === 'date' ? formatIso(String(head.value), head.precision ?? 'exact') : String(head.value));
  return [value, head.actor, formatTime(head.when)].filter(Boolean).map((part) => `\u2068${part}\u2069`).join(' · ');
}

/** Which record, where it is not the one whose page this is. */
const labelOf = (c: Conflict): string => {
  const field = c.label ?? fieldLabel(c.kind, c.field);
  return c.kind === 'person' || c.kind === 'registration_group' ? field : `${kindOf(c.kind)?.label ?? c.kind}: ${field}`;
};

export function Conflicts({ conflicts, done }: { conflicts: Conflict[]; done: () => void }) {
  return (
    <Notice kind="attention">
      <p>{t('conflict.text')}</p>
      {conflicts.map((c) => <Choose key={`${c.id}${c.field}`} conflict={c} done={done} />)}
    </Notice>
  );
}

function Choose({ conflict, done }: { conflict: Conflict; done: () => void }) {
  const [chosen, setChosen] = useState('');
  const [reason, setReason] = useState(NO_REASON);
  const [error, setError] = useState<unknown>(null);
  const values = conflict.values ?? [];
  const run = async (): Promise<void> => {
    const value: Value = values[Number(chosen)]?.value ?? null;
    try {
      await act('conflict.resolve', { kind: conflict.kind, id: conflict.id, field: conflict.field, value, ...reasonInput(reason) });
      done();
    } catch (e) {
      setError(e);
    }
  };
  return (
    <div class="conflict">
      <ChoiceField
        label={labelOf(conflict)}
        class="choice-column"
        value={chosen}
        onChange={setChosen}
        options={values.map((v, i) => ({ value: String(i), label: headText(conflict, v) }))}
      />
      {!may('conflict.resolve') && <p class="hint">{t('conflict.who')}</p>}
      {chosen !== '' && may('conflict.resolve') && (
        <>
          <ReasonFields list="correction_reason" value={reason} onChange={setReason} />
          <Busy class="button button-main" disabled={reason.reason === ''} run={run}>{t('conflict.choose')}</Busy>
        </>
      )}
      {error !== null && <Trouble error={error} />}
    </div>
  );
}
