/** What would become of each ref of the target, found out by asking it; then the button that starts the restore. */
import { Button, Checkbox } from '@mantine/core';
import { useMemo, useState } from 'react';
import { formatCount } from '../../../../shared/model/units.ts';
import { useClientSource } from '../../../client/client-context.tsx';
import { useIsLive } from '../../../client/live-store.ts';
import { ConfirmDestructive } from '../../../components/confirm-destructive.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { shortRef } from '../../../components/git-words.ts';
import { Panel } from '../../../components/page.tsx';
import { Progress } from '../../../components/progress.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../recovery.module.css';
import {
  accessOf,
  commandOf,
  isSeveral,
  requestOf,
  targetOf,
  type GitSelection,
  type TargetDraft,
} from './git-draft.ts';
import { nameOfPath, sayTarget } from './git-draft-panel.tsx';
import { RefFigures } from './git-figures.tsx';
import { runGitRestore } from './git-restore-run.ts';
import { RepositoryList, RefList } from './git-lists.tsx';
import { PartList } from './git-parts.tsx';
import { takesAway, willChange } from './git-words.ts';
import { usePlan, type GitPlan } from './use-plan.ts';

type GitPreflightProps = {
  readonly selection: GitSelection;
  readonly draft: TargetDraft;
  readonly token: string;
  readonly onChange: (change: Partial<TargetDraft>) => void;
  readonly onBack: () => void;
  readonly onStarted: () => void;
};

export function GitPreflight({ selection, draft, token, onChange, onBack, onStarted }: GitPreflightProps) {
  const { get } = useClientSource();
  const live = useIsLive();
  const [confirms, setConfirms] = useState(false);
  const several = isSeveral(selection);
  const target = targetOf(draft, several) ?? { kind: 'url' as const, url: draft.url };
  const request = requestOf(selection, draft, target);
  const plan = usePlan(request, () => accessOf(draft, token));
  const goes = useMemo(() => takesAway(plan.repositories), [plan.repositories]);
  const held = plan.result?.refs.heldBack ?? 0;
  const hasWork = plan.repositories.some(
    ({ created, refs, parts }) => created || refs.some(willChange) || parts.some(willChange),
  );
  const heldParts = plan.result?.parts.heldBack ?? 0;
  const start = () => {
    const access = accessOf(draft, token);
    void runGitRestore(
      get(),
      { ...request, ...(access === null ? {} : { access }) },
      {
        title: titleOf(selection),
        target: sayTarget(draft),
        takenAt: selection.takenAt,
        verify: draft.verify,
        startedAt: new Date().toISOString(),
      },
    );
    onStarted();
  };
  return (
    <Panel title="Preflight">
      <div className={styles['form']}>
        {plan.problem === null ? null : <ErrorNotice problem={plan.problem} onRetry={plan.again} />}
        {plan.looking ? <Looking plan={plan} /> : null}
        <Notices texts={plan.notices} />
        {plan.result === null ? null : <RefFigures counts={plan.result.refs} dryRun />}
        {plan.result === null || hasWork ? null : (
          <Notice tone="none">Nothing would be written: there is nothing to start.</Notice>
        )}
        {held + heldParts === 0 && !draft.overwrite ? null : (
          <Notice
            tone={draft.overwrite ? 'fail' : 'part'}
            title={draft.overwrite ? 'Overwriting is allowed' : heldWords(held, heldParts)}
          >
            <Checkbox
              label="Overwrite: what the target has there may then be on no branch or tag of it any more, and its values are gone"
              checked={draft.overwrite}
              onChange={(event) => onChange({ overwrite: event.currentTarget.checked })}
            />
          </Notice>
        )}
        {plan.repositories.length === 0 ? null : (
          <>
            {several ? <RepositoryList repositories={plan.repositories} /> : null}
            <RefList repositories={plan.repositories} several={several} />
            <PartList repositories={plan.repositories} several={several} />
          </>
        )}
      </div>
      <div className={styles['actions']}>
        <Button onClick={onBack}>Back</Button>
        <Button
          variant="filled"
          disabled={plan.result === null || !hasWork || !live}
          onClick={() => (goes.length === 0 ? start() : setConfirms(true))}
        >
          {goes.length === 0 ? 'Start the restore' : 'Start the restore…'}
        </Button>
        <span className={styles['spring']} />
        <ShowCommand
          commands={[commandOf(selection, draft, { withToken: token !== '', dryRun: false })]}
          {...(token === ''
            ? {}
            : {
                note: 'The token is read from the environment variable that is named; it does not stand in the command.',
              })}
        />
        <Button variant="subtle" loading={plan.looking} onClick={plan.again}>
          Look again
        </Button>
      </div>
      <ConfirmDestructive
        opened={confirms}
        onClose={() => setConfirms(false)}
        title="Overwrite and delete what the target has"
        goes={goes.map(({ repository, name, from, how }) => ({
          id: `${repository} ${name}`,
          name: `${repository} ${name}`,
          detail: `${how}, is ${from === null ? 'nothing' : `now ${from}`}`,
          bytes: null,
        }))}
        word={String(goes.length)}
        verb="Start the restore"
        busy={false}
        problem={null}
        onConfirm={() => {
          setConfirms(false);
          start();
        }}
      >
        Their commits stay at the target’s server for as long as it keeps what no ref leads to; nobody can rely on that.
      </ConfirmDestructive>
    </Panel>
  );
}

const shownNotices = 8;

/** They hold whatever becomes of the refs. */
function Notices({ texts }: { readonly texts: readonly string[] }) {
  if (texts.length === 0) return null;
  const more = texts.length - shownNotices;
  return (
    <Notice tone="part" title="To know before it starts">
      {texts.slice(0, shownNotices).map((text) => (
        <div key={text}>{visibleText(text)}</div>
      ))}
      {more > 0 ? <div>{formatCount(more)} more: the command line lists them all.</div> : null}
    </Notice>
  );
}

function Looking({ plan }: { readonly plan: GitPlan }) {
  const { progress, repositories } = plan;
  const { doneItems = 0, totalItems = null } = progress ?? {};
  return (
    <div role="status">
      <div className={styles['dim']}>
        Asking the target for its refs, and comparing them. Nothing is written.
        {repositories.length === 0 ? '' : ` ${formatCount(repositories.length)} repositories so far.`}
      </div>
      <Progress
        percent={totalItems === null || totalItems === 0 ? null : Math.floor((doneItems / totalItems) * 100)}
        label="The preflight"
      />
    </div>
  );
}

function heldWords(refs: number, parts: number): string {
  const ofRefs = refs === 1 ? 'One ref is' : `${formatCount(refs)} refs are`;
  if (refs > 0) return `${ofRefs} held back: the target has other commits there`;
  return `${parts === 1 ? 'One value is' : `${formatCount(parts)} values are`} held back: somebody has set them there`;
}

function titleOf({ paths, ref, source }: GitSelection): string {
  if (paths === null) return `Giving back all repositories of ${source}`;
  const [only] = paths;
  if (paths.length > 1 || only === undefined)
    return `Giving back ${formatCount(paths.length)} repositories of ${source}`;
  return ref === null ? `Giving back ${nameOfPath(only)}` : `Giving back ${shortRef(ref.to)} of ${nameOfPath(only)}`;
}
