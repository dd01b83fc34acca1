/** Cases for which snapshots are held, with who asked, and how they are let go. */
import { problemIn, useAnswer } from '../../client/ask.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { countOf } from '../../../shared/model/units.ts';
import styles from './compliance.module.css';

const openCommand = [
  'holdfast',
  'case',
  'open',
  'REFERENCE',
  '--requested-by',
  'NAME',
  '--reason',
  'TEXT',
  '--source',
  'SOURCE',
];

export function CasesPanel() {
  const answer = useAnswer(['cases.list'], (client, signal) => client.cases.list({}, { signal }));
  const problem = problemIn(answer);
  const cases = answer.data?.cases ?? [];
  return (
    <Panel title="Legal holds" aside={<ShowCommand commands={[openCommand]} />}>
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {answer.data !== undefined && cases.length === 0 ? (
        <span className={styles['dim']}>Nothing is held for a case.</span>
      ) : null}
      {cases.map(({ reference, requestedBy, reason, reviewAt, sources, holds, snapshotsOfSources, state, closed }) => (
        <div key={reference} className={styles['place']}>
          <b>{visibleText(reference)}</b>
          <StatusBadge tone={state === 'open' ? 'run' : 'part'}>{state}</StatusBadge>
          <p>
            {visibleText(reason)}, asked for by {visibleText(requestedBy)}.{' '}
            {sources.length === 0
              ? null
              : `All of ${sources.map(visibleText).join(', ')}, ${countOf(snapshotsOfSources, 'snapshot')} so far. `}
            {holds.length === 0 ? null : `${countOf(holds.length, 'single snapshot')}. `}
            <span className={styles['dim']}>
              {closed === null ? (
                reviewAt === null ? (
                  'No review is set.'
                ) : (
                  <>
                    To be reviewed <RelativeTime at={reviewAt} />.
                  </>
                )
              ) : (
                <>
                  Closed by {visibleText(closed.by)}: {visibleText(closed.reason)}. Let go{' '}
                  <RelativeTime at={closed.endsAt} />.
                </>
              )}
            </span>
          </p>
          <ShowCommand
            commands={[
              closed === null
                ? ['holdfast', 'case', 'close', reference, '--reason', 'TEXT']
                : ['holdfast', 'case', 'reopen', reference],
            ]}
          />
        </div>
      ))}
    </Panel>
  );
}
