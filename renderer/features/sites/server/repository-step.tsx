/** The repository at a site that was paired with: a new one with a password of its own, or the one that is there. */
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { usePrimaryRepository } from '../../../client/live-store.ts';
import { siteAnswers } from '../../../client/sites.ts';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { Panel } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { tellSaved } from '../../../components/saved-notice.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import styles from '../sites.module.css';
import { nameFrom } from './pairing-steps.ts';

type RepositoryStepProps = {
  readonly place: { readonly location: string; readonly user: string; readonly fingerprint: string };
  readonly appendOnly: boolean;
  readonly onAdded: (name: string) => void;
};

export function RepositoryStep({ place, appendOnly, onAdded }: RepositoryStepProps) {
  const { location, user, fingerprint } = place;
  const primary = usePrimaryRepository();
  const [name, setName] = useState(() => nameFrom(location));
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [where, setWhere] = useState('');
  const order = useOrder((client, value: string) => {
    const domain = { place: where.trim(), provider: '', account: '', region: '' };
    return client.sites.add({
      repository: { id: primary?.id ?? '' },
      name: name.trim(),
      location,
      password: { value, variable: null },
      reach: { settings: { user, fingerprint }, secrets: {} },
      settings: { appendOnly, domain },
    });
  }, siteAnswers);
  const problem = problemIn(order);
  const ready = primary !== undefined && name.trim() !== '' && password !== '' && password === again;
  return (
    <Panel title="The repository there" marked>
      <form
        className={styles['form']}
        aria-label="Repository at the site"
        onSubmit={(event) => {
          event.preventDefault();
          if (!ready || order.isPending) return;
          order.mutate(password, {
            onSuccess: (added) => {
              tellSaved(added);
              onAdded(added.site.name);
            },
          });
        }}
      >
        <div className={styles['wide']}>
          Paired. <PathText path={location} /> lets this console in
          {appendOnly ? '; it may add there, and remove nothing.' : '.'}
        </div>
        <TextInput
          label="Name of the site"
          placeholder="Berlin"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label="Place"
          description="Building or city: copies are counted by it."
          placeholder="Berlin"
          value={where}
          onChange={(event) => setWhere(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password of the repository"
          description="Of a new one: its own. Where there is one already, the one it has."
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <PasswordInput
          label="The same again"
          autoComplete="new-password"
          value={again}
          error={again !== '' && again !== password ? 'It is another one.' : undefined}
          onChange={(event) => setAgain(event.currentTarget.value)}
        />
        <div className={styles['wide']}>
          <Notice tone="part">
            All that is sent is sealed with it: the site cannot read it, and nobody can recover it. Write it down.
          </Notice>
        </div>
        {problem === null ? null : <ErrorNotice problem={problem} />}
        <div className={styles['actions']}>
          <Button type="submit" variant="filled" disabled={!ready} loading={order.isPending}>
            Make or connect it
          </Button>
          <ShowCommand
            commands={[
              [
                'holdfast',
                'site',
                'add',
                name || 'NAME',
                location,
                '--reach',
                `user=${user}`,
                '--reach',
                `fingerprint=${fingerprint}`,
                ...(appendOnly ? ['--set', 'append-only=yes'] : []),
              ],
            ]}
            note="HOLDFAST_PASSWORD gives the password of the repository there, or --secret password=env:NAME."
          />
        </div>
      </form>
    </Panel>
  );
}
