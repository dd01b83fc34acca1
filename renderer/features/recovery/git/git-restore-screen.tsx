/** Git repositories given back, step by step: which, to where, what would become of each ref there, and then the run. */
import { Button } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useHasState, useSources } from '../../../client/live-store.ts';
import { useRefusal } from '../../../client/me.ts';
import { Notice } from '../../../components/error-notice.tsx';
import { NoRight } from '../../../components/no-right.tsx';
import { Page } from '../../../components/page.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StepRail } from '../../../components/step-rail.tsx';
import styles from '../recovery.module.css';
import { GitDraftPanel } from './git-draft-panel.tsx';
import { emptyTarget, targetOfSource, type GitSelection, type TargetDraft } from './git-draft.ts';
import { GitPreflight } from './git-preflight.tsx';
import { gitRuns } from './git-restore-run.ts';
import { GitRunPanel } from './git-run-panel.tsx';
import { GitWhat } from './git-what.tsx';
import { GitWhere } from './git-where.tsx';
import { gitSteps, type GitStep } from './git-words.ts';

export function GitRestoreScreen() {
  const search = useSearch({ from: '/recovery/git' });
  const hasState = useHasState();
  const refusal = useRefusal('git.restore');
  if (refusal !== null) return <NoRight title="Restore Git repositories" {...refusal} />;
  if (!hasState) {
    return (
      <Page title="Restore Git repositories">
        <Skeleton lines={6} />
      </Page>
    );
  }
  return <Guide key={JSON.stringify(search)} />;
}

function Guide() {
  const asked = useSearch({ from: '/recovery/git' });
  const run = gitRuns((state) => state.run);
  const [selection, setSelection] = useState<GitSelection | null>(null);
  const [draft, setDraft] = useState<TargetDraft>(emptyTarget);
  const sources = useSources();
  // Apart from the rest, and never beside it in anything that is kept.
  const [token, setToken] = useState('');
  const [step, setStep] = useState<Exclude<GitStep, 'Report'>>(
    run === null || asked.source !== undefined ? 'What' : 'Run',
  );
  const isOver = run !== null && (run.result !== null || run.problem !== null);
  const shown: GitStep = step === 'Run' && isOver ? 'Report' : step;
  const at = gitSteps.indexOf(shown);
  const isBegun = shown === 'Run' || shown === 'Report';
  return (
    <Page
      title={isBegun && run !== null ? run.title : 'Restore Git repositories'}
      sub={
        isBegun ? undefined : 'Nothing is written before you have seen what would become of each ref, and started it.'
      }
    >
      <div key={shown} ref={bringIntoSight}>
        <StepRail
          label="Steps of the restore"
          steps={gitSteps.map((id, index) => ({
            id,
            label: id,
            state:
              index < at
                ? 'done'
                : index > at
                  ? 'todo'
                  : shown === 'Report' && run?.problem !== null
                    ? 'failed'
                    : 'active',
          }))}
          onGo={isBegun ? undefined : (id) => id !== 'Report' && setStep(id)}
        />
      </div>
      {isBegun && run !== null ? (
        <GitRunPanel
          run={run}
          onAnother={() => {
            setStep('What');
          }}
        />
      ) : (
        <div className={styles['guide']}>
          <div className={styles['form']}>
            {run === null ? null : (
              <Notice tone="none" actions={<Button onClick={() => setStep('Run')}>Show it</Button>}>
                {isOver
                  ? 'The restore that was started last is over.'
                  : 'A restore that was started before is running.'}
              </Notice>
            )}
            {step === 'What' || selection === null ? (
              <GitWhat
                asked={asked}
                before={selection}
                onNext={(next) => {
                  // Where it came from is proposed, once: what somebody has typed for this source stays.
                  const from = sources.find(({ name }) => name === next.source)?.registered;
                  if (next.source !== selection?.source) setDraft((now) => ({ ...now, ...targetOfSource(from) }));
                  setSelection(next);
                  setStep('Where');
                }}
              />
            ) : step === 'Where' ? (
              <GitWhere
                selection={selection}
                draft={draft}
                onChange={(part) => setDraft((before) => ({ ...before, ...part }))}
                token={token}
                onToken={setToken}
                onBack={() => setStep('What')}
                onNext={() => setStep('Preflight')}
              />
            ) : (
              <GitPreflight
                selection={selection}
                draft={draft}
                token={token}
                onChange={(part) => setDraft((before) => ({ ...before, ...part }))}
                onBack={() => setStep('Where')}
                onStarted={() => {
                  setToken('');
                  setStep('Run');
                }}
              />
            )}
          </div>
          <GitDraftPanel selection={selection} draft={draft} step={step} />
        </div>
      )}
    </Page>
  );
}

/** Each step is read from its beginning. */
function bringIntoSight(rail: HTMLElement | null): void {
  rail?.scrollIntoView({ block: 'nearest' });
}
