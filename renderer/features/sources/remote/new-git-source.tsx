/** A new source of Git addresses. */
import { useState } from 'react';
import { Page, Panel } from '../../../components/page.tsx';
import { AddActions, useOtherNames } from '../add-actions.tsx';
import sourceStyles from '../sources.module.css';
import { emptyCredential, isCredentialWhole, secretsOf } from './credential-draft.ts';
import { emptyGitDraft, gitDefinitionOf, gitNameOf, type GitDraft } from './git-draft.ts';
import { GitFields } from './git-fields.tsx';
import { MirrorsField, NameField } from './mirror-fields.tsx';
import { addRemoteCommand, secretNote } from './remote-commands.ts';
import { NoSecretStore, RightsNote } from './rights-note.tsx';
import styles from './remote.module.css';

export function NewGitSource() {
  const [draft, setDraft] = useState<GitDraft>(emptyGitDraft);
  const [credential, setCredential] = useState({ ...emptyCredential, kind: 'none' as 'none' | 'token' });
  const change = (part: Partial<GitDraft>) => setDraft((before) => ({ ...before, ...part }));
  const { others, added, setAdded } = useOtherNames();
  const made = gitDefinitionOf(draft, others);
  const definition = isCredentialWhole(credential) ? made : null;
  return (
    <Page title="Add a source" sub="Git repositories by their addresses, under one name.">
      <div className={sourceStyles['columns']}>
        <Panel title="Git addresses">
          <div className={styles['fields']}>
            <GitFields
              draft={draft}
              onChange={change}
              credential={credential}
              onCredential={(next) => setCredential({ ...next, kind: next.kind === 'token' ? 'token' : 'none' })}
            />
            <MirrorsField draft={draft} onChange={change} />
            <NameField draft={draft} onChange={change} name={gitNameOf(draft, others)} taken={others} />
            <AddActions
              definition={definition}
              secrets={() => secretsOf(credential)}
              command={definition === null ? null : addRemoteCommand(definition, credential.kind)}
              note={secretNote(credential.kind)}
              added={added}
              onAdded={setAdded}
            />
          </div>
        </Panel>
        <div className={sourceStyles['side']}>
          <Panel title="Rights">
            <div className={styles['side']}>
              <RightsNote />
              {credential.kind === 'none' ? null : <NoSecretStore />}
            </div>
          </Panel>
        </div>
      </div>
    </Page>
  );
}
