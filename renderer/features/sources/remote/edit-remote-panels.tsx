/** Changes a source that lies elsewhere: what it protects, how it is reached, and what runs around it. */
import { useState } from 'react';
import type {
  GitDefinition,
  GithubDefinition,
  RegisteredSource,
  SourceSecret,
} from '../../../../shared/contract/sources.ts';
import { Panel } from '../../../components/page.tsx';
import { hooksDraftOf, hooksOf } from '../hooks-draft.ts';
import { HooksField } from '../hooks-field.tsx';
import { emptyCredential, isCredentialWhole, secretsOf, type CredentialDraft } from './credential-draft.ts';
import { CredentialFacts } from './credential-facts.tsx';
import { PartFields } from './filter-fields.tsx';
import { GitFields } from './git-fields.tsx';
import { gitDefinitionOf, gitDraftOf, type GitDraft } from './git-draft.ts';
import { githubDefinitionOf, githubDraftOf, type GithubDraft } from './github-draft.ts';
import { WhichPanel, WhosePanel } from './github-form.tsx';
import { MirrorsField } from './mirror-fields.tsx';
import { changeRemoteCommand, secretNote } from './remote-commands.ts';
import { SaveRemote } from './save-remote.tsx';
import { NoSecretStore, RightsNote } from './rights-note.tsx';
import { usePreview } from './use-preview.ts';
import styles from './remote.module.css';

const nobody: ReadonlySet<string> = new Set();

type Props<Kind extends 'git' | 'github'> = {
  readonly source: RegisteredSource & { readonly kind: Kind };
  readonly onDone: () => void;
};

export function EditGitPanel({ source, onDone }: Props<'git'>) {
  const [draft, setDraft] = useState(() => gitDraftOf(source));
  const [credential, setCredential] = useState<CredentialDraft>({ ...emptyCredential, kind: 'kept' });
  const [hooks, setHooks] = useState(() => hooksDraftOf(source.commands));
  const change = (part: Partial<GitDraft>) => setDraft((before) => ({ ...before, ...part }));
  const commands = hooksOf(hooks);
  const made = isCredentialWhole(credential) ? gitDefinitionOf(draft, nobody) : null;
  // The name stays, since snapshots are found by it.
  const definition: GitDefinition | null =
    made === null || commands === null ? null : { ...made, name: source.name, commands };
  return (
    <Panel title="Change the definition" marked>
      <div className={styles['fields']}>
        <GitFields draft={draft} onChange={change} credential={credential} onCredential={setCredential} isThere />
        <MirrorsField draft={draft} onChange={change} />
        <HooksField draft={hooks} onChange={(part) => setHooks((before) => ({ ...before, ...part }))} />
        <RightsNote />
        {credential.kind === 'kept' ? null : <NoSecretStore />}
        <SaveRemote
          definition={definition}
          secrets={() => secretsOf(credential)}
          command={definition === null ? null : changeRemoteCommand(source, definition, credential.kind)}
          note={secretNote(credential.kind)}
          onDone={onDone}
        />
      </div>
    </Panel>
  );
}

export function EditGithubPanel({ source, onDone }: Props<'github'>) {
  const [draft, setDraft] = useState(() => githubDraftOf(source));
  const [hooks, setHooks] = useState(() => hooksDraftOf(source.commands));
  const change = (part: Partial<GithubDraft>) => setDraft((before) => ({ ...before, ...part }));
  const preview = usePreview({ ...draft, name: source.name }, source.app);
  const commands = hooksOf(hooks);
  const made = githubDefinitionOf(draft, nobody, source.app);
  const definition: GithubDefinition | null =
    made === null || commands === null ? null : { ...made, name: source.name, commands };
  const { kind } = draft.credential;
  const secrets = (): SourceSecret[] => secretsOf(draft.credential);
  return (
    <>
      <WhosePanel
        draft={draft}
        onChange={change}
        preview={preview}
        kept={source.app === null ? 'its token' : `App ${source.app.id}`}
      />
      {preview.found === null ? null : (
        <Panel title="The credential">
          <CredentialFacts found={preview.found} />
        </Panel>
      )}
      <WhichPanel draft={draft} onChange={change} preview={preview} />
      <Panel title="Change the definition" marked>
        <div className={styles['fields']}>
          <PartFields draft={draft} onChange={change} />
          <MirrorsField draft={draft} onChange={change} />
          <HooksField draft={hooks} onChange={(part) => setHooks((before) => ({ ...before, ...part }))} />
          <RightsNote github />
          {kind === 'token' || kind === 'app' ? <NoSecretStore /> : null}
          <SaveRemote
            definition={definition}
            secrets={secrets}
            command={definition === null ? null : changeRemoteCommand(source, definition, kind)}
            note={secretNote(kind)}
            onDone={onDone}
          />
        </div>
      </Panel>
    </>
  );
}
