/** This home as a site: where it is served, who pushes here and how much, and codes that let others in. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { SiteInvitation } from '../../../../shared/contract/site-server.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { useMay } from '../../../client/me.ts';
import { siteServerAnswers, useInvitations, useSiteServer, useSiteUsers } from '../../../client/site-server.ts';
import { Actor } from '../../../components/actor.tsx';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { Bytes } from '../../../components/numbers.tsx';
import { Fact, Facts, Page, Panel } from '../../../components/page.tsx';
import { DayTime, RelativeTime } from '../../../components/relative-time.tsx';
import { CommandText, ShowCommand } from '../../../components/show-command.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { SitesNav } from '../sites-nav.tsx';
import styles from '../sites.module.css';
import { InvitePanel } from './invite-panel.tsx';
import { grouped } from './pairing-steps.ts';
import { UsersPanel } from './users-panel.tsx';

export function ServerScreen() {
  if (useMay('siteServer.status')) return <PushedHere />;
  return (
    <Page title="Pushed here" sub="This home as a site">
      <SitesNav />
      <Notice tone="none">Who pushes here is shown to the operator of this home.</Notice>
    </Page>
  );
}

function PushedHere() {
  const status = useSiteServer();
  const isAdmin = useMay('siteServer.users');
  const [inviting, setInviting] = useState(false);
  const problem = problemIn(status);
  const address = status.data?.address ?? null;
  return (
    <Page
      title="Pushed here"
      sub="This home as a site: other consoles, and restic, keep their copies here"
      actions={
        <>
          <ShowCommand
            commands={[
              ['holdfast', 'site', 'server'],
              ['holdfast', 'site', 'user', 'list'],
            ]}
          />
          {isAdmin ? (
            <Button variant="filled" disabled={address === null} onClick={() => setInviting(true)}>
              Invite another console…
            </Button>
          ) : null}
        </>
      }
    >
      <SitesNav />
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void status.refetch()} />}
      {status.isPending ? <Skeleton lines={4} /> : null}
      {status.data === undefined ? null : address === null ? (
        <Panel title="It is not served">
          <p className={styles['lead']}>
            Others can push here once the engine is started as a site. The console of the same engine stays on this
            machine.
          </p>
          <CommandText commands={[['holdfast', 'serve', '--site', '--host', '0.0.0.0', '--port', '8000']]} />
        </Panel>
      ) : (
        <Panel title="Where it is served">
          <Facts>
            <Fact name="Address">
              {address.host}:{address.port}, since <DayTime at={address.since} />
            </Fact>
            <Fact name="Certificate">
              {address.fingerprint === null ? (
                'none: for this machine alone, and nobody can be invited'
              ) : (
                <span className={styles['mono']}>{grouped(address.fingerprint)}</span>
              )}
            </Fact>
          </Facts>
        </Panel>
      )}
      {inviting ? <InvitePanel onClose={() => setInviting(false)} /> : null}
      {isAdmin ? <Known /> : <Notice tone="none">Who pushes here is shown to those with the role admin.</Notice>}
    </Page>
  );
}

function Known() {
  const users = useSiteUsers(true);
  return (
    <>
      <UsersPanel answer={users} />
      <Invitations />
    </>
  );
}

function Invitations() {
  const answer = useInvitations(true);
  const revoke = useOrder((client, invitation: string) => client.siteServer.revoke({ invitation }), siteServerAnswers);
  const problem = problemIn(answer) ?? problemIn(revoke);
  const invitations = answer.data?.invitations ?? [];
  if (problem === null && invitations.length === 0) return null;
  return (
    <Panel title="Codes that are still good" flush>
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      <DataTable
        label="Invitations"
        columns={invitationColumns((id) => revoke.mutate(id))}
        rows={invitations}
        keyOf={({ id }) => id}
        maxHeight={200}
      />
    </Panel>
  );
}

function invitationColumns(onRevoke: (id: string) => void): readonly Column<SiteInvitation>[] {
  return [
    { id: 'name', header: 'For', width: 'minmax(110px, 1fr)', cell: ({ name }) => <b>{visibleText(name)}</b> },
    {
      id: 'mode',
      header: 'May',
      width: '170px',
      cell: ({ appendOnly }) => (appendOnly ? 'add, remove nothing' : 'add and remove'),
    },
    {
      id: 'quota',
      header: 'Quota',
      width: '110px',
      align: 'end',
      cell: ({ quotaBytes }) => (quotaBytes === null ? 'none' : <Bytes value={quotaBytes} />),
    },
    { id: 'by', header: 'By', width: '130px', cell: ({ createdBy }) => <Actor actor={createdBy} /> },
    { id: 'until', header: 'Ends', width: '130px', cell: ({ expiresAt }) => <RelativeTime at={expiresAt} /> },
    {
      id: 'revoke',
      header: 'Change',
      width: '100px',
      cell: ({ id, name }) => (
        <Button size="compact-xs" onClick={() => onRevoke(id)}>
          Revoke<span className="visually-hidden"> the code for {visibleText(name)}</span>
        </Button>
      ),
    },
  ];
}
