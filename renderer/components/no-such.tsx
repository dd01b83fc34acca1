/** Nothing came of what an address names: there is no such thing, or it could not be asked for. */
import type { ReactNode } from 'react';
import { EmptyState } from './empty-state.tsx';
import { ErrorNotice, type Trouble } from './error-notice.tsx';
import { Panel } from './page.tsx';

const unknown: ReadonlySet<string> = new Set([
  'DRILL_NOT_FOUND',
  'EVIDENCE_NOT_FOUND',
  'JOB_NOT_FOUND',
  'PEER_UNKNOWN',
  'PLAN_RUN_NOT_FOUND',
  'PLAN_UNKNOWN',
  'RUN_NOT_FOUND',
  'SYSTEM_UNKNOWN',
  // What stands in the address is no name or id at all: nothing else of such a call is of the page's making.
  'BAD_USAGE',
  'NOT_UNDERSTOOD',
]);

type NoSuchProps = {
  readonly problem: Trouble;
  /** `restore`, `recovery plan`. */
  readonly what: string;
  /** Why that may be. */
  readonly children: ReactNode;
  /** A link to where those that there are can be found. */
  readonly action: ReactNode;
  readonly onRetry: () => void;
};

export function NoSuch({ problem, what, children, action, onRetry }: NoSuchProps) {
  if (!unknown.has(problem.code)) return <ErrorNotice problem={problem} onRetry={onRetry} />;
  return (
    <Panel>
      <EmptyState title={`There is no such ${what}`} action={action}>
        {children}
      </EmptyState>
    </Panel>
  );
}
