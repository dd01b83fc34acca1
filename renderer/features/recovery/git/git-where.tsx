/** To where Git repositories are given back, with what its server is asked, and what may be lost there. */
import { Button, Checkbox, PasswordInput, Radio, Select, TextInput } from '@mantine/core';
import { useFolderChooser } from '../../../client/machine.ts';
import { FolderDialog } from '../../../components/folder-dialog.tsx';
import { Panel } from '../../../components/page.tsx';
import styles from '../recovery.module.css';
import {
  apiFault,
  isSeveral,
  nameFault,
  ownerFault,
  pathFault,
  targetKinds,
  targetOf,
  tokenUse,
  urlFault,
  type GitSelection,
  type TargetDraft,
  type TargetKind,
} from './git-draft.ts';

type GitWhereProps = {
  readonly selection: GitSelection;
  readonly draft: TargetDraft;
  readonly onChange: (change: Partial<TargetDraft>) => void;
  readonly token: string;
  readonly onToken: (token: string) => void;
  readonly onBack: () => void;
  readonly onNext: () => void;
};

const kinds: Readonly<Record<TargetKind, { readonly label: string; readonly words: string }>> = {
  github: { label: 'GitHub', words: 'A repository that is there, or one that is made for it.' },
  url: { label: 'Another Git server', words: 'An address to push to; the repository has to be there.' },
  bare: { label: 'A bare repository', words: 'In a folder of the machine of the engine: what a server would hold.' },
  checkout: { label: 'A working folder', words: 'With the files of the default branch, to go on with.' },
  bundle: { label: 'A bundle', words: 'One file that git clones from: to carry away, or to keep.' },
};

export function GitWhere({ selection, draft, onChange, token, onToken, onBack, onNext }: GitWhereProps) {
  const several = isSeveral(selection);
  const target = targetOf(draft, several);
  const use = tokenUse(draft);
  const isReady = target !== null && (use !== 'needed' || token.trim() !== '');
  const change = (kind: string) => {
    const next = targetKinds.find((one) => one === kind) ?? 'github';
    // A token is for the server it was typed for.
    if (next !== draft.kind) onToken('');
    onChange({ kind: next });
  };
  return (
    <Panel title="Where">
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) onNext();
        }}
      >
        <Radio.Group label="Restore to" value={draft.kind} onChange={change}>
          <div className={styles['form']}>
            {targetKinds.map((kind) => (
              <Radio key={kind} value={kind} label={kinds[kind].label} description={kinds[kind].words} />
            ))}
          </div>
        </Radio.Group>
        {draft.kind === 'github' ? <GithubTarget draft={draft} several={several} onChange={onChange} /> : null}
        {draft.kind === 'url' ? (
          <TextInput
            label="Address"
            description={
              several
                ? 'https:// or ssh://, with {owner} and {name} where those of each repository go.'
                : 'https:// or ssh://. May hold {owner} and {name}.'
            }
            placeholder={
              several ? 'https://git.example.org/{owner}/{name}.git' : 'https://git.example.org/team/tool.git'
            }
            value={draft.url}
            error={urlFault(draft.url, several)}
            spellCheck={false}
            onChange={(event) => onChange({ url: event.currentTarget.value })}
          />
        ) : null}
        {draft.kind === 'bare' || draft.kind === 'checkout' || draft.kind === 'bundle' ? (
          <PathTarget draft={draft} several={several} onChange={onChange} />
        ) : null}
        {use === 'none' ? null : (
          <Access draft={draft} onChange={onChange} token={token} onToken={onToken} isNeeded={use === 'needed'} />
        )}
        <fieldset className={styles['options']}>
          <legend>What may happen there</legend>
          {draft.kind === 'github' && selection.ref === null ? (
            <Checkbox
              label="Give back also settings, topics, releases with their assets, the wiki, and whether it is archived"
              description="Without this only Git: branches, tags, notes, large files and the default branch."
              checked={draft.beside}
              onChange={(event) => onChange({ beside: event.currentTarget.checked })}
            />
          ) : null}
          <Checkbox
            label="Overwrite branches and tags that hold other commits there, and values that somebody has set"
            description="Without this they are held back, and named."
            checked={draft.overwrite}
            onChange={(event) => onChange({ overwrite: event.currentTarget.checked })}
          />
          {selection.ref === null ? (
            <Checkbox
              label="Delete branches and tags that only the target has"
              description="Without this they are left."
              checked={draft.deletes}
              onChange={(event) => onChange({ deletes: event.currentTarget.checked })}
            />
          ) : null}
          <Checkbox
            label="Verify: compare the refs of the target afterwards, and check a fresh clone of it"
            checked={draft.verify}
            onChange={(event) => onChange({ verify: event.currentTarget.checked })}
          />
        </fieldset>
        <div className={styles['actions']}>
          <Button onClick={onBack}>Back</Button>
          <Button type="submit" variant="filled" disabled={!isReady}>
            Next
          </Button>
        </div>
      </form>
    </Panel>
  );
}

type TargetProps = {
  readonly draft: TargetDraft;
  readonly several: boolean;
  readonly onChange: (change: Partial<TargetDraft>) => void;
};

function GithubTarget({ draft, several, onChange }: TargetProps) {
  return (
    <div className={styles['pair']}>
      <TextInput
        label="Owner"
        description="Organisation or user on the target."
        placeholder="acme"
        value={draft.owner}
        error={ownerFault(draft.owner)}
        spellCheck={false}
        onChange={(event) => onChange({ owner: event.currentTarget.value })}
      />
      <TextInput
        label={several ? 'Names' : 'Name'}
        description="{name} is the name it had."
        value={draft.name}
        error={nameFault(draft.name, several)}
        spellCheck={false}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <Select
        label="If it has to be made, it is"
        description="One that is there keeps what it has."
        data={['private', 'public']}
        value={draft.isPrivate ? 'private' : 'public'}
        allowDeselect={false}
        onChange={(value) => onChange({ isPrivate: value !== 'public' })}
      />
      <TextInput
        label="Address of the API"
        description="Empty: github.com."
        placeholder="https://api.github.com"
        value={draft.api}
        error={apiFault(draft.api)}
        spellCheck={false}
        onChange={(event) => onChange({ api: event.currentTarget.value })}
      />
    </div>
  );
}

function PathTarget({ draft, several, onChange }: TargetProps) {
  const chooser = useFolderChooser('Restore below this folder', (path) => onChange({ path }));
  const ends = { bare: '.git', checkout: '', bundle: '.bundle', github: '', url: '' } as const;
  return (
    <>
      <div className={styles['target']}>
        <TextInput
          label={draft.kind === 'bundle' && !several ? 'File' : 'Folder'}
          description={
            several
              ? `On the machine of the engine. Each lies below it as <owner>/<name>${ends[draft.kind]}.`
              : 'On the machine of the engine, by its whole path.'
          }
          placeholder={several ? '/srv/restored' : `/srv/restored/tool${ends[draft.kind]}`}
          value={draft.path}
          error={pathFault(draft.path)}
          spellCheck={false}
          onChange={(event) => onChange({ path: event.currentTarget.value })}
        />
        <Button onClick={chooser.open}>Browse…</Button>
      </div>
      <FolderDialog {...chooser.dialog} />
    </>
  );
}

type AccessProps = Omit<TargetProps, 'several'> & {
  readonly token: string;
  readonly onToken: (token: string) => void;
  readonly isNeeded: boolean;
};

function Access({ draft, onChange, token, onToken, isNeeded }: AccessProps) {
  return (
    <fieldset className={styles['options']}>
      <legend>A token that may write there</legend>
      <p className={styles['dim']}>
        {isNeeded
          ? 'Fine-grained: contents and administration, read and write (administration to make a repository, for its settings and its default branch). '
          : 'Only where the server asks for one. '}
        It is not the token that protects. It is used for the preflight and the restore, kept nowhere, and gone from
        this page once the restore has started.
      </p>
      <div className={styles['pair']}>
        <PasswordInput
          label="Token"
          value={token}
          autoComplete="off"
          onChange={(event) => onToken(event.currentTarget.value.trim())}
        />
        {draft.kind === 'url' ? (
          <TextInput
            label="User"
            description="The name that goes with it; most servers take any."
            placeholder="any"
            value={draft.user}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => onChange({ user: event.currentTarget.value })}
          />
        ) : null}
      </div>
    </fieldset>
  );
}
