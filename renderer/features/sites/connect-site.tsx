/** A site that is known from a configuration is taken in here: its password, and where it lies if it has moved. */
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Site } from '../../../shared/contract/sites.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { usePrimaryRepository } from '../../client/live-store.ts';
import { useRefusal } from '../../client/me.ts';
import { siteAnswers } from '../../client/sites.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { tellSaved } from '../../components/saved-notice.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './sites.module.css';

export function ConnectSite({ site }: { readonly site: Site }) {
  const primary = usePrimaryRepository();
  const refusal = useRefusal('sites.connect');
  const [password, setPassword] = useState('');
  const [location, setLocation] = useState(site.location);
  const order = useOrder(
    (client, value: string) =>
      client.sites.connect({
        repository: { id: primary?.id ?? '' },
        name: site.name,
        password: { value, variable: null },
        location: location === site.location ? null : location,
      }),
    siteAnswers,
  );
  const problem = problemIn(order);
  const ready = primary !== undefined && password !== '' && location.trim() !== '';
  if (refusal !== null)
    return (
      <Notice tone="part" title="It is known here, and not connected">
        Its password has to be said here once, by somebody with the role {refusal.required}.
      </Notice>
    );
  return (
    <Panel title="Connect it here" marked>
      <form
        className={styles['form']}
        aria-label={`Connect ${site.name}`}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !order.isPending) order.mutate(password, { onSuccess: tellSaved });
        }}
      >
        <p className={styles['wide']}>
          {visibleText(site.name)} came with the configuration of this console; its password did not. Nothing is sent
          there before it is said.
        </p>
        <PasswordInput
          label="Password of its repository"
          autoComplete="off"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <TextInput
          label="Where it lies"
          description="Change it where the repository has moved."
          value={location}
          spellCheck={false}
          onChange={(event) => setLocation(event.currentTarget.value)}
        />
        {problem === null ? null : <ErrorNotice problem={problem} />}
        <div className={styles['actions']}>
          <Button type="submit" variant="filled" disabled={!ready} loading={order.isPending}>
            Connect
          </Button>
          <ShowCommand
            commands={[
              ['holdfast', 'site', 'connect', site.name, '--secret', 'password=env:SITE_PASSWORD'],
              ...(location === site.location
                ? []
                : [['holdfast', 'site', 'connect', site.name, '--location', location]]),
            ]}
          />
        </div>
      </form>
    </Panel>
  );
}
