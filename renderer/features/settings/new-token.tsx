/** Asks what a new token is for, and shows it this once. */
import { Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { roles } from '../../../shared/model/roles.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { roleName, sayRole } from '../../components/role-words.ts';
import { ShowCommand } from '../../components/show-command.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { OnceShown } from './once-shown.tsx';
import styles from './settings.module.css';
import { lifetimes, newDraft, tokenCommand, tokenOf, type TokenDraft } from './token-draft.ts';

export function NewToken({ onClose }: { readonly onClose: () => void }) {
  const [draft, setDraft] = useState(newDraft);
  const order = useOrder((client, asked: TokenDraft) => client.tokens.create(tokenOf(asked)), [['tokens.list']]);
  const problem = problemIn(order);
  const { data } = order;
  if (data !== undefined) {
    return (
      <div className={styles['block']}>
        <OnceShown what="token" text={data.secret}>
          <b>{visibleText(data.token.name)}</b> is shown this once. Copy it now to where its program keeps secrets.
        </OnceShown>
        <div className={styles['actions']}>
          <Button variant="filled" onClick={onClose}>
            I have copied it
          </Button>
        </div>
      </div>
    );
  }
  const ready = draft.name.trim() !== '';
  return (
    <form
      className={styles['form']}
      aria-label="New token"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !order.isPending) order.mutate(draft);
      }}
    >
      <TextInput
        label="What it is for"
        description="Its name in the list."
        placeholder="monitoring"
        value={draft.name}
        maxLength={100}
        data-autofocus
        onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
      />
      <div className={styles['labelled']}>
        <span id="token-role">Role</span>
        <SegmentedControl
          aria-labelledby="token-role"
          data={roles.map((role) => ({ value: role, label: roleName(role) }))}
          value={draft.role}
          onChange={(role) => setDraft({ ...draft, role })}
        />
        <span className={styles['aside']}>It may: {sayRole(draft.role)}.</span>
      </div>
      <Select
        label="Ends after"
        data={lifetimes.map(({ value, label }) => ({ value, label }))}
        value={draft.lifetime}
        allowDeselect={false}
        onChange={(value) => value !== null && setDraft({ ...draft, lifetime: value })}
      />
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button type="submit" variant="filled" disabled={!ready} loading={order.isPending}>
          Make the token
        </Button>
        <Button onClick={onClose}>Cancel</Button>
        <ShowCommand commands={[tokenCommand(draft)]} />
      </div>
    </form>
  );
}
