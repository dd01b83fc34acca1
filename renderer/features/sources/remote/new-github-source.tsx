/** A new source of GitHub: whose repositories, reached how, which of them, and what a run would capture, before anything is saved. */
import { useState } from 'react';
import { Page, Panel } from '../../../components/page.tsx';
import { AddActions, useOtherNames } from '../add-actions.tsx';
import sourceStyles from '../sources.module.css';
import { secretsOf } from './credential-draft.ts';
import { PartFields } from './filter-fields.tsx';
import { emptyGithubDraft, githubDefinitionOf, githubNameOf, type GithubDraft } from './github-draft.ts';
import { WhichPanel, WhosePanel } from './github-form.tsx';
import { GithubSide } from './github-side.tsx';
import { MirrorsField, NameField } from './mirror-fields.tsx';
import { addRemoteCommand, secretNote } from './remote-commands.ts';
import { usePreview } from './use-preview.ts';
import styles from './remote.module.css';

export function NewGithubSource() {
  const [draft, setDraft] = useState<GithubDraft>(emptyGithubDraft);
  const change = (part: Partial<GithubDraft>) => setDraft((before) => ({ ...before, ...part }));
  const { others, added, setAdded } = useOtherNames();
  const preview = usePreview(draft);
  const definition = githubDefinitionOf(draft, others);
  const { kind } = draft.credential;
  return (
    <Page title="Add a source" sub="Repositories of a GitHub organisation or user, under one name.">
      <div className={sourceStyles['columns']}>
        <div className={sourceStyles['main']}>
          <WhosePanel draft={draft} onChange={change} preview={preview} />
          <WhichPanel draft={draft} onChange={change} preview={preview} />
          <Panel title="What of them, and under which name">
            <div className={styles['fields']}>
              <PartFields draft={draft} onChange={change} />
              <MirrorsField draft={draft} onChange={change} />
              <NameField draft={draft} onChange={change} name={githubNameOf(draft, others)} taken={others} />
              <AddActions
                definition={definition}
                secrets={() => secretsOf(draft.credential)}
                command={definition === null ? null : addRemoteCommand(definition, kind)}
                note={secretNote(kind)}
                added={added}
                onAdded={setAdded}
              />
            </div>
          </Panel>
        </div>
        <div className={sourceStyles['side']}>
          <GithubSide draft={draft} preview={preview} />
        </div>
      </div>
    </Page>
  );
}
