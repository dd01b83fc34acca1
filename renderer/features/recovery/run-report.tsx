/** What came of a run: the facts of it, and what did not come back as stored. */
import { Figure, Figures } from './figures.tsx';
import { useState } from 'react';
import { Button } from '@mantine/core';
import type { RestoreRun, RunReport } from '../../../shared/contract/restore-runs.ts';
import { elsewhereWords } from '../../../shared/model/restore-places.ts';
import { formatDuration } from '../../../shared/model/units.ts';
import { problemIn, useAnswer } from '../../client/ask.ts';
import { desktopHost } from '../../client/host.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Bytes, Count } from '../../components/numbers.tsx';
import { Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { CommandLines } from '../../components/show-command.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { EvidenceLink } from './evidence/evidence-panel.tsx';
import { AwsReport } from './aws/aws-report.tsx';
import styles from './recovery.module.css';

/** From where each part came. */
function ReadFrom({ report: { from, elsewhere } }: { readonly report: RunReport }) {
  return (
    <div className={styles['dim']}>
      Read from {visibleText(from ?? '')}.{' '}
      {elsewhereWords(elsewhere).map((text) => (
        <span key={text}>{visibleText(text)} </span>
      ))}
    </div>
  );
}

export function RunReportPanel({ run }: { readonly run: RestoreRun }) {
  const answer = useAnswer(['restoreRuns.report', run.id, run.state, run.closedAt], (client, signal) =>
    client.restoreRuns.report({ run: run.id }, { signal }),
  );
  const records = useAnswer(['evidence.list', run.id, run.state], (client, signal) =>
    client.evidence.list({ subject: run.id, limit: 1 }, { signal }),
  );
  const record = records.data?.records[0]?.id ?? null;
  const [shows, setShows] = useState(false);
  const problem = problemIn(answer);
  if (problem !== null) return <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Skeleton lines={4} />;
  const report = answer.data;
  const { files, writtenBytes, unchangedFiles, verifiedFiles, verifiedBytes, kept, replaced, workedMs } = report;
  const host = desktopHost();
  if (report.aws !== null) {
    return (
      <Panel title="Report" aside={`${formatDuration(workedMs)} of work`}>
        <AwsReport report={report.aws} />
        {record === null ? null : <EvidenceLink record={record} />}
      </Panel>
    );
  }
  return (
    <Panel title="Report">
      <Figures>
        <Figure label={`files in ${report.folders} folders`}>
          <Count value={files} />
        </Figure>
        <Figure label="written">
          <Bytes value={writtenBytes} />
        </Figure>
        <Figure label={verifiedFiles === null ? 'not read back' : 'files read back and found as stored'}>
          <Count value={verifiedFiles} />
        </Figure>
        <Figure label="of work">{formatDuration(workedMs)}</Figure>
        {unchangedFiles === 0 ? null : (
          <Figure label="were there already, unchanged">
            <Count value={unchangedFiles} />
          </Figure>
        )}
        {kept + replaced === 0 ? null : (
          <Figure label="in the way: kept, replaced">
            {kept}, {replaced}
          </Figure>
        )}
      </Figures>
      {report.from === null ? null : <ReadFrom report={report} />}
      {verifiedFiles === null ? (
        <Notice tone="part">Nothing was read back: that the content is right was not proved.</Notice>
      ) : (
        <div className={styles['dim']}>
          <Bytes value={verifiedBytes} /> were read from the target and compared with the hashes of the snapshot.
        </div>
      )}
      {report.exceptionCount === 0 ? null : (
        <>
          <h3>
            Did not come back as stored: <Count value={report.exceptionCount} />
          </h3>
          <ul className={styles['list']} tabIndex={0} aria-label="What did not come back as stored">
            {report.exceptions.map(({ path, message }) => (
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
        {host === null || (run.where?.target ?? null) === null ? null : (
          <Button onClick={() => void host.reveal(run.where?.target ?? '')}>Show the folder</Button>
        )}
        <Button variant="subtle" aria-expanded={shows} onClick={() => setShows(!shows)}>
          Show commands
        </Button>
        {record === null ? null : <EvidenceLink record={record} />}
      </div>
      {shows ? (
        <>
          <div className={styles['dim']}>The same from a terminal:</div>
          <CommandLines lines={report.commands.holdfast} />
          <div className={styles['dim']}>With restic, without Holdfast:</div>
          <CommandLines lines={report.commands.restic} />
        </>
      ) : null}
    </Panel>
  );
}
