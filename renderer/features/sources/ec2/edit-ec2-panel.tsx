/** Changes a source in EC2. */
import { useState } from 'react';
import type { Ec2Definition, RegisteredSource } from '../../../../shared/contract/sources.ts';
import { Panel } from '../../../components/page.tsx';
import { hooksDraftOf, hooksOf } from '../hooks-draft.ts';
import { HooksField } from '../hooks-field.tsx';
import { SaveRemote } from '../remote/save-remote.tsx';
import styles from '../remote/remote.module.css';
import { changeEc2Command } from './ec2-commands.ts';
import { ec2DefinitionOf, ec2DraftOf, lockOf, needsConfirming, type Ec2Draft } from './ec2-draft.ts';
import { Ec2Fields } from './ec2-fields.tsx';

const nobody: ReadonlySet<string> = new Set();

type Props = { readonly source: RegisteredSource & { readonly kind: 'ec2' }; readonly onDone: () => void };

export function EditEc2Panel({ source, onDone }: Props) {
  const [draft, setDraft] = useState(() => ec2DraftOf(source));
  const [hooks, setHooks] = useState(() => hooksDraftOf(source.commands));
  const [typed, setTyped] = useState('');
  const change = (part: Partial<Ec2Draft>) => setDraft((before) => ({ ...before, ...part }));
  const commands = hooksOf(hooks);
  const word = needsConfirming(lockOf(draft), source.lock) ? source.name : null;
  const made = word === null || typed.trim() === word ? ec2DefinitionOf(draft, nobody) : null;
  // The name stays, since snapshots are found by it.
  const definition: Ec2Definition | null =
    made === null || commands === null ? null : { ...made, name: source.name, commands };
  return (
    <Panel title="Change the definition" marked>
      <div className={styles['fields']}>
        <Ec2Fields draft={draft} onChange={change} word={word} typed={typed} onTyped={setTyped} />
        <HooksField draft={hooks} onChange={(part) => setHooks((before) => ({ ...before, ...part }))} />
        <SaveRemote
          definition={definition}
          command={definition === null ? null : changeEc2Command(source, definition)}
          onDone={onDone}
        />
      </div>
    </Panel>
  );
}
