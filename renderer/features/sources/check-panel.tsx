/** What a check of a source has found: what answers, what may be seen, and what the next run would do. */
import { Button } from '@mantine/core';
import { useCallback, useState } from 'react';
import type { SourceCheck } from '../../../shared/contract/source-check.ts';
import { formatCount } from '../../../shared/model/units.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import type { Problem } from '../../client/problem.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Bytes, Count } from '../../components/numbers.tsx';
import { Fact, Facts, Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { DayTime, RelativeTime } from '../../components/relative-time.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { StatusBadge, StatusMark } from '../../components/status-badge.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { sayCheck, sayLeftOut } from './check-words.ts';
import styles from './check.module.css';

export type SourceChecking = {
  readonly asking: boolean;
  readonly found: SourceCheck | null;
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly problem: Problem | null;
  readonly ask: () => void;
  readonly close: () => void;
};

export function useSourceCheck(name: string): SourceChecking {
  const [atMs, setAtMs] = useState(0);
  const { mutate, reset, ...order } = useOrder((client, of: string) => client.sources.check({ name: of }));
  return {
    asking: order.isPending,
    found: order.data?.name === name ? order.data : null,
    atMs,
    problem: problemIn(order),
    ask: useCallback(() => mutate(name, { onSuccess: () => setAtMs(Date.now()) }), [mutate, name]),
    close: reset,
  };
}

export function CheckPanel({ check }: { readonly check: SourceChecking }) {
  const { asking, found, problem, atMs, ask, close } = check;
  if (problem !== null) return <ErrorNotice problem={problem} onRetry={ask} />;
  if (found === null && !asking) return null;
  return (
    <Panel
      title="Check"
      aside={
        found === null ? null : (
          <>
            <RelativeTime at={atMs} />{' '}
            <Button size="compact-xs" variant="subtle" onClick={close}>
              Close
            </Button>
          </>
        )
      }
    >
      {found === null ? (
        <div role="status" className={styles['fields']}>
          Asking what it is made of. Nothing is changed.
          <Skeleton lines={3} />
        </div>
      ) : (
        <Result found={found} />
      )}
    </Panel>
  );
}

function Result({ found }: { readonly found: SourceCheck }) {
  const { state, places, credential, amount, mayNotSee, issues, next } = found;
  const { tone, words } = sayCheck(state);
  return (
    <div className={styles['fields']} role="status">
      <div>
        <StatusBadge tone={tone}>{words}</StatusBadge> <span className={styles['dim']}>Nothing was changed.</span>
      </div>
      <ul className={styles['places']} aria-label="What answers" tabIndex={0}>
        {places.map((one) => (
          <li key={one.place}>
            <StatusMark tone={sayCheck(one.state).tone} label={sayCheck(one.state).words} />
            <PathText path={one.place} mono />
            <span className={one.state === 'failed' ? styles['fault'] : styles['dim']}>{visibleText(one.words)}</span>
          </li>
        ))}
      </ul>
      {next === null || next.refused === null ? null : (
        <Notice tone="fail" title="The next run would end before anything is fetched">
          GitHub {visibleText(next.refused)}. It is taken for a lost right, and not for a deletion; what was fetched
          stays.
        </Notice>
      )}
      {mayNotSee.length === 0 ? null : (
        <Notice tone="part" title="The credential may not see">
          <ul className={styles['bullets']}>
            {mayNotSee.map((sentence) => (
              <li key={sentence}>{visibleText(sentence)}</li>
            ))}
          </ul>
        </Notice>
      )}
      {issues.length === 0 ? null : <Unread issues={issues} />}
      <Facts>
        {credential === null || credential.expiresAt === null ? null : (
          <Fact name="Token ends">
            <DayTime at={credential.expiresAt} />
          </Fact>
        )}
        {amount === null ? null : (
          <Fact name="Holds">
            <Count value={amount.files} /> files, <Bytes value={amount.bytes} />
            {amount.whole ? '' : ', counted so far'}
          </Fact>
        )}
        {next === null ? null : <Next next={next} />}
      </Facts>
    </div>
  );
}

function Next({ next }: { readonly next: NonNullable<SourceCheck['next']> }) {
  return (
    <>
      <Fact name="Next run">
        <Count value={next.selected} /> repositories, about <Bytes value={next.bytes} /> of Git
      </Fact>
      <Fact name="New">
        <Names of={next.new} />
      </Fact>
      <Fact name="Not listed now">
        <Names of={next.gone} />
      </Fact>
      {next.leftOut.map((one) => (
        <Fact key={one.by} name={sayLeftOut(one.by)}>
          <Names of={one} />
        </Fact>
      ))}
    </>
  );
}

const shown = 12;

function Names({
  of: { count, names },
}: {
  readonly of: { readonly count: number; readonly names: readonly string[] };
}) {
  if (count === 0) return 'none';
  const more = count - Math.min(shown, names.length);
  return (
    <span title={names.map(visibleText).join(', ')} className={styles['names']}>
      {formatCount(count)}: {names.slice(0, shown).map(visibleText).join(', ')}
      {more > 0 ? ` and ${formatCount(more)} more` : ''}
    </span>
  );
}

function Unread({ issues }: { readonly issues: SourceCheck['issues'] }) {
  return (
    <Notice tone="part" title={`${formatCount(issues.length)} could not be read`}>
      <ul className={styles['bullets']}>
        {issues.slice(0, shown).map(({ path, message }) => (
          <li key={`${path} ${message}`}>
            <PathText path={path} mono /> {visibleText(message)}
          </li>
        ))}
      </ul>
      {issues.length > shown ? `${formatCount(issues.length - shown)} more: the command line names them all.` : ''}
    </Notice>
  );
}
