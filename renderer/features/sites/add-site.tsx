/** A new site: where its repository lies, what it is reached with, and where that is in the world. */
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { RepositoryReach } from '../../../shared/contract/repository-access.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { usePrimaryRepository } from '../../client/live-store.ts';
import { siteAnswers } from '../../client/sites.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { emptyReach, givenReach } from '../../components/place-draft.ts';
import { PlaceFields } from '../../components/place-fields.tsx';
import { tellSaved } from '../../components/saved-notice.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import styles from './sites.module.css';

const empty = { name: '', password: '', place: '', provider: '', account: '', region: '' };
type Draft = typeof empty;

export function AddSite({ onClose }: { readonly onClose: () => void }) {
  const [draft, setDraft] = useState<Draft>(empty);
  const [location, setLocation] = useState('');
  const [reach, setReach] = useState<RepositoryReach>(emptyReach);
  const primary = usePrimaryRepository();
  const order = useOrder((client, { name, password, ...domain }: Draft) => {
    const given = givenReach(location, reach);
    return client.sites.add({
      repository: { id: primary?.id ?? '' },
      name: name.trim(),
      location: location.trim(),
      password: { value: password, variable: null },
      settings: { domain },
      ...(given !== undefined && { reach: given }),
    });
  }, siteAnswers);
  const problem = problemIn(order);
  const ready = primary !== undefined && draft.name.trim() !== '' && location.trim() !== '' && draft.password !== '';
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
          if (!ready || order.isPending) return;
          order.mutate(draft, {
            onSuccess: (added) => {
              tellSaved(added);
              onClose();
            },
          });
        }}
      >
        <TextInput label="Name" placeholder="Berlin" data-autofocus {...field('name')} />
        <PasswordInput
          label="Password of its repository"
          description="Of a new one: its own, which nobody can recover."
          autoComplete="off"
          {...field('password')}
        />
        <div className={styles['wide']}>
          <PlaceFields location={location} reach={reach} onLocation={setLocation} onReach={setReach} chooser={null} />
        </div>
        <p className={styles['wide']}>
          Where in the world that is. Copies are counted by it: what is not said does not set two places apart.
        </p>
        <TextInput label="Building or city" placeholder="Berlin" {...field('place')} />
        <TextInput label="Provider" placeholder="aws" {...field('provider')} />
        <TextInput label="Account there" {...field('account')} />
        <TextInput label="Region there" placeholder="eu-central-1" {...field('region')} />
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
                location || 'REPOSITORY',
                '--secret',
                'password=env:SITE_PASSWORD',
              ],
            ]}
            note="What a place elsewhere is reached with is said by --reach; `holdfast site add --help` lists it."
          />
        </div>
      </form>
    </Panel>
  );
}
