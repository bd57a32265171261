// desks.ts: the desks of the house, who may see them, and what they draw.
import type { ComponentType } from 'preact';
import { GroupDesk } from '../desks/group/group';
import { HealthDesk } from '../desks/health/health';
import { HomeDesk } from '../desks/home/home';
import { ImportDesk } from '../desks/import/import';
import { JobsDesk } from '../desks/jobs/jobs';
import { ListsDesk } from '../desks/lists/lists';
import { PersonDesk } from '../desks/person/person';
import { RegistrationDesk } from '../desks/registration/desk';
import { SearchDesk } from '../desks/search/search';
import { SlipDesk } from '../desks/slip/slip';
import { UsersDesk } from '../desks/users/users';
import type { Key } from '../lib/i18n';
import type { Route } from '../lib/router';
import { kindOf } from '../lib/meta';
import { may } from '../lib/session';
import type { IconName } from '../ui/icon';

export interface Desk {
  name: string;
  icon: IconName;
  label: Key;
  needs: string[];
  /** What it works on; a program without it has no such desk. */
  kind?: string;
  /** In the rail; others are reached from there. */
  inRail: boolean;
  view: ComponentType<{ route: Route }>;
}

export const DESKS: readonly Desk[] = [
  { name: 'home', icon: 'home', label: 'desk.home', needs: [], inRail: true, view: HomeDesk },
  { name: 'registration', icon: 'family', label: 'desk.registration', needs: ['person.write'], inRail: true, view: RegistrationDesk },
  { name: 'search', icon: 'search', label: 'desk.search', needs: ['person.read'], inRail: true, view: SearchDesk },
  { name: 'lists', icon: 'list', label: 'desk.lists', needs: ['person.read'], inRail: true, view: ListsDesk },
  { name: 'import', icon: 'import', label: 'desk.import', needs: ['import', 'import.approve'], kind: 'import_batch', inRail: true, view: ImportDesk },
  { name: 'users', icon: 'users', label: 'desk.users', needs: ['user.read', 'user.write'], inRail: true, view: UsersDesk },
  { name: 'jobs', icon: 'jobs', label: 'desk.jobs', needs: ['import', 'system'], inRail: true, view: JobsDesk },
  { name: 'health', icon: 'health', label: 'desk.health', needs: ['system'], inRail: true, view: HealthDesk },
  { name: 'person', icon: 'person', label: 'desk.person', needs: ['person.read'], inRail: false, view: PersonDesk },
  { name: 'group', icon: 'family', label: 'desk.group', needs: ['person.read'], inRail: false, view: GroupDesk },
  { name: 'slip', icon: 'print', label: 'desk.slip', needs: ['person.read'], inRail: false, view: SlipDesk },
];

export const allowed = (desk: Desk): boolean =>
  (desk.needs.length === 0 || desk.needs.some(may)) && (desk.kind === undefined || kindOf(desk.kind) !== undefined);
export const deskOf = (name: string): Desk | undefined => DESKS.find((d) => d.name === name);
