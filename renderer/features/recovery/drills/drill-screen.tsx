/** One drill: what it found, how long it took, and what it made and took away again. */
import { Button } from '@mantine/core';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { Drill } from '../../../../shared/contract/drills.ts';
import { rtoWords } from '../../../../shared/model/drills.ts';
import { formatDuration } from '../../../../shared/model/units.ts';
import { problemIn, startJob, useAnswer, useOrder } from '../../../client/ask.ts';
import { useIsLive, useLive, useRepositories } from '../../../client/live-store.ts';
import { May } from '../../../client/may.tsx';
import { actorWords } from '../../../components/actor.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { NoSuch } from '../../../components/no-such.tsx';
import { Fact, Facts, Page, Panel } from '../../../components/page.tsx';
import { DayTime } from '../../../components/relative-time.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StatusBadge, StatusMark } from '../../../components/status-badge.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { EvidenceLink } from '../evidence/evidence-panel.tsx';
import recovery from '../recovery.module.css';
import { amountWords, checkTones, isDamaged, placeWords, rtoTone, sayDrillState } from './drill-words.ts';
import styles from './drills.module.css';

export function DrillScreen() {
  const { drill: id } = useParams({ from: '/recovery/drills/$drill' });
  const state = useLive((live) => live.sources.values().find(({ drill }) => drill?.id === id)?.drill?.state ?? '');
  const answer = useAnswer(['drills.get', id, state], (client, signal) => client.drills.get({ drill: id }, { signal }));
  const problem = problemIn(answer);
  const drill = answer.data;
  if (drill === undefined)
    return (
      <Page title="Drill">
        {problem === null ? (
          <Skeleton lines={6} />
        ) : (
          <NoSuch
            problem={problem}
            what="drill"
            action={<Link to="/recovery/drills">All drills</Link>}
            onRetry={() => void answer.refetch()}
          >
            The address may be cut short, or of another home.
          </NoSuch>
        )}
      </Page>
    );
  return <Shown drill={drill} />;
}

function Shown({ drill }: { readonly drill: Drill }) {
  const { tone, words } = sayDrillState(drill.state);
  return (
    <Page
      title={`Drill of ${visibleText(drill.source)}`}
      sub={
        <>
          <Link to="/recovery/drills">Drills</Link> · to {placeWords[drill.place]}, away from the source
        </>
      }
      mark={<StatusBadge tone={tone}>{words}</StatusBadge>}
      actions={
        <>
          <ShowCommand commands={[['holdfast', 'drill', 'show', drill.id.slice(0, 8)]]} />
          <Again drill={drill} />
        </>
      }
    >
      <div className={recovery['guide']}>
        <div className={styles['form']}>
          {drill.error === null ? null : <ErrorNotice problem={drill.error} />}
          {drill.left === 0 || drill.state === 'running' ? null : (
            <Notice tone="part" title="Not all it made could be taken away yet">
              It is tried again every hour, and by `holdfast drill cleanup`.
            </Notice>
          )}
          <Damage drill={drill} />
          <Checks drill={drill} />
          <Steps drill={drill} />
          <Issues drill={drill} />
        </div>
        <div>
          <FactsOf drill={drill} />
        </div>
      </div>
    </Page>
  );
}

/** The same source once more: what failed is taken again. */
function Again({ drill: { source, how, state } }: { readonly drill: Drill }) {
  const navigate = useNavigate();
  const live = useIsLive();
  const order = useOrder((client, name: string) => startJob(client.drills.run({ source: name, detach: true })));
  const problem = problemIn(order);
  if (how === 'plan') return null;
  return (
    <May call="drills.run">
      <Button
        disabled={!live || state === 'running'}
        loading={order.isPending}
        onClick={() =>
          order.mutate(source, {
            onSuccess: ({ job }) => void navigate({ to: '/activity/$job', params: { job } }),
          })
        }
      >
        Rehearse again
      </Button>
      {problem === null ? null : <ErrorNotice problem={problem} />}
    </May>
  );
}

function Damage({ drill }: { readonly drill: Drill }) {
  if (!isDamaged(drill)) return null;
  return (
    <Notice tone="fail" title="What is stored is damaged, or some of it is missing">
      A repair brings it back from a site, from the source, or from other snapshots. Then rehearse again.{' '}
      <Link
        to="/settings"
        search={{ section: 'repositories', repository: drill.repository.id, task: 'health' }}
        className={styles['way'] ?? ''}
      >
        Health of the repository
      </Link>
    </Notice>
  );
}

function Checks({ drill: { checks, state } }: { readonly drill: Drill }) {
  return (
    <Panel title="What was checked">
      {checks.length === 0 ? (
        <span className={styles['dim']}>{state === 'running' ? 'Nothing yet.' : 'It did not come so far.'}</span>
      ) : (
        <ul className={styles['list']} aria-label="What was checked">
          {checks.map(({ id, title, result, detail }) => (
            <li key={`${id} ${title}`} className={styles['item']}>
              <StatusMark {...checkTones[result]} />
              <div>
                <div>{visibleText(title)}</div>
                <div className={styles['dim']}>{visibleText(detail)}</div>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Steps({ drill: { steps } }: { readonly drill: Drill }) {
  return (
    <Panel title="Steps">
      <ul className={styles['list']} aria-label="Steps">
        {steps.map(({ id, title, startedAt, endedAt, detail }) => (
          <li key={`${id} ${startedAt}`} className={styles['item']}>
            <StatusMark tone={endedAt === null ? 'run' : 'none'} label={endedAt === null ? 'not ended' : 'ended'} />
            <div>
              <div>{visibleText(title)}</div>
              {detail === null ? null : <div className={styles['dim']}>{visibleText(detail)}</div>}
            </div>
            <span className={styles['dim']}>
              {endedAt === null ? '' : formatDuration(Date.parse(endedAt) - Date.parse(startedAt))}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Issues({ drill: { issues, issueCount } }: { readonly drill: Drill }) {
  if (issues.length === 0) return null;
  return (
    <Panel title={`Problems: ${issueCount}`}>
      <ul className={styles['list']} tabIndex={0} aria-label="Problems">
        {issues.slice(0, 50).map(({ path, message }) => (
          <li key={`${path} ${message}`}>
            <div>{visibleText(path)}</div>
            <div className={styles['dim']}>{visibleText(message)}</div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function repositoryOf(repository: string | undefined) {
  return repository === undefined ? {} : { repository };
}

function FactsOf({ drill }: { readonly drill: Drill }) {
  const { rto, rtoMs, humanMs, restoreMs, evidence } = drill;
  const connection = useRepositories().find(({ repository }) => repository === drill.repository.id)?.id;
  return (
    <Panel title="This drill">
      <Facts>
        <Fact name="Begun">
          <DayTime at={drill.startedAt} />, by {actorWords(drill.actor)}
        </Fact>
        {drill.takenAt === null || drill.snapshot === null ? null : (
          <Fact name="Recovery point">
            <DayTime at={drill.takenAt} />,{' '}
            <Link
              to="/snapshots"
              search={{ source: drill.source, snapshot: drill.snapshot, ...repositoryOf(connection) }}
            >
              {drill.snapshot.slice(0, 8)}
            </Link>
          </Fact>
        )}
        <Fact name="Brought back">{amountWords(drill)}</Fact>
        <Fact name="Took">{restoreMs === null ? 'unknown' : formatDuration(restoreMs)}</Fact>
        {humanMs === null ? null : <Fact name="Of that, people">{formatDuration(humanMs)}</Fact>}
        <Fact name="A whole restore">
          <StatusBadge tone={rtoTone(rto, rtoMs)}>{rto === null ? 'unknown' : rtoWords(rto)}</StatusBadge>
        </Fact>
        <Fact name="Allowed">{rtoMs === null ? 'nobody has said' : formatDuration(rtoMs)}</Fact>
        <Fact name="Evidence">{evidence === null ? 'none' : <EvidenceLink record={evidence} />}</Fact>
        <Fact name="Of">
          {drill.kind === 'plan' ? (
            <Link to="/recovery/plans/$plan" params={{ plan: drill.source }}>
              the plan {visibleText(drill.source)}
            </Link>
          ) : (
            <Link to="/sources/$source" params={{ source: drill.source }}>
              {visibleText(drill.source)}
            </Link>
          )}
        </Fact>
        {drill.run === null ? null : (
          <Fact name="Carried out by">
            {drill.kind === 'plan' ? (
              <Link to="/recovery/plan-runs/$run" params={{ run: drill.run }}>
                the run of its plan
              </Link>
            ) : (
              <Link to="/recovery/$run" params={{ run: drill.run }}>
                its restore run
              </Link>
            )}
          </Fact>
        )}
      </Facts>
    </Panel>
  );
}
