// search.tsx: find a person by a half-remembered name, a number, a telephone, a paper.
import { useEffect } from 'preact/hooks';
import { t } from '../../lib/i18n';
import { bind } from '../../lib/keyboard';
import { go } from '../../lib/router';
import { useSearch } from '../../lib/search';
import { Head } from '../../ui/bits';
import { SearchList } from '../../ui/searchlist';

/** Coming back from a person, the search is as it was left; it is kept in memory only. */
let last = '';

export function SearchDesk() {
  const search = useSearch(30, last);
  useEffect(() => {
    last = search.q;
  }, [search.q]);
  useEffect(() => bind({ '/': () => document.getElementById('search-desk')?.focus() }), []);
  return (
    <div class="page">
      <Head title={t('desk.search')} note={t('search.note')} />
      <div class="panel">
        <SearchList
          search={search}
          label={t('search.label')}
          placeholder={t('search.placeholder')}
          inputId="search-desk"
          autofocus
          empty={t('search.hint')}
          onOpen={(line) => go('person', line.person)}
        />
      </div>
    </div>
  );
}
