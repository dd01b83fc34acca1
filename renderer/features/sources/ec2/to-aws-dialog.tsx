/** An image back to AWS as a new snapshot: looked at first, what it takes and may, and then written. */
import { Button, Modal, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { RestoreImageResult } from '../../../../shared/contract/images.ts';
import { regionPattern } from '../../../../shared/model/aws.ts';
import { countOf } from '../../../../shared/model/units.ts';
import { problemIn, startJob, useOrder } from '../../../client/ask.ts';
import { useAwsAccounts } from '../../../client/aws.ts';
import { collect } from '../../../client/collect.ts';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from './images.module.css';

type ToAwsDialogProps = {
  readonly snapshot: string;
  readonly source: string;
  readonly repository: string;
  readonly account: string | null;
  readonly onClose: () => void;
};

type Where = { readonly volume: string; readonly region: string; readonly account: string };

export function ToAwsDialog({ snapshot, source, repository, account, onClose }: ToAwsDialogProps) {
  const accounts = useAwsAccounts().data?.accounts ?? [];
  const [where, setWhere] = useState<Where>({ volume: '', region: '', account: account ?? '' });
  const change = (part: Partial<Where>) => {
    look.reset();
    setWhere((before) => ({ ...before, ...part }));
  };
  const volume = where.volume.trim();
  const selection = volume === '' ? snapshot : `${snapshot}:/${volume}`;
  const to = { account: where.account === '' ? null : where.account, region: where.region.trim(), endpoint: null };
  const input = { repository: { id: repository }, selection, source, to };
  const look = useOrder(async (client, asked: typeof input) => {
    const { result } = await collect(client.images.restore({ ...asked, dryRun: true, detach: false }), {
      itemsOf: () => [],
      resultOf: (event): RestoreImageResult | null => (event.type === 'done' ? event.result : null),
    });
    return result;
  });
  const write = useOrder((client, asked: typeof input) => startJob(client.images.restore({ ...asked, detach: true })));
  const found = look.data ?? null;
  const problem = problemIn(write) ?? problemIn(look);
  const ready = regionPattern.test(where.region.trim());
  return (
    <Modal opened onClose={onClose} title={`Image ${snapshot.slice(0, 8)} to AWS`} size="lg">
      <div className={styles['fields']}>
        <p className={styles['dim']}>
          It becomes a new EBS snapshot, from which volumes are made as from any other. Nothing that is there is
          touched.
        </p>
        <TextInput
          label="Volume"
          description="Its folder in the image; empty where there is one alone."
          placeholder="vol-0123456789abcdef0"
          value={where.volume}
          spellCheck={false}
          onChange={(event) => change({ volume: event.currentTarget.value })}
        />
        <TextInput
          label="Region"
          placeholder="eu-central-1"
          value={where.region}
          error={where.region === '' || ready ? null : 'A region is written as eu-central-1.'}
          spellCheck={false}
          onChange={(event) => change({ region: event.currentTarget.value })}
        />
        <Select
          label="AWS account"
          data={[
            { value: '', label: 'What this machine says by itself' },
            ...accounts.map(({ name }) => ({ value: name, label: visibleText(name) })),
          ]}
          value={where.account}
          allowDeselect={false}
          onChange={(name) => change({ account: name ?? '' })}
        />
        {problem === null ? null : <ErrorNotice problem={problem} />}
        {found === null ? null : (
          <Notice tone="none" title={`${found.sizeGib} GiB would be written to ${visibleText(found.region)}`}>
            {countOf(found.blocks.put, 'block')} to be put at most; those of zeros are not.
          </Notice>
        )}
        <div className={styles['end']}>
          <ShowCommand
            commands={[
              [
                'holdfast',
                'restore-image',
                selection,
                '--to-region',
                to.region === '' ? 'REGION' : to.region,
                ...(to.account === null ? [] : ['--account', to.account]),
              ],
            ]}
          />
          <Button disabled={!ready} loading={look.isPending} onClick={() => look.mutate(input)}>
            See what that does
          </Button>
          <Button
            variant="filled"
            disabled={found === null}
            loading={write.isPending}
            onClick={() => write.mutate(input, { onSuccess: onClose })}
          >
            Write it
          </Button>
        </div>
      </div>
    </Modal>
  );
}
