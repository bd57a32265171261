// import.tsx: lists from elsewhere: upload, mapping, a dry run with all errors, staging, approval.
import { useState } from 'preact/hooks';
import { request } from '../../lib/api';
import { act, begin } from '../../lib/commands';
import { number, t, tn } from '../../lib/i18n';
import { watch } from '../../lib/jobs';
import { useLoad } from '../../lib/load';
import { href } from '../../lib/router';
import { may } from '../../lib/session';
import type { Job, QueryResult, Rec } from '../../lib/types';
import { Busy, Head } from '../../ui/bits';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import { Progress } from '../../ui/progress';
import { NO_REASON, ReasonFields, reasonInput } from '../../ui/reason';
import { Empty, Load, Notice, Trouble } from '../../ui/states';
import { shown } from '../../ui/text';
import { toast } from '../../ui/toast';
import { MARKED, choiceInput } from './choice';
import { Corrections } from './corrections';
import { Places, type RowError } from './places';
import { Staging } from './staging';

export function ImportDesk() {
  const [staging, setStaging] = useState(false);
  // The newest first.
  const batches = useLoad<QueryResult>(
    (signal) => request('POST', '/api/v1/query', { body: { kind: 'import_batch', limit: 100, descending: true }, signal }),
    [],
  );
  return (
    <div class="page">
      <Head title={t('desk.import')} note={t('import.note')}>
        {may('import') && !staging && (
          <button type="button" class="button button-main" onClick={() => setStaging(true)}>
            <Icon name="import" size={18} /> {t('import.new')}
          </button>
        )}
      </Head>
      {staging && (
        <Staging
          close={() => {
            setStaging(false);
            batches.reload();
          }}
        />
      )}
      <section>
        <h2>{t('import.batches')}</h2>
        <Load of={batches}>
          {({ rows }) => rows.length === 0 ? (
            <Empty icon="import" title={t('import.empty')}><p class="hint">{t('import.empty_hint')}</p></Empty>
          ) : (
            <ul class="plain">
              {rows.map((b) => <li key={b.id} class="panel"><Batch batch={b} changed={batches.reload} /></li>)}
            </ul>
          )}
        </Load>
      </section>
    </div>
  );
}

type Stay = { person?: string; id?: string; kind?: string; name?: string };

function Batch({ batch, changed }: { batch: Rec; changed: () => void }) {
  const [job, setJob] = useState<Job | null>(null);
  const [asking, setAsking] = useState<'' | 'refuse' | 'take_back'>('');
  const [stays, setStays] = useState<Stay[]>([]);
  const [done, setDone] = useState<Approved | null>(null);
  const [choice, setChoice] = useState(MARKED);
  const [error, setError] = useState<unknown>(null);
  const offers = Number(batch.fields['corrections'] ?? 0) > 0;
  const state = String(batch.fields['state'] ?? '');
  const run = async (op: string, more: object = {}): Promise<void> => {
    setError(null);
    try {
      const ended = await watch(await begin(op, { batch: batch.id, ...more }), setJob);
      const left = ended.result?.['stays'];
      if (Array.isArray(left)) setStays(left as Stay[]);
      setDone(op === 'import.approve' && ended.state === 'done' ? (ended.result as unknown as Approved) : null);
      if (ended.state === 'done') toast(t('import.finished'));
      changed();
    } catch (e) {
      setError(e);
    }
  };
  return (
    <div class="batch">
      <div class="batch-head">
        <Icon name="file" />
        <div>
          <strong><bdi>{String(batch.fields['file_name'] ?? '')}</bdi></strong>
          <p class="hint">
            {t('import.rows', { n: number(Number(batch.fields['rows'] ?? 0)) })}
            {Number(batch.fields['made'] ?? 0) > 0 && <> · {t('import.made', { n: number(Number(batch.fields['made'])) })}</>}
            {Number(batch.fields['corrected'] ?? 0) > 0 && <> · {tn('import.corrected', Number(batch.fields['corrected']))}</>}
            {shown(batch, 'approved_by') !== '' && <> · <bdi>{shown(batch, 'approved_by')}</bdi></>}
          </p>
        </div>
        <span class={`tag ${state === 'STAGED' ? 'tag-attention' : ''}`}>{shown(batch, 'state')}</span>
        {may('import.approve') && state === 'STAGED' && (
          <div class="page-actions">
            <Busy class="button button-main" icon="ok" run={() => run('import.approve', offers ? choiceInput(choice) : {})}>{t('import.approve')}</Busy>
            <button type="button" class="button" onClick={() => setAsking('refuse')}>{t('import.refuse')}</button>
          </div>
        )}
        {may('import.approve') && state === 'APPROVED' && (
          <button type="button" class="button" onClick={() => setAsking('take_back')}><Icon name="undo" size={18} /> {t('import.take_back')}</button>
        )}
      </div>
      {job !== null && job.state !== 'done' && <Progress job={job} />}
      {offers && state === 'STAGED' && may('import.approve') && <Corrections batch={batch.id} choice={choice} change={setChoice} />}
      {done !== null && <Outcome of={done} />}
      {stays.length > 0 && (
        <Notice kind="info">
          <p>{t('import.stays')}</p>
          <ul>
            {stays.map((s, i) => (
              <li key={i}><a href={href('person', s.person ?? s.id ?? '')}><bdi>{s.name ?? s.person ?? s.id}</bdi></a></li>
            ))}
          </ul>
        </Notice>
      )}
      {error !== null && <Trouble error={error} />}
      {asking !== '' && (
        <Decide
          what={asking}
          close={() => setAsking('')}
          run={async (reason) => {
            setAsking('');
            if (asking === 'take_back') await run('import.take_back', reason);
            else {
              try {
                await act('import.refuse', { batch: batch.id, ...reason });
                changed();
              } catch (e) {
                setError(e);
              }
            }
          }}
        />
      )}
    </div>
  );
}

interface Approved {
  corrected?: number;
  corrections_left?: number;
  errors?: RowError[];
}

/** What came of it beside the people who were made. */
function Outcome({ of }: { of: Approved }) {
  const errors = of.errors ?? [];
  const corrected = of.corrected ?? 0;
  const left = of.corrections_left ?? 0;
  return (
    <>
      {corrected + left > 0 && <Notice kind={left > 0 ? 'info' : 'ok'}>{t('import.outcome', { made: number(corrected), left: number(left) })}</Notice>}
      {errors.length > 0 && <Places title={tn('import.refused_rows', errors.length)} hint={t('import.refused_rows_hint')} rows={errors} />}
    </>
  );
}

function Decide(p: { what: 'refuse' | 'take_back'; close: () => void; run: (reason: object) => Promise<void> }) {
  const [reason, setReason] = useState(NO_REASON);
  return (
    <Dialog
      title={t(p.what === 'refuse' ? 'import.refuse' : 'import.take_back')}
      onClose={p.close}
      footer={<Busy class="button button-danger" disabled={reason.reason === ''} run={() => p.run(reasonInput(reason))}>{t(p.what === 'refuse' ? 'import.refuse' : 'import.take_back')}</Busy>}
    >
      <p>{t(p.what === 'refuse' ? 'import.refuse_text' : 'import.take_back_text')}</p>
      <ReasonFields list="void_reason" value={reason} onChange={setReason} />
    </Dialog>
  );
}
