/** Whom the engine takes this page for. */
import { Button } from '@mantine/core';
import { problemIn, useOrder } from '../../client/ask.ts';
import { desktopHost } from '../../client/host.ts';
import { signOut, useMe } from '../../client/me.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Fact, Facts, Panel, Tag } from '../../components/page.tsx';
import { roleName, sayRole } from '../../components/role-words.ts';
import { Skeleton } from '../../components/skeleton.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './settings.module.css';

export function MePanel() {
  const me = useMe();
  const leave = useOrder(() => signOut());
  const problem = problemIn(me) ?? problemIn(leave);
  // A window of the desktop has no session to end: it is whoever started it.
  const hasSession = desktopHost() === null;
  return (
    <Panel title="Signed in">
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {me.isPending ? <Skeleton lines={3} /> : null}
      {me.data === undefined ? null : (
        <Facts>
          <Fact name="As">{visibleText(me.data.actor)}</Fact>
          <Fact name="Role">
            <Tag>{roleName(me.data.role)}</Tag> {sayRole(me.data.role)}
          </Fact>
          <Fact name="Tenant">{visibleText(me.data.tenant)}</Fact>
        </Facts>
      )}
      {hasSession ? (
        <div className={styles['actions']}>
          <Button loading={leave.isPending} onClick={() => leave.mutate(undefined)}>
            Sign out
          </Button>
          <span className={styles['aside']}>
            Ends the session of this browser. Jobs go on; a new link signs in again.
          </span>
        </div>
      ) : null}
    </Panel>
  );
}
