// users.tsx: accounts, what each may do and where, the roles behind it, and the offices.
import { useState } from 'preact/hooks';
import { request } from '../../lib/api';
import { t } from '../../lib/i18n';
import { useLoad } from '../../lib/load';
import { codesOf, fieldLabel } from '../../lib/meta';
import type { Route } from '../../lib/router';
import { may } from '../../lib/session';
import type { QueryResult, Rec } from '../../lib/types';
import { Head, Tabs } from '../../ui/bits';
import { Icon } from '../../ui/icon';
import { Empty, Load } from '../../ui/states';
import { shown } from '../../ui/text';
import { Account } from './account';
import { NewUser } from './newuser';
import { OfficeDialog, Offices } from './offices';
import { RoleDialog } from './role';
import { RoleName, ownLanguage, roleName } from './rolename';

export interface People {
  users: Rec[];
  roles: Rec[];
  grants: Rec[];
  offices: Rec[];
}

const all = (kind: string, signal: AbortSignal, order = ''): Promise<Rec[]> =>
  request<QueryResult>('POST', '/api/v1/query', { body: { kind, limit: 500, ...(order === '' ? {} : { order }) }, signal }).then((r) => r.rows);

async function read(signal: AbortSignal): Promise<People> {
  const [users, roles, grants, offices] = await Promise.all([
    all('user', signal, 'name'), all('role', signal, 'name'), all('grant', signal), all('office', signal, 'name'),
  ]);
  return { users, roles, grants, offices };
}

const TABS = [
  { id: 'accounts', label: 'users.accounts', add: 'users.new', writes: 'user.write' },
  { id: 'roles', label: 'users.roles', add: 'users.new_role', writes: 'user.write' },
  { id: 'offices', label: 'users.offices', add: 'users.new_office', writes: 'office.write' },
] as const;

export function UsersDesk({ route }: { route: Route }) {
  const people = useLoad(read, []);
  const [adding, setAdding] = useState(false);
  const open = TABS.find(({ id }) => id === route.id) ?? TABS[0];
  const tab = open.id;
  const added = (): void => {
    setAdding(false);
    people.reload();
  };
  return (
    <div class="page">
      <Head title={t('desk.users')}>
        {may(open.writes) && (
          <button type="button" class="button button-main" onClick={() => setAdding(true)}>
            <Icon name="add" size={18} /> {t(open.add)}
          </button>
        )}
      </Head>
      <Tabs label={t('desk.users')} desk="users" id="" open={tab} tabs={TABS.map(({ id, label }) => ({ id, label: t(label) }))} />
      <Load of={people}>
        {(data) => (
          <>
            {tab === 'accounts' && <Accounts people={data} changed={people.reload} />}
            {tab === 'roles' && <Roles people={data} changed={people.reload} />}
            {tab === 'offices' && <Offices offices={data.offices} changed={people.reload} />}
            {adding && tab === 'accounts' && <NewUser people={data} close={added} />}
            {adding && tab === 'roles' && <RoleDialog role={null} own={ownLanguage(data.offices)} close={added} />}
            {adding && tab === 'offices' && <OfficeDialog office={null} offices={data.offices} close={added} />}
          </>
        )}
      </Load>
    </div>
  );
}

export const grantsOf = (people: People, user: string): Rec[] => people.grants.filter((g) => g.fields['user'] === user && !g.void);
export const grantText = (people: People, g: Rec): string => {
  return `${roleName(people.roles.find((r) => r.id === g.fields['role']), ownLanguage(people.offices))} · ${shown(g, 'office')}`;
};

function Accounts({ people, changed }: { people: People; changed: () => void }) {
  const [open, setOpen] = useState<Rec | null>(null);
  if (people.users.length === 0) return <Empty icon="users" title={t('users.empty')} />;
  return (
    <div class="panel table-wrap">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{fieldLabel('user', 'name')}</th><th scope="col">{fieldLabel('user', 'login')}</th><th scope="col">{fieldLabel('user', 'office')}</th>
            <th scope="col">{t('users.grants')}</th><th scope="col">{fieldLabel('user', 'status')}</th>
          </tr>
        </thead>
        <tbody>
          {people.users.map((u) => (
            <tr key={u.id} class={u.fields['status'] === 'SUSPENDED' ? 'void' : ''}>
              <td><button type="button" class="row-open" onClick={() => setOpen(u)}><bdi>{String(u.fields['name'] ?? '')}</bdi></button></td>
              <td class="nowrap"><bdi dir="ltr">{String(u.fields['login'] ?? '')}</bdi></td>
              <td><bdi>{shown(u, 'office')}</bdi></td>
              <td>{grantsOf(people, u.id).map((g) => <span class="tag" key={g.id}><bdi>{grantText(people, g)}</bdi></span>)}</td>
              <td>{shown(u, 'status')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {open !== null && (
        <Account
          user={people.users.find((u) => u.id === open.id) ?? open}
          people={people}
          changed={changed}
          close={() => setOpen(null)}
        />
      )}
    </div>
  );
}

/** Who may do what, readable as one matrix. */
function Roles({ people, changed }: { people: People; changed: () => void }) {
  const [open, setOpen] = useState<Rec | null>(null);
  const permissions = codesOf('permission');
  const own = ownLanguage(people.offices);
  if (people.roles.length === 0) return <Empty icon="shield" title={t('users.no_roles')} />;
  const has = (role: Rec, code: string): boolean => Array.isArray(role.fields['permissions']) && role.fields['permissions'].includes(code);
  return (
    <div class="panel table-wrap">
      <table class="table matrix">
        <thead>
          <tr>
            <th scope="col">{t('users.may')}</th>
            {people.roles.map((r) => (
              <th key={r.id} scope="col">
                {may('user.write') ? <button type="button" class="th-button" onClick={() => setOpen(r)}><RoleName role={r} own={own} /> <Icon name="edit" size={14} /></button> : <RoleName role={r} own={own} />}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {permissions.map((p) => (
            <tr key={p.code}>
              <th scope="row">{p.label}</th>
              {people.roles.map((r) => (
                <td key={r.id}>{has(r, p.code) ? <><Icon name="ok" size={18} /><span class="hidden">{t('answer.yes')}</span></> : <span class="quiet" aria-label={t('answer.no')}>·</span>}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {open !== null && (
        <RoleDialog
          role={open}
          own={own}
          close={() => {
            setOpen(null);
            changed();
          }}
        />
      )}
    </div>
  );
}
