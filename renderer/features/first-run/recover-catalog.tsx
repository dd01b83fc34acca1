/** The catalog as it is filled from the repository. */
import { Button } from '@mantine/core';
import { formatCount } from '../../../shared/model/units.ts';
import type { Progress as ProgressOf } from '../../../shared/contract/common.ts';
import { percentOf } from '../../../shared/model/progress.ts';
import { useClient } from '../../client/client-context.tsx';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { Progress } from '../../components/progress.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './first-run.module.css';
import { changeRecover, recoverStore, runRebuild, stopRebuild, type Rebuild } from './recover-store.ts';
import { StepBody } from './step-body.tsx';

const questions: Readonly<Record<Rebuild['state'], string>> = {
  idle: 'The catalog is not filled yet',
  running: 'Reading what the repository holds',
  done: 'The catalog is filled',
  failed: 'The catalog could not be filled',
  stopped: 'Stopped; what was read is kept',
};

export function RecoverCatalog() {
  const { rebuild, repository } = recoverStore();
  const client = useClient();
  const next = () => changeRecover({ step: 'configuration' });
  const again = () => {
    if (repository !== null) void runRebuild(client, repository);
  };
  const running = rebuild.state === 'running';
  return (
    <StepBody
      question={questions[rebuild.state]}
      lead="The catalog makes snapshots quick to search and browse. It is made from the repository alone and can be made again at any time."
      onSubmit={next}
      actions={
        <>
          {running ? <Button onClick={stopRebuild}>Stop</Button> : null}
          {rebuild.state === 'failed' || rebuild.state === 'stopped' || rebuild.state === 'idle' ? (
            <Button onClick={again}>Go on reading</Button>
          ) : null}
          <span className={styles['spring']} />
          <Button type="submit" variant="filled">
            {running ? 'Go on while it is read' : 'Next: configuration'}
          </Button>
        </>
      }
      side={
        <Panel title="Meanwhile">
          <p>Snapshots can be restored as soon as they are listed; searching waits until they have been read.</p>
        </Panel>
      }
    >
      {running ? <Reading progress={rebuild.progress} /> : null}
      {rebuild.result === null ? null : (
        <Notice tone={rebuild.result.unreadable > 0 ? 'part' : 'good'}>
          {formatCount(rebuild.result.searchable)} {rebuild.result.searchable === 1 ? 'snapshot' : 'snapshots'} can be
          searched
          {rebuild.result.unreadable > 0 ? `; ${formatCount(rebuild.result.unreadable)} cannot be read` : ''}.
        </Notice>
      )}
      {rebuild.problem === null ? null : <ErrorNotice problem={rebuild.problem} onRetry={again} />}
      {rebuild.notices.slice(-5).map((text) => (
        <Notice key={text} tone="none">
          {visibleText(text)}
        </Notice>
      ))}
    </StepBody>
  );
}

function Reading({ progress }: { readonly progress: ProgressOf | null }) {
  const total = progress?.totalItems ?? null;
  const item = progress?.currentItem ?? null;
  return (
    <div className={styles['body']}>
      <Progress percent={progress === null ? null : percentOf(progress)} label="Reading the repository" />
      <p className={styles['dim']} aria-live="off">
        {progress === null
          ? 'beginning'
          : `${progress.phase}: ${formatCount(progress.doneItems)}${total === null ? '' : ` of ${formatCount(total)}`}`}
      </p>
      {item === null ? null : <PathText path={item} mono />}
    </div>
  );
}
