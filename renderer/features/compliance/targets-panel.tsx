/** What is asked of the sources of each profile: copies, where, how immutable, how lately verified. */
import { Button, Modal, NumberInput } from '@mantine/core';
import { useState } from 'react';
import type { Profile } from '../../../shared/contract/profiles.ts';
import { defaultTarget, type CopyTarget } from '../../../shared/model/compliance.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { usePrimaryRepository } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';
import { useProfiles } from '../../client/profiles.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Panel, Tag } from '../../components/page.tsx';
import { tellSaved } from '../../components/saved-notice.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { targetWords } from './compliance-words.ts';
import styles from './compliance.module.css';

export function TargetsPanel() {
  const [changed, setChanged] = useState<Profile | null>(null);
  const answer = useProfiles();
  const problem = problemIn(answer);
  const profiles = answer.data?.profiles ?? [];
  return (
    <Panel title="What is asked" aside="of the sources of each profile">
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {answer.data === undefined && problem === null ? <Skeleton lines={2} /> : null}
      {answer.data !== undefined && profiles.length === 0 ? (
        <span className={styles['dim']}>
          There is no profile. Without one, what is usual is asked: {targetWords(defaultTarget)}.
        </span>
      ) : null}
      {profiles.map((profile) => (
        <div key={profile.id} className={styles['place']}>
          <b>{visibleText(profile.name)}</b>
          <p>
            {targetWords(profile.copies ?? defaultTarget)}{' '}
            {(profile.copies ?? null) === null ? <Tag>as usual</Tag> : null}
          </p>
          <May call="compliance.setTarget">
            <Button
              aria-label={`Change what is asked of ${visibleText(profile.name)}`}
              onClick={() => setChanged(profile)}
            >
              Change…
            </Button>
          </May>
        </div>
      ))}
      <Modal
        opened={changed !== null}
        onClose={() => setChanged(null)}
        title={`What is asked of ${visibleText(changed?.name ?? '')}`}
      >
        {changed === null ? null : <TargetForm profile={changed} onClose={() => setChanged(null)} />}
      </Modal>
    </Panel>
  );
}

const fields = [
  { part: 'copies', label: 'Copies', description: 'With what is protected itself.', min: 1, max: 20 },
  {
    part: 'domains',
    label: 'Failure domains',
    description: 'Places that no one disaster takes together: a building, an account, a region.',
    min: 1,
    max: 20,
  },
  {
    part: 'offsite',
    label: 'Off-site',
    description: 'Copies away from where protection writes.',
    min: 0,
    max: 20,
  },
  {
    part: 'immutable',
    label: 'Immutable',
    description: 'Copies that nobody can remove before their time, by the store or server that keeps them.',
    min: 0,
    max: 20,
  },
  {
    part: 'verifiedDays',
    label: 'Verified within, in days',
    description: 'How long ago copies were read through, and a restore was rehearsed, at most.',
    min: 1,
    max: 3650,
  },
] as const;

function TargetForm({ profile, onClose }: { readonly profile: Profile; readonly onClose: () => void }) {
  const { id, name, copies } = profile;
  const primary = usePrimaryRepository();
  const [target, setTarget] = useState<CopyTarget>(copies ?? defaultTarget);
  const order = useOrder(
    (client, asked: CopyTarget | null) =>
      client.compliance.setTarget({ repository: { id: primary?.id ?? '' }, profile: id, target: asked }),
    [['compliance.report'], ['profiles.list']],
  );
  const problem = problemIn(order);
  const save = (asked: CopyTarget | null): void =>
    order.mutate(asked, {
      onSuccess: (result) => {
        tellSaved(result);
        onClose();
      },
    });
  const disabled = primary === undefined || order.isPending;
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (!disabled) save(target);
      }}
    >
      {fields.map(({ part, label, description, min, max }) => (
        <NumberInput
          key={part}
          label={label}
          description={description}
          value={target[part]}
          min={min}
          max={max}
          clampBehavior="strict"
          allowDecimal={false}
          onChange={(value) => setTarget({ ...target, [part]: Math.max(min, Number(value) || 0) })}
        />
      ))}
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button type="submit" variant="filled" disabled={disabled} loading={order.isPending}>
          Save
        </Button>
        <Button disabled={disabled || (copies ?? null) === null} onClick={() => save(null)}>
          Ask what is usual
        </Button>
        <ShowCommand commands={[targetCommand(name, target)]} />
      </div>
    </form>
  );
}

function targetCommand(profile: string, { copies, domains, offsite, immutable, verifiedDays }: CopyTarget): string[] {
  return [
    'holdfast',
    'compliance',
    'target',
    profile,
    '--copies',
    String(copies),
    '--domains',
    String(domains),
    '--offsite',
    String(offsite),
    '--immutable',
    String(immutable),
    '--verified-days',
    String(verifiedDays),
  ];
}
