/** What of this machine a tenant may use: nothing, until it is given here. */
import { Button, Switch } from '@mantine/core';
import { useState } from 'react';
import type { TenantOverview } from '../../../../shared/contract/tenants.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { useFolderChooser } from '../../../client/machine.ts';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { FolderDialog } from '../../../components/folder-dialog.tsx';
import { Panel } from '../../../components/page.tsx';
import { PathsField } from '../../../components/paths-field.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../settings.module.css';

type Grants = TenantOverview['grants'];

export function GrantsPanel({ tenant: { tenant, title, grants } }: { readonly tenant: TenantOverview }) {
  const [draft, setDraft] = useState<Grants | null>(null);
  const shown = draft ?? grants;
  const change = (part: Partial<Grants>): void => setDraft({ ...shown, ...part });
  const order = useOrder(
    (client, asked: Grants) => client.tenants.grant({ tenant, grants: asked }),
    [['tenants.list']],
  );
  const problem = problemIn(order);
  const chooser = useFolderChooser(`A folder for ${visibleText(title)}`, (path) => {
    if (!shown.folders.includes(path)) change({ folders: [...shown.folders, path] });
  });
  return (
    <Panel title="What of this machine it may use">
      <p className={styles['lead']}>
        Folders, with all that is below: to protect, to restore into, and to keep repositories and sites in. Without one
        it can work with what is elsewhere alone.
      </p>
      <div className={styles['block']}>
        <PathsField
          paths={shown.folders}
          onChange={(folders) => change({ folders })}
          onChoose={chooser.open}
          facts={[]}
        />
      </div>
      <div className={styles['block']}>
        <Switch
          label="Programs in hooks and recovery plans"
          description="They run as the account of this engine, and reach all that it reaches: only for those you trust with it."
          checked={shown.commands}
          onChange={({ currentTarget: { checked } }) => change({ commands: checked })}
        />
      </div>
      <div className={styles['block']}>
        <Switch
          label="AWS profiles, SSH keys and agent of this account"
          description="What this account signs in elsewhere with. Without it the tenant enters its own."
          checked={shown.machineCredentials}
          onChange={({ currentTarget: { checked } }) => change({ machineCredentials: checked })}
        />
      </div>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button
          disabled={draft === null}
          loading={order.isPending}
          onClick={() => order.mutate(shown, { onSuccess: () => setDraft(null) })}
        >
          Save what it may use
        </Button>
        <Button disabled={draft === null} onClick={() => setDraft(null)}>
          As it was
        </Button>
        <ShowCommand commands={[grantCommand(tenant, shown)]} />
      </div>
      <FolderDialog {...chooser.dialog} />
    </Panel>
  );
}

function grantCommand(tenant: string, { folders, commands, machineCredentials }: Grants): string[] {
  return [
    'holdfast',
    'tenant',
    'grant',
    tenant,
    ...(folders.length === 0 ? ['--no-folders'] : folders.flatMap((folder) => ['--folder', folder])),
    '--commands',
    commands ? 'yes' : 'no',
    '--machine-credentials',
    machineCredentials ? 'yes' : 'no',
  ];
}
