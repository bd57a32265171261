// places.tsx: rows of a list about which there is something to say, each with its line, value and remedy.
import { number, t } from '../../lib/i18n';
import { fieldLabel } from '../../lib/meta';

const ERRORS_SHOWN = 500;

export interface RowError {
  row?: number;
  line?: number;
  column?: string;
  value?: string;
  key?: string;
  message?: string;
  remedy?: string;
  severity?: 'error' | 'warning';
}

export function Places(p: { title: string; hint: string; rows: RowError[] }) {
  return (
    <>
      <h3>{p.title}</h3>
      <p class="hint">{p.hint}</p>
      <div class="table-wrap table-tall" tabIndex={0} role="region" aria-label={p.title}>
        <table class="table table-sticky">
          <thead>
            <tr>
              <th scope="col">{t('import.row')}</th><th scope="col">{t('import.column')}</th><th scope="col">{t('import.value')}</th><th scope="col">{t('import.problem')}</th><th scope="col">{t('import.remedy')}</th>
            </tr>
          </thead>
          <tbody>
            {p.rows.slice(0, ERRORS_SHOWN).map((e, i) => (
              <tr key={i}>
                <td><bdi>{number(e.line ?? e.row ?? 0)}</bdi></td>
                <td><bdi>{e.column === undefined ? '' : e.column || fieldLabel('person', e.key ?? '')}</bdi></td>
                <td><bdi class="mono">{e.value ?? ''}</bdi></td>
                <td>{e.message ?? e.key}</td>
                <td>{e.remedy ?? ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
