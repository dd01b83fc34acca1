/** How far a repository has been read again, what is damaged in it, and what repairs have done. */
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Health, RepairReport } from '../../../shared/contract/integrity.ts';
import type { Connection } from '../../../shared/contract/repositories.ts';
import { coveragePercent } from '../../../shared/model/scrub.ts';
import { problemIn, startJob, useAnswer, useOrder } from '../../client/ask.ts';
import { useMay } from '../../client/me.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Bytes, Count } from '../../components/numbers.tsx';
import { Fact, Facts } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { PrunePreview } from './prune-preview.tsx';
import styles from './settings.module.css';

const shownItems = 20;
const shownRepairs = 5;

export function RepositoryHealth({ repository }: { readonly repository: Connection }) {
  // Scrubs and repairs change it without a word to this page.
  const answer = useAnswer(
    ['integrity.health', repository.id],
    (client, signal) => client.integrity.health({ repository: { id: repository.id } }, { signal }),
    { staleTimeMs: 0 },
  );
  const problem = problemIn(answer);
  if (problem !== null) return <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Skeleton lines={5} />;
  const health = answer.data;
  return (
    <div className={styles['form']}>
      <Facts>
        <Fact name="Read again">
          <CoverageWords health={health} />
        </Fact>
        <Fact name="Last scrub">
          {health.steppedAtMs === null ? 'never yet' : <RelativeTime at={new Date(health.steppedAtMs).toISOString()} />}
        </Fact>
        <Fact name="Damage">{health.damage.length === 0 ? 'none known' : <Count value={health.damage.length} />}</Fact>
        <LockFact health={health} />
      </Facts>
      <KnownDamage health={health} />
      <Repairs health={health} />
      <HealthOrders repository={repository} damaged={health.damage.length > 0} />
      <PrunePreview repository={repository} />
    </div>
  );
}

/** Where the store locks files for a time. */
function LockFact({ health: { locks } }: { readonly health: Health }) {
  if (locks === null) return null;
  const { mode, days, needed, untilMs, problem } = locks;
  return (
    <Fact name="Locked by the store">
      {mode === 'compliance' ? 'for everybody' : 'but for who may override it'}, for {days} days;{' '}
      <Count value={needed} /> files are held on to
      {untilMs === null ? null : (
        <>
          , the first until <RelativeTime at={new Date(untilMs).toISOString()} />
        </>
      )}
      {problem === null ? null : <>. The last look failed: {visibleText(problem.text)}</>}
    </Fact>
  );
}

function CoverageWords({ health: { coverage, everyDays } }: { readonly health: Health }) {
  if (coverage === null) return <>nothing yet; every byte is read within {everyDays} days</>;
  return (
    <>
      {coveragePercent(coverage)} % of <Bytes value={coverage.totalBytes} /> read in the last {everyDays} days
    </>
  );
}

function KnownDamage({ health: { damage } }: { readonly health: Health }) {
  if (damage.length === 0) return null;
  const more = damage.length - shownItems;
  return (
    <Notice tone="fail" title="Damaged, and not repaired yet">
      <ul>
        {damage.slice(0, shownItems).map(({ path, fault }) => (
          <li key={path}>
            <span className={styles['mono']}>{visibleText(path)}</span>: {visibleText(fault)}
          </li>
        ))}
      </ul>
      {more > 0 ? <p>And {more} more.</p> : null}
    </Notice>
  );
}

function Repairs({ health: { repairs } }: { readonly health: Health }) {
  if (repairs.length === 0) return null;
  return (
    <section aria-label="Repairs">
      <h3>Repairs</h3>
      <ul>
        {repairs.slice(0, shownRepairs).map(({ id, endedAtMs, report }) => (
          <li key={id}>
            <RelativeTime at={new Date(endedAtMs).toISOString()} />: {repairWords(report)}
            <LostItems report={report} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function repairWords({ files, fetched, lostFiles, losses, postponed }: RepairReport): string {
  const whole = files.filter((file) => file.whole).length;
  const from = fetched.map(({ from: place }) => visibleText(place)).join(', ');
  const lost = losses.count + lostFiles.length;
  return [
    `${whole} of ${files.length + lostFiles.length} damaged files rebuilt${from === '' ? '' : ` from ${from}`}`,
    ...(lost === 0 ? [] : [`${lost} things could be had from nowhere`]),
    ...(postponed === null ? [] : ['what is damaged is still to be taken out']),
  ].join('; ');
}

function LostItems({ report: { losses } }: { readonly report: RepairReport }) {
  if (losses.count === 0) return null;
  const more = losses.count - shownItems;
  return (
    <ul>
      {losses.items.slice(0, shownItems).map(({ snapshot, path, nearest }) => (
        <li key={`${snapshot}:${path}`}>
          <span className={styles['mono']}>
            {snapshot.slice(0, 8)}:{visibleText(path)}
          </span>{' '}
          {nearest === null ? (
            'has no good version in another snapshot'
          ) : (
            <>
              has a good version in {nearest.snapshot.slice(0, 8)}, taken{' '}
              <RelativeTime at={new Date(nearest.takenAtMs).toISOString()} />
            </>
          )}
        </li>
      ))}
      {more > 0 ? <li>And {more} more.</li> : null}
    </ul>
  );
}

type HealthOrdersProps = { readonly repository: Connection; readonly damaged: boolean };

/** To repair is the main thing to do only where there is damage. */
function HealthOrders({ repository, damaged }: HealthOrdersProps) {
  const operates = useMay('integrity.scrub');
  const repairs = useMay('integrity.repair');
  const access = { id: repository.id };
  const scrub = useOrder((client, all: boolean) =>
    startJob(client.integrity.scrub({ repository: access, all, detach: true })),
  );
  const repair = useOrder((client, dryRun: boolean) =>
    startJob(client.integrity.repair({ repository: access, dryRun, detach: true })),
  );
  const problem = problemIn(scrub) ?? problemIn(repair);
  const job = repair.data?.job ?? scrub.data?.job ?? null;
  return (
    <>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {job === null ? null : (
        <Notice tone="none" title="It runs.">
          <Link to="/activity/$job" params={{ job }}>
            Follow it in Activity
          </Link>
        </Notice>
      )}
      <div className={styles['actions']}>
        {operates ? (
          <Button loading={scrub.isPending} onClick={() => scrub.mutate(true)}>
            Read all now
          </Button>
        ) : null}
        {repairs ? (
          <>
            <Button loading={repair.isPending} onClick={() => repair.mutate(true)}>
              Rehearse repair
            </Button>
            <Button
              variant={damaged ? 'filled' : 'default'}
              loading={repair.isPending}
              onClick={() => repair.mutate(false)}
            >
              Repair
            </Button>
          </>
        ) : null}
        <ShowCommand commands={[['holdfast', 'repair', '--dry-run', '--repository', repository.location]]} />
      </div>
    </>
  );
}
