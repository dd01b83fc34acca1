/** An invitation for another console: what it may, and the code that is shown once. */
import { Button, Checkbox, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { siteServerAnswers } from '../../../client/site-server.ts';
import { CopyButton } from '../../../components/copy-button.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { Panel } from '../../../components/page.tsx';
import { DayTime } from '../../../components/relative-time.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../sites.module.css';
import {
  emptyInvite,
  inviteCommand,
  isReady,
  lifetimes,
  nameFault,
  quotaOf,
  type InviteDraft,
} from './invite-draft.ts';

export function InvitePanel({ onClose }: { readonly onClose: () => void }) {
  const [draft, setDraft] = useState<InviteDraft>(emptyInvite);
  const change = (part: Partial<InviteDraft>) => setDraft({ ...draft, ...part });
  const order = useOrder((client, { name, appendOnly, quota, lifetimeMs, address }: InviteDraft) => {
    const where = address.trim() === '' ? {} : { address: address.trim() };
    return client.siteServer.invite({ name, appendOnly, quotaBytes: quotaOf(quota) ?? null, lifetimeMs, ...where });
  }, siteServerAnswers);
  const problem = problemIn(order);
  if (order.data !== undefined) {
    const { code, address, invitation } = order.data;
    return (
      <Panel title={`A code for ${visibleText(invitation.name)}`} marked>
        <Notice tone="part" title="It is shown this once">
          It carries the address {visibleText(address)}, a secret and the fingerprint of the certificate: hand it over
          as you would a password. It is good once, until <DayTime at={invitation.expiresAt} />.
        </Notice>
        <div className={styles['code']}>
          <code aria-label="Code">{code}</code>
          <CopyButton text={code} what="code" />
        </div>
        <p className={styles['lead']}>At the other console: Sites, Pair with a site, and paste it there.</p>
        <Button variant="filled" onClick={onClose}>
          I have it
        </Button>
      </Panel>
    );
  }
  return (
    <Panel title="Invite another console" marked>
      <form
        className={styles['form']}
        aria-label="Invitation"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady(draft) && !order.isPending) order.mutate(draft);
        }}
      >
        <TextInput
          label="Name here"
          description="Of the user, and of its repository in the address."
          placeholder="branch"
          value={draft.name}
          error={nameFault(draft.name)}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <TextInput
          label="Quota"
          description="Such as 500G; empty: as much as the disk has."
          value={draft.quota}
          error={quotaOf(draft.quota) === undefined ? 'That is no size.' : undefined}
          onChange={(event) => change({ quota: event.currentTarget.value })}
        />
        <Select
          label="The code is good for"
          data={lifetimes.map(({ label, ms }) => ({ value: String(ms), label }))}
          value={String(draft.lifetimeMs)}
          allowDeselect={false}
          onChange={(value) => change({ lifetimeMs: Number(value) })}
        />
        <TextInput
          label="Address of this site"
          description="As the other end reaches it; empty: the address it listens at, or the name of this machine."
          placeholder="backup.example.org:8000"
          value={draft.address}
          onChange={(event) => change({ address: event.currentTarget.value })}
        />
        <Checkbox
          label="Adds, and removes nothing (append-only)"
          description="Whoever takes over the other machine destroys no snapshot here. Space is then given back at this end alone."
          checked={draft.appendOnly}
          onChange={(event) => change({ appendOnly: event.currentTarget.checked })}
        />
        {problem === null ? null : <ErrorNotice problem={problem} />}
        <div className={styles['actions']}>
          <Button type="submit" variant="filled" disabled={!isReady(draft)} loading={order.isPending}>
            Make the code
          </Button>
          <Button onClick={onClose}>Cancel</Button>
          <ShowCommand commands={[inviteCommand(draft)]} />
        </div>
      </form>
    </Panel>
  );
}
