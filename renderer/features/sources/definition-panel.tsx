/** What a source is made of: paths, what is left out, and commands that somebody has to approve on this machine. */
import { Button } from '@mantine/core';
import type { SourceState } from '../../../shared/contract/live.ts';
import type { RegisteredSource } from '../../../shared/contract/sources.ts';
import { hookText, type Hook } from '../../../shared/model/hooks.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { useIsLive } from '../../client/live-store.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Bytes } from '../../components/numbers.tsx';
import { Fact, Facts, Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './sources.module.css';

export function DefinitionPanel({ source: { registered } }: { readonly source: SourceState }) {
  if (registered === null) return null;
  const { paths, excludes, excludeCaches, excludeLargerThanBytes, oneFileSystem, addedAt, addedBy } = registered;
  const leavesNothing = excludes.length === 0 && !excludeCaches && excludeLargerThanBytes === null;
  return (
    <Panel title="Definition">
      <Facts>
        <Fact name="Protects">
          {paths.map((path) => (
            <div key={path}>
              <PathText path={path} mono />
            </div>
          ))}
        </Fact>
        <Fact name="Leaves out">
          {leavesNothing ? 'nothing' : null}
          {excludes.map((pattern) => (
            <div key={pattern}>
              <code>{visibleText(pattern)}</code>
            </div>
          ))}
          {excludeCaches ? <div>marked caches</div> : null}
          {excludeLargerThanBytes === null ? null : (
            <div>
              files above <Bytes value={excludeLargerThanBytes} />
            </div>
          )}
        </Fact>
        {oneFileSystem ? <Fact name="File systems">stays on that of each path</Fact> : null}
        <Fact name="Added">
          <RelativeTime at={addedAt} /> by {visibleText(addedBy)}
        </Fact>
      </Facts>
      <Commands source={registered} />
    </Panel>
  );
}

function Commands({ source }: { readonly source: RegisteredSource }) {
  const live = useIsLive();
  const approve = useOrder((client, input: { name: string }) => client.sources.approve(input), [['sources']]);
  const problem = problemIn(approve);
  const { before, after } = source.commands;
  if (before === null && after === null) return null;
  const approved = source.approved === true || approve.data?.approved === true;
  return (
    <Notice
      tone={approved ? 'none' : 'part'}
      title={approved ? 'Commands, approved here' : 'Commands, not approved here'}
    >
      <CommandBlock when="Before a run" hook={before} />
      <CommandBlock when="After it" hook={after} />
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {approved ? null : (
        <>
          <Button disabled={!live} loading={approve.isPending} onClick={() => approve.mutate({ name: source.name })}>
            I have read them: approve on this machine
          </Button>
          <ShowCommand commands={[['holdfast', 'source', 'approve', source.name]]} />
        </>
      )}
    </Notice>
  );
}

function CommandBlock({ when, hook }: { readonly when: string; readonly hook: Hook | null }) {
  if (hook === null) return null;
  return (
    <>
      <div>{when}</div>
      <pre className={styles['commandBlock']} tabIndex={0}>
        {visibleText(hookText(hook))}
      </pre>
    </>
  );
}
