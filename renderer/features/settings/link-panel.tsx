/** A link that opens the console in another browser, once. */
import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import { roles, type Role } from '../../../shared/model/roles.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { roleName, sayRole } from '../../components/role-words.ts';
import { ShowCommand } from '../../components/show-command.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { OnceShown } from './once-shown.tsx';
import styles from './settings.module.css';

type LinkPanelProps = {
  /** Whom it lets in; without it, whoever this browser is signed in for. */
  readonly tenant?: { readonly id: string; readonly title: string };
};

export function LinkPanel({ tenant }: LinkPanelProps) {
  const [role, setRole] = useState<Role>('admin');
  const [name, setName] = useState('');
  const asked = { role, ...(name.trim() === '' ? {} : { name: name.trim() }) };
  const link = useOrder((client) =>
    client.console.link(asked, tenant === undefined ? {} : { context: { tenant: tenant.id } }),
  );
  const problem = problemIn(link);
  return (
    <Panel title={tenant === undefined ? 'Another browser' : `Let somebody of ${visibleText(tenant.title)} in`}>
      <p className={styles['lead']}>
        A sign-in link opens the console once, in one browser. Whoever has it before it is used is let in, so send it by
        a way that only its reader sees.{' '}
        {tenant === undefined ? null : 'Whoever it lets in sees what is this tenant’s, and nothing else of this home.'}
      </p>
      <div className={`${styles['form']} ${styles['block']}`}>
        <TextInput
          label="For whom"
          description={
            tenant === undefined
              ? 'A name for the list of browsers and the audit log. Empty: you.'
              : 'A name for the list of browsers and the audit log.'
          }
          placeholder="anna"
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <div className={styles['labelled']}>
          <span id="link-role">Role</span>
          <SegmentedControl
            aria-labelledby="link-role"
            data={roles.map((one) => ({ value: one, label: roleName(one) }))}
            value={role}
            onChange={setRole}
          />
          <span className={styles['aside']}>It may: {sayRole(role)}.</span>
        </div>
      </div>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {link.data === undefined ? null : (
        <OnceShown what="sign-in link" text={link.data.url}>
          It ends <RelativeTime at={link.data.expiresAt} />, or when it is used.
        </OnceShown>
      )}
      <div className={styles['actions']}>
        <Button
          disabled={tenant !== undefined && name.trim() === ''}
          loading={link.isPending}
          onClick={() => link.mutate(undefined)}
        >
          New sign-in link
        </Button>
        <ShowCommand commands={[commandOf(asked, tenant?.id)]} />
      </div>
    </Panel>
  );
}

function commandOf({ role, name }: { readonly role: Role; readonly name?: string }, tenant?: string): string[] {
  const forTenant = tenant === undefined ? [] : ['--tenant', tenant];
  return ['holdfast', ...forTenant, 'console-link', '--role', role, ...(name === undefined ? [] : ['--name', name])];
}
