// export.tsx: what is listed, all of it, as a file: the columns of the screen, in its words.
import { useRef, useState } from 'preact/hooks';
import { isAbort, request } from '../../lib/api';
import { csvOf } from '../../lib/csv';
import { number, t } from '../../lib/i18n';
import { fieldLabel, kindOf } from '../../lib/meta';
import type { QueryResult, Rec } from '../../lib/types';
import { Icon } from '../../ui/icon';
import { errorText } from '../../ui/states';
import { shown } from '../../ui/text';
import { toast } from '../../ui/toast';
import type { View } from './lists';

const PAGE = 500;

function save(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

async function readAll(view: View, signal: AbortSignal, onCount: (n: number) => void): Promise<Rec[]> {
  const rows: Rec[] = [];
  for (let cursor: string | null | undefined; ;) {
    const page: QueryResult = await request<QueryResult>('POST', '/api/v1/query', {
      body: {
        kind: view.kind, limit: PAGE, columns: view.columns, for_export: true,
        ...(view.where === '' ? {} : { where: view.where }),
        ...(view.order === '' ? {} : { order: view.order, descending: view.descending }),
        ...(cursor ? { cursor } : {}),
      },
      signal,
    });
    rows.push(...page.rows);
    onCount(rows.length);
    cursor = page.next;
    if (!cursor) return rows;
  }
}

export function Export({ view }: { view: View }) {
  const [count, setCount] = useState<number | null>(null);
  const abort = useRef<AbortController | null>(null);
  const run = async (): Promise<void> => {
    abort.current = new AbortController();
    setCount(0);
    try {
      const rows = await readAll(view, abort.current.signal, setCount);
      const head = view.columns.map((c) => fieldLabel(view.kind, c));
      save(`${kindOf(view.kind)?.label ?? view.kind}.csv`, csvOf([head, ...rows.map((r) => view.columns.map((c) => shown(r, c)))]));
      toast(t('lists.exported', { n: number(rows.length) }));
    } catch (e) {
      if (!isAbort(e)) toast(errorText(e), { kind: 'danger' });
    } finally {
      setCount(null);
    }
  };
  if (count !== null) {
    return (
      <button type="button" class="button" onClick={() => abort.current?.abort()}>
        <Icon name="close" size={18} /> {t('lists.exporting', { n: number(count) })}
      </button>
    );
  }
  return (
    <button type="button" class="button" onClick={() => void run()}>
      <Icon name="out" size={18} /> {t('lists.export')}
    </button>
  );
}
