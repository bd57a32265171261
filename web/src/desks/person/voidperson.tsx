// voidperson.tsx: a registration that should not be is made void with a reason; its number is never
// given out again.
import { useState } from 'preact/hooks';
import { act } from '../../lib/commands';
import { t } from '../../lib/i18n';
import { Busy } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { NO_REASON, ReasonFields, reasonInput } from '../../ui/reason';
import { Trouble } from '../../ui/states';
import { toast } from '../../ui/toast';

export function VoidPerson({ id, group = false, close }: { id: string; group?: boolean; close: (done: boolean) => void }) {
  const [reason, setReason] = useState(NO_REASON);
  const [error, setError] = useState<unknown>(null);
  const run = async (): Promise<void> => {
    try {
      await act(group ? 'group.void' : 'person.void', { id, ...reasonInput(reason) });
      toast(t('void.done'));
      close(true);
    } catch (e) {
      setError(e);
    }
  };
  return (
    <Dialog
      title={t(group ? 'void.group' : 'person.void')}
      onClose={() => close(false)}
      footer={<Busy class="button button-danger" disabled={reason.reason === ''} run={run}>{t('void.run')}</Busy>}
    >
      <p>{t(group ? 'void.group_text' : 'void.person_text')}</p>
      <ReasonFields list="void_reason" value={reason} onChange={setReason} />
      {error !== null && <Trouble error={error} />}
    </Dialog>
  );
}
