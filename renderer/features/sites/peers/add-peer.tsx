/** Another console to watch: where it answers, and the token that was made there. */
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { peerAnswers } from '../../../client/peers.ts';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Panel } from '../../../components/page.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import styles from '../sites.module.css';

const empty = { name: '', url: '', token: '', fingerprint: '' };
type Draft = typeof empty;

export function AddPeer({ onClose }: { readonly onClose: () => void }) {
  const [draft, setDraft] = useState<Draft>(empty);
  const order = useOrder((client, { name, url, token, fingerprint }: Draft) => {
    const pinned = fingerprint.trim() === '' ? {} : { fingerprint: fingerprint.trim() };
    return client.peers.add({ name: name.trim(), url: url.trim(), token: token.trim(), ...pinned });
  }, peerAnswers);
  const problem = problemIn(order);
  const ready = draft.name.trim() !== '' && draft.url.trim() !== '' && draft.token.trim() !== '';
  const field = (key: keyof Draft) => ({
    value: draft[key],
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      setDraft({ ...draft, [key]: event.currentTarget.value }),
  });
  return (
    <Panel title="Watch another console" marked>
      <form
        className={styles['form']}
        aria-label="Another console"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !order.isPending) order.mutate(draft, { onSuccess: onClose });
        }}
      >
        <TextInput label="Name" placeholder="Hamburg" {...field('name')} />
        <TextInput
          label="Address"
          description="Where its console answers. Plain http only on this machine."
          placeholder="https://backup.example.org:7373"
          {...field('url')}
        />
        <PasswordInput
          label="Token"
          description="Made there: a viewer observes, an operator protects and acknowledges, an administrator opens it from here."
          autoComplete="off"
          {...field('token')}
        />
        <TextInput
          label="Fingerprint of its certificate"
          description="SHA-256. Empty: an authority this machine trusts must have signed it."
          {...field('fingerprint')}
        />
        {problem === null ? null : <ErrorNotice problem={problem} />}
        <div className={styles['actions']}>
          <Button type="submit" variant="filled" disabled={!ready} loading={order.isPending}>
            Ask it, and watch it
          </Button>
          <Button onClick={onClose}>Cancel</Button>
          <ShowCommand
            commands={[
              [
                'holdfast',
                'peers',
                'add',
                draft.name || 'NAME',
                '--url',
                draft.url || 'URL',
                '--secret',
                'token=env:PEER_TOKEN',
              ],
            ]}
          />
        </div>
      </form>
    </Panel>
  );
}
