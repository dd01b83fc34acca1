/** What the restore would do, found out by going through all of it without writing; then the button that starts it. */
import { Figure, Figures } from './figures.tsx';
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { RunPreview } from '../../../shared/contract/restore-runs.ts';
import { problemIn, startJob, useAnswer, useOrder } from '../../client/ask.ts';
import { emptyBasket } from '../../client/basket.ts';
import { collect } from '../../client/collect.ts';
import { useRepositories } from '../../client/live-store.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Bytes, Count } from '../../components/numbers.tsx';
import { Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { CommandLines } from '../../components/show-command.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { StatusBadge, StatusMark } from '../../components/status-badge.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { readFrom, repositoriesOf, requestOf, type Draft, type Origin } from './draft.ts';
import styles from './recovery.module.css';

type StepPreflightProps = {
  readonly draft: Draft;
  readonly origin: Origin;
  /** Of a guided drill: when the operator began to choose; null where it is in earnest. */
  readonly drillOpenedAt: string | null;
  readonly onBack: () => void;
};

const tones = { ok: 'good', warning: 'part', blocker: 'fail' } as const;
const levels = { ok: 'fine', warning: 'to know', blocker: 'in the way' } as const;

export function StepPreflight({ draft, origin, drillOpenedAt, onBack }: StepPreflightProps) {
  const repository = readFrom(draft);
  if (repository === null) {
    return (
      <Panel title="Preflight">
        <Notice tone="fail" title="A restore reads from one repository">
          What is chosen lies in {repositoriesOf(draft.items).length}, and no place that holds all of it answers.
          Restore the paths of each repository by themselves.
        </Notice>
        <div className={styles['actions']}>
          <Button onClick={onBack}>Back</Button>
        </div>
      </Panel>
    );
  }
  return <Preflight {...{ draft, repository, origin, drillOpenedAt, onBack }} />;
}

function Preflight({
  draft,
  repository,
  origin,
  drillOpenedAt,
  onBack,
}: StepPreflightProps & { readonly repository: string }) {
  const navigate = useNavigate();
  const request = requestOf(draft, repository);
  const known = useRepositories().find(({ id }) => id === repository);
  const answer = useAnswer(
    ['restoreRuns.preview', request],
    async (client, signal) => {
      const { result } = await collect(client.restoreRuns.preview(request, { signal }), {
        itemsOf: () => [],
        resultOf: (event) => (event.type === 'done' ? event.result : null),
      });
      return result;
    },
    { staleTimeMs: 0 },
  );
  const order = useOrder(async (client, input: typeof request) => {
    const { repository: from, selections } = input;
    const run =
      drillOpenedAt === null
        ? (await client.restoreRuns.create(input)).id
        : (await client.drills.begin({ repository: from, selections, openedAt: drillOpenedAt })).run;
    await startJob(client.restoreRuns.start({ run, repository: from, detach: true }));
    return run;
  });
  const problem = problemIn(answer) ?? problemIn(order);
  const preview = answer.data ?? null;
  const isBlocked = preview?.checks.some(({ level }) => level === 'blocker') ?? true;
  const start = () =>
    order.mutate(request, {
      onSuccess: (id) => {
        if (origin === 'basket') emptyBasket();
        void navigate({ to: '/recovery/$run', params: { run: id } });
      },
    });
  return (
    <Panel title="Preflight">
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {preview === null && problem === null ? (
        <>
          <div className={styles['dim']} role="status">
            Going through what would be restored…
          </div>
          <Skeleton lines={5} />
        </>
      ) : null}
      {preview === null ? null : <Preview preview={preview} />}
      <div className={styles['actions']}>
        <Button onClick={onBack}>Back</Button>
        <Button
          variant="filled"
          disabled={preview === null || isBlocked || answer.isFetching}
          loading={order.isPending}
          onClick={start}
        >
          {drillOpenedAt === null ? 'Start the restore' : 'Start the drill'}
        </Button>
        <span className={styles['spring']} />
        <Button variant="subtle" loading={answer.isFetching} onClick={() => void answer.refetch()}>
          Look again
        </Button>
      </div>
      {known?.state === 'locked' ? (
        <Notice tone="part">The repository is locked. Unlock it in Settings, then look again.</Notice>
      ) : null}
    </Panel>
  );
}

function Preview({ preview }: { readonly preview: RunPreview }) {
  const { files, folders, bytes, writtenBytes, unchangedFiles, freeBytes, checks, conflicts, issues, commands } =
    preview;
  const [shows, setShows] = useState(false);
  return (
    <>
      <Figures>
        <Figure label={`files in ${folders} folders`}>
          <Count value={files} />
        </Figure>
        <Figure
          label={
            <>
              would be written of <Bytes value={bytes} />
            </>
          }
        >
          <Bytes value={writtenBytes} />
        </Figure>
        {unchangedFiles === 0 ? null : (
          <Figure label="are there already, unchanged">
            <Count value={unchangedFiles} />
          </Figure>
        )}
        <Figure label="free at the target">
          <Bytes value={freeBytes} />
        </Figure>
      </Figures>
      <ul className={styles['list']} aria-label="What was looked at" style={{ maxHeight: 'none' }}>
        {checks.map(({ id, level, title, detail }) => (
          <li key={id} className={styles['check']}>
            <StatusMark tone={tones[level]} label={levels[level]} />
            <div>
              <div>{visibleText(title)}</div>
              <div className={styles['dim']}>{visibleText(detail)}</div>
            </div>
          </li>
        ))}
      </ul>
      {conflicts.total === 0 ? null : (
        <>
          <h3>
            In the way: <Count value={conflicts.total} /> (<Count value={conflicts.kept} /> kept,{' '}
            <Count value={conflicts.replaced} /> replaced)
          </h3>
          <ul className={styles['list']} aria-label="Files in the way" tabIndex={0}>
            {conflicts.page.map(({ path, action }) => (
              <li key={path}>
                <span className={styles['grow']}>
                  <PathText path={path} />
                </span>
                <StatusBadge tone={action === 'kept' ? 'none' : 'part'}>{action}</StatusBadge>
              </li>
            ))}
            {conflicts.total > conflicts.page.length ? (
              <li>and {conflicts.total - conflicts.page.length} more</li>
            ) : null}
          </ul>
        </>
      )}
      {issues.length === 0 ? null : (
        <>
          <h3>Cannot come back as stored</h3>
          <ul className={styles['list']} tabIndex={0} aria-label="What cannot come back as stored">
            {issues.map(({ path, message }) => (
              <li key={`${path} ${message}`}>
                <span className={styles['grow']}>
                  <PathText path={path} />
                </span>
                <span className={styles['dim']}>{visibleText(message)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <div className={styles['actions']}>
        <Button variant="subtle" aria-expanded={shows} onClick={() => setShows(!shows)}>
          Show commands
        </Button>
      </div>
      {shows ? (
        <>
          <div className={styles['dim']}>The same from a terminal:</div>
          <CommandLines lines={commands.holdfast} />
          <div className={styles['dim']}>With restic, without Holdfast:</div>
          <CommandLines lines={commands.restic} />
        </>
      ) : null}
    </>
  );
}
