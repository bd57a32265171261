// paperstab.tsx: documents and telephones.
import type { PersonFile } from '../../lib/types';
import { ChildList } from './childlist';

export function PapersTab({ file, reload, past }: { file: PersonFile; reload: () => void; past: boolean }) {
  const common = { person: file.person.id, reload, past };
  return (
    <>
      <ChildList {...common} kind="document" rows={file.documents} columns={['type', 'number', 'issuing_country', 'issued_on', 'expires_on']} />
      <ChildList {...common} kind="phone" rows={file.phones} columns={['number', 'type', 'owner_note']} />
    </>
  );
}
