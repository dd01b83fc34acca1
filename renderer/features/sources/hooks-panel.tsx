/** What runs around the captures of a source, exactly as it runs, and whether somebody has approved it on this machine. */
import { Button } from '@mantine/core';
import type { RegisteredSource } from '../../../shared/contract/sources.ts';
import { probeText } from '../../../shared/model/drill-probes.ts';
import { hasAnyCommand, hookText, type Hook } from '../../../shared/model/hooks.ts';
import { formatDuration } from '../../../shared/model/units.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { useIsLive } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Fact, Facts, Panel } from '../../components/page.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './hooks.module.css';

export function HooksPanel({ source }: { readonly source: RegisteredSource }) {
  const { before, after, required, maximumHoldMs, checks = [] } = source.commands;
  if (!hasAnyCommand(source.commands)) return null;
  const isApproved = source.approved === true;
  return (
    <Panel
      title={before === null && after === null ? 'Checks in drills' : 'Hooks'}
      aside={
        <StatusBadge tone={isApproved ? 'good' : 'part'}>
          {isApproved ? 'approved here' : 'not approved here'}
        </StatusBadge>
      }
    >
      <HookBlock when="Before the capture" hook={before} />
      <HookBlock when="After the capture" hook={after} />
      {checks.map((probe) => (
        <div key={probe.title}>
          In drills: {visibleText(probe.title)}{' '}
          <span className={styles['dim']}>up to {formatDuration(probe.timeLimitMs)}</span>
          <pre className={styles['command']} tabIndex={0} aria-label={visibleText(probe.title)}>
            {visibleText(probeText(probe))}
          </pre>
        </div>
      ))}
      <Facts>
        {before === null ? null : (
          <Fact name="Where it fails">{required ? 'nothing is captured' : 'the snapshot is crash-consistent'}</Fact>
        )}
        {before === null || after === null ? null : (
          <Fact name="Held for at most">{formatDuration(maximumHoldMs)}</Fact>
        )}
      </Facts>
      {isApproved ? null : (
        <div className={styles['approval']}>
          <Approval source={source} />
        </div>
      )}
    </Panel>
  );
}

function HookBlock({ when, hook }: { readonly when: string; readonly hook: Hook | null }) {
  if (hook === null) return null;
  return (
    <>
      <div>
        {when} <span className={styles['dim']}>up to {formatDuration(hook.timeoutMs)}</span>
      </div>
      <pre className={styles['command']} tabIndex={0} aria-label={when}>
        {visibleText(hookText(hook))}
      </pre>
    </>
  );
}

function untilThen(commands: RegisteredSource['commands']): string {
  const { before, after, required } = commands;
  if (before === null && after === null) return 'its drills are checked without them, and say so.';
  return required && before !== null ? 'nothing of this source is captured.' : 'its snapshots are crash-consistent.';
}

function Approval({ source: { name, commands } }: { readonly source: RegisteredSource }) {
  const live = useIsLive();
  const approve = useOrder(
    (client, input: Pick<RegisteredSource, 'name' | 'commands'>) => client.sources.approve(input),
    [['sources']],
  );
  const problem = problemIn(approve);
  return (
    <Notice tone="part" title="They do not run on this machine">
      <div>
        They came with the configuration of a repository, and nobody has approved them here. Until then{' '}
        {untilThen(commands)}
      </div>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <May call="sources.approve">
        <div className={styles['approve']}>
          <Button disabled={!live} loading={approve.isPending} onClick={() => approve.mutate({ name, commands })}>
            I have read them: approve
          </Button>
          <ShowCommand commands={[['holdfast', 'source', 'approve', name]]} />
        </div>
      </May>
    </Notice>
  );
}
