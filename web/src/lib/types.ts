// types.ts: what the server sends and takes, as the desks use it.

export type Value = string | number | boolean | null | string[];
export type Fields = Record<string, Value>;

/** A record as every read gives it; `labels` has the text of codes and references. */
export interface Rec {
  kind: string;
  id: string;
  version: string;
  void?: string | boolean | null;
  conflict?: boolean;
  fields: Fields;
  labels?: Record<string, string | string[]>;
}

export interface Session {
  user: { id: string; login: string; name: string };
  office: {
    id: string;
    code: string;
    name: string;
    calendar?: string;
    language?: string;
    dial_code?: string;
  };
  language: string;
  permissions: string[];
  must_change_password: boolean;
  locked: boolean;
  csrf: string;
  server_time: string;
  node?: string;
  operation?: string;
  today: string;
}

export interface MetaField {
  name: string;
  no: number;
  type: string;
  codes?: string;
  kind?: string;
  max?: number;
  min?: number;
  scale?: number;
  flags: string[];
  lane?: string;
  ask?: string;
  label: string;
  doc?: string;
  custom?: boolean;
}

export interface MetaKind {
  name: string;
  no: number;
  title_field?: string;
  label: string;
  fields: MetaField[];
}

export interface Code {
  code: string;
  label: string;
  parent?: string;
  withdrawn?: boolean;
}

export interface MetaOp {
  name: string;
  version: number;
  title: string;
  needs?: string;
  read?: boolean;
  job?: boolean;
  takes?: unknown;
}

export interface Meta {
  kinds: MetaKind[];
  codes: Record<string, Code[]>;
  ops: MetaOp[];
}

/** A line of person.search and of registration.check. */
export interface PersonLine {
  person: string;
  group?: string | null;
  number?: string | null;
  group_number?: string | null;
  name?: string | null;
  name_local?: string | null;
  father_name?: string | null;
  sex?: string | null;
  age?: number | null;
  age_span?: string | number[] | null;
  birth_date?: string | null;
  birth_date_precision?: string | null;
  village?: string | null;
  focal_point?: boolean;
  matched?: string | null;
  photo?: string | null;
  void?: string | boolean | null;
}

export interface SearchResult {
  rows: PersonLine[];
  searched?: number;
  total?: number;
  more?: boolean;
}

export interface PersonFile {
  person: Rec;
  groups: { membership: Rec; group: Rec }[];
  names: Rec[];
  phones: Rec[];
  documents: Rec[];
  consents: Rec[];
  needs?: Rec[];
  need_count?: number;
  photos: Rec[];
  relatives: { relation: string; id: string; name: string }[];
  conflicts?: Conflict[];
}

export interface Conflict {
  kind: string;
  id: string;
  field: string;
  label?: string;
  values?: { value: Value; label?: string; precision?: string; when?: string; actor?: string }[];
}

export interface GroupFile {
  group: Rec;
  members: { membership: Rec; person: Rec }[];
  interviews: Rec[];
  former_members: { membership: Rec; person: Rec }[];
  conflicts?: Conflict[];
}

export interface HistoryChange {
  kind: string;
  id: string;
  field: string;
  label?: string;
  /** In a family's history: the person a change of a membership is about. */
  whose?: string;
  before?: Value;
  after?: Value;
  stands?: boolean;
  /** There was a change that this reader may not see. */
  sealed?: boolean;
}

export interface HistoryEntry {
  act: string;
  op: string;
  op_title?: string;
  when: string;
  client_time?: string | null;
  actor?: { id: string; name: string } | null;
  office?: string | { name?: string; code?: string } | null;
  reason?: string | null;
  reason_text?: string | null;
  changes: HistoryChange[];
  can_undo?: boolean;
}

export interface CheckMatch extends PersonLine {
  member: number;
  reasons: { field: string; kind: string }[];
}

export interface QueryResult {
  rows: Rec[];
  next?: string | null;
  searched?: number;
  total?: number;
}

export interface Job {
  id: string;
  op: string;
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  done: number;
  total: number;
  phase?: string | null;
  result?: Record<string, unknown> | null;
  problem?: Problem | null;
  started?: string;
  queued_at?: string;
}

export interface ProblemError {
  path?: string;
  key: string;
  message?: string;
  args?: Record<string, unknown>;
}

export interface Problem {
  type?: string;
  title: string;
  status: number;
  code?: string;
  reference?: string;
  errors?: ProblemError[];
  retry_after_s?: number;
}
