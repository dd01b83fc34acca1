/** A new site: where its repository lies, and where that is in the world. */
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { problemIn, useOrder } from '../../client/ask.ts';
import { usePrimaryRepository } from '../../client/live-store.ts';
import { siteAnswers } from '../../client/sites.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import styles from './sites.module.css';

const empty = { name: '', location: '', password: '', place: '', provider: '', account: '', region: '' };
type Draft = typeof empty;

export function AddSite({ onClose }: { readonly onClose: () => void }) {
  const [draft, setDraft] = useState<Draft>(empty);
  const primary = usePrimaryRepository();
  const order = useOrder((client, { name, location, password, ...domain }: Draft) => {
    const input = { name, location, password: { value: password, variable: null }, settings: { domain } };
    return client.sites.add({ repository: { id: primary?.id ?? '' }, ...input });
  }, siteAnswers);
  const problem = problemIn(order);
  const ready = primary !== undefined && draft.name.trim() !== '' && draft.location !== '' && draft.password !== '';
  const field = (key: keyof Draft) => ({
    value: draft[key],
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      setDraft({ ...draft, [key]: event.currentTarget.value }),
  });
  return (
    <Panel title="Add a site" marked>
      <form
        className={styles['form']}
        aria-label="New site"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !order.isPending) order.mutate(draft, { onSuccess: onClose });
        }}
      >
        <TextInput label="Name" placeholder="Berlin" data-autofocus {...field('name')} />
        <TextInput
          label="Repository"
          description="A folder, or an address such as rest:https://host:8000/name/. Made where there is none."
          {...field('location')}
        />
        <PasswordInput
          label="Its password"
          description="Its own: nobody can recover it."
          autoComplete="off"
          {...field('password')}
        />
        <TextInput
          label="Place"
          description="Building or city: copies are counted by it."
          placeholder="Berlin"
          {...field('place')}
        />
        <TextInput label="Provider" placeholder="aws" {...field('provider')} />
        <TextInput label="Account" {...field('account')} />
        <TextInput label="Region" placeholder="eu-central-1" {...field('region')} />
        {primary === undefined ? (
          <Notice tone="part">First choose where snapshots are stored: copies are made of what lies there.</Notice>
        ) : null}
        {problem === null ? null : <ErrorNotice problem={problem} />}
        <div className={styles['actions']}>
          <Button type="submit" variant="filled" disabled={!ready} loading={order.isPending}>
            Add the site
          </Button>
          <Button onClick={onClose}>Cancel</Button>
          <ShowCommand
            commands={[
              [
                'holdfast',
                'site',
                'add',
                draft.name || 'NAME',
                draft.location || 'REPOSITORY',
                '--secret',
                'password=env:SITE_PASSWORD',
              ],
            ]}
          />
        </div>
      </form>
    </Panel>
  );
}
