/** One record: what happened, step by step, what was verified, and whether it is still as it was signed. */
import { Link, useParams } from '@tanstack/react-router';
import type { EvidenceRecord, EvidenceShown } from '../../../../shared/contract/evidence.ts';
import { keptTarget } from '../../../../shared/model/evidence.ts';
import { formatDuration } from '../../../../shared/model/units.ts';
import { problemIn, useAnswer } from '../../../client/ask.ts';
import { actorWords } from '../../../components/actor.tsx';
import { Notice } from '../../../components/error-notice.tsx';
import { NoSuch } from '../../../components/no-such.tsx';
import { Fact, Facts, Page, Panel } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { DayTime } from '../../../components/relative-time.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StatusBadge, StatusMark } from '../../../components/status-badge.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { Figure, Figures } from '../figures.tsx';
import styles from '../recovery.module.css';
import { kindWords, sayResult, saySignature, sayStep } from './evidence-words.ts';
import { ExportActions } from './export-actions.tsx';

export function RecordScreen() {
  const { record: id } = useParams({ from: '/recovery/evidence/$record' });
  const answer = useAnswer(['evidence.show', id], (client, signal) => client.evidence.show({ id }, { signal }));
  const problem = problemIn(answer);
  if (answer.data === undefined)
    return (
      <Page title="Evidence">
        {problem === null ? (
          <Skeleton lines={8} />
        ) : (
          <NoSuch
            problem={problem}
            what="record"
            action={<Link to="/recovery/evidence">All evidence</Link>}
            onRetry={() => void answer.refetch()}
          >
            The address may be cut short, or of another home. No record is ever removed.
          </NoSuch>
        )}
      </Page>
    );
  const shown = answer.data;
  const { record } = shown;
  return (
    <Page title={`Evidence: ${visibleText(record.title)}`} sub={`${kindWords[record.kind]}, record ${shown.id}.`}>
      <div className={styles['guide']}>
        <div className={styles['form']}>
          <WhatHappened record={record} />
          <Verification record={record} />
          <Steps record={record} />
          <Notes notes={record.notes} />
        </div>
        <div className={styles['form']}>
          <Signature shown={shown} />
          <Points record={record} />
        </div>
      </div>
    </Page>
  );
}

function WhatHappened({ record }: { readonly record: EvidenceRecord }) {
  const { result, rto, actor, startedAt, endedAt } = record;
  const { tone, words } = sayResult(result);
  const kept = keptTarget(rto);
  return (
    <Panel title="What happened" aside={<StatusBadge tone={tone}>{words}</StatusBadge>}>
      <Figures>
        <Figure label="from beginning to end">{formatDuration(Date.parse(endedAt) - Date.parse(startedAt))}</Figure>
        {rto === null || rto.measuredMs === null ? null : (
          <Figure label="until it was back">{formatDuration(rto.measuredMs)}</Figure>
        )}
        {rto === null || rto.humanMs === null || rto.humanMs < 1000 ? null : (
          <Figure label="of that, waiting for people">{formatDuration(rto.humanMs)}</Figure>
        )}
        {rto === null || rto.targetMs === null ? null : (
          <Figure label={kept === null ? 'target' : kept ? 'target: within' : 'target: missed'}>
            {formatDuration(rto.targetMs)}
          </Figure>
        )}
      </Figures>
      <Facts>
        <Fact name="Began">
          <DayTime at={startedAt} />
        </Fact>
        <Fact name="Ended">
          <DayTime at={endedAt} />
        </Fact>
        <Fact name="By">{actorWords(actor)}</Fact>
        <WhatItIsOf record={record} />
      </Facts>
    </Panel>
  );
}

function WhatItIsOf({ record: { kind, subject } }: { readonly record: EvidenceRecord }) {
  if (kind !== 'drill' && kind !== 'plan') return null;
  return (
    <Fact name="Of">
      {kind === 'drill' ? (
        <Link to="/recovery/drills/$drill" params={{ drill: subject }}>
          the drill
        </Link>
      ) : (
        <Link to="/recovery/plan-runs/$run" params={{ run: subject }}>
          the run of the plan
        </Link>
      )}
    </Fact>
  );
}

function Verification({ record: { verification } }: { readonly record: EvidenceRecord }) {
  if (verification === null)
    return (
      <Panel title="Verification">
        <Notice tone="part">Nothing was verified: that what came back is right was not proved.</Notice>
      </Panel>
    );
  const { ok, checks, problems } = verification;
  return (
    <Panel
      title="Verification"
      aside={<StatusBadge tone={ok ? 'good' : 'fail'}>{ok ? 'as it has to be' : 'not all is right'}</StatusBadge>}
    >
      {checks.map((check) => (
        <div key={check}>{visibleText(check)}</div>
      ))}
      {problems.length === 0 ? null : (
        <ul className={styles['list']} tabIndex={0} aria-label="What is not right">
          {problems.map((problem) => (
            <li key={problem}>
              <span className={styles['whole']}>{visibleText(problem)}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Steps({ record: { steps } }: { readonly record: EvidenceRecord }) {
  if (steps.length === 0) return null;
  return (
    <Panel title="Steps">
      <ol className={styles['recorded']} aria-label="Steps">
        {steps.map(({ title, outcome, startedAt, endedAt, output, error }, at) => (
          <li key={`${at} ${title}`}>
            <StatusMark tone={sayStep(outcome)} label={outcome} />
            <div>
              <div>{visibleText(title)}</div>
              {output === null ? null : (
                <div className={styles['output']}>{output.split('\n').map(visibleText).join('\n')}</div>
              )}
              {error === null ? null : <div className={styles['detail']}>{visibleText(error.message)}</div>}
            </div>
            <span className={styles['time']}>
              {startedAt === null || endedAt === null
                ? ''
                : formatDuration(Date.parse(endedAt) - Date.parse(startedAt))}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function Notes({ notes }: { readonly notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <Panel title="Notes">
      {notes.map((note) => (
        <div key={note} className={styles['whole']}>
          {visibleText(note)}
        </div>
      ))}
    </Panel>
  );
}

function Signature({ shown }: { readonly shown: EvidenceShown }) {
  const { tone, words } = saySignature(shown.signed);
  const { entry } = shown;
  return (
    <Panel title="Signature">
      <div className={styles['words']}>
        <Notice tone={tone === 'run' ? 'none' : tone}>{words}</Notice>
      </div>
      <Facts>
        <Fact name="Entry">
          {entry.seq} of chain {entry.chain}
        </Fact>
        <Fact name="Written">
          <DayTime at={entry.at} />
        </Fact>
        <Fact name="Hash">
          <span className={styles['whole']}>{entry.hash}</span>
        </Fact>
        <Fact name="Key">
          <span className={styles['whole']}>{entry.key}</span>
        </Fact>
      </Facts>
      <div className={styles['dim']}>Compare the key with the one in the recovery kit.</div>
      <ExportActions id={shown.id} />
    </Panel>
  );
}

function Points({ record: { points } }: { readonly record: EvidenceRecord }) {
  if (points.length === 0) return null;
  return (
    <Panel title={points.length === 1 ? 'Recovery point' : `${points.length} recovery points`}>
      <ul className={styles['list']} tabIndex={0} aria-label="Recovery points">
        {points.map(({ snapshot, path, source, takenAt }) => (
          <li key={`${snapshot} ${path}`}>
            <span className={styles['grow']}>
              <PathText path={path === '/' ? source : `${source}: ${path}`} />
              <div className={styles['dim']}>
                <DayTime at={takenAt} />, snapshot {snapshot.slice(0, 8)}
              </div>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
