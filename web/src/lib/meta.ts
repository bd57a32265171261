// meta.ts: the model as the node describes it: kinds, fields, code lists, with labels in the
// language of the session. Forms, tables and filters are drawn from it.
import { computed, signal } from '@preact/signals';
import { get } from './api';
import type { Code, Meta, MetaField, MetaKind } from './types';

const meta = signal<Meta | null>(null);

export const loadMeta = async (): Promise<void> => {
  meta.value = await get<Meta>('/api/v1/meta');
};
export const forgetMeta = (): void => {
  meta.value = null;
};

interface Index {
  kinds: Map<string, MetaKind>;
  fields: Map<string, MetaField>;
  codes: Map<string, Map<string, Code>>;
}

const index = computed<Index>(() => {
  const made: Index = { kinds: new Map(), fields: new Map(), codes: new Map() };
  for (const k of meta.value?.kinds ?? []) {
    made.kinds.set(k.name, k);
    for (const f of k.fields) made.fields.set(`${k.name}.${f.name}`, f);
  }
  for (const [list, codes] of Object.entries(meta.value?.codes ?? {})) {
    made.codes.set(list, new Map(codes.map((c) => [c.code, c])));
  }
  return made;
});

export const kinds = (): MetaKind[] => meta.value?.kinds ?? [];
export const kindOf = (name: string): MetaKind | undefined => index.value.kinds.get(name);
export const fieldOf = (kind: string, name: string): MetaField | undefined =>
  index.value.fields.get(`${kind}.${name}`);
export const fieldLabel = (kind: string, name: string): string => fieldOf(kind, name)?.label ?? name;
export const codesOf = (list: string): Code[] => meta.value?.codes[list] ?? [];
export const offered = (list: string): Code[] => codesOf(list).filter((c) => c.withdrawn !== true);
export const codeLabel = (list: string, code: string): string =>
  index.value.codes.get(list)?.get(code)?.label ?? code;
export const opTitle = (name: string): string =>
  meta.value?.ops.find((o) => o.name === name)?.title ?? name;

/** Label of a value of a code field of a kind. */
export const valueLabel = (kind: string, field: string, value: string): string => {
  const list = fieldOf(kind, field)?.codes;
  return list === undefined ? value : codeLabel(list, value);
};

const RECENT_MAX = 5;
const recent = new Map<string, string[]>();

/** The last five choices of a list come first. */
export const recentCodes = (list: string): string[] => recent.get(list) ?? [];
export function rememberCode(list: string, code: string): void {
  if (code === '') return;
  recent.set(list, [code, ...recentCodes(list).filter((c) => c !== code)].slice(0, RECENT_MAX));
}
