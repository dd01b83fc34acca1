/** The recovery kit: a page that lets a stranger recover with stock tools, to be printed and kept elsewhere. */
import { Button, Select } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { problemIn, useAnswer, useOrder } from '../../client/ask.ts';
import { useRepositories } from '../../client/live-store.ts';
import { saveText } from '../../client/save-text.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './recovery.module.css';

/** Names of the forms of a kit in the answer of the engine. */
type Kind = 'html' | 'text' | 'file';

const endings: Readonly<Record<Kind, string>> = { html: '.html', text: '.txt', file: '.holdfast-kit' };
const kinds: readonly (readonly [Kind, string])[] = [
  ['html', 'Save to print'],
  ['text', 'Save as text'],
  ['file', 'Save as a file'],
];

export function KitPanel() {
  const repositories = useRepositories().filter(({ state }) => state === 'open');
  const [chosen, setChosen] = useState<string | null>(null);
  const repository = repositories.find(({ id }) => id === chosen) ?? repositories[0];
  const order = useOrder(async (client, { id, kind }: { id: string; kind: Kind }) => {
    const kit = await client.recoveryKit.make({ repository: { id } });
    const name = `holdfast-recovery-kit-${kit.repository.id.slice(0, 8)}${endings[kind]}`;
    const isSaved = await saveText(name, kind === 'html' ? 'text/html' : 'text/plain', kit[kind]);
    // Only what somebody has kept is no reason to remind any more.
    if (isSaved) await client.recoveryKit.make({ repository: { id }, kept: true });
  });
  const standing = useAnswer(['recoveryKit.standing', order.status], (client, signal) =>
    client.recoveryKit.standing({}, { signal }),
  );
  const problem = problemIn(order);
  return (
    <Panel title="Recovery kit">
      <div className={styles['words']}>
        A page for the day when this machine is gone: where the repository lies, its keys, and the commands of stock
        restic that bring everything back. The password is not in it. Print it, and keep it away from this machine. As a
        file, a new Holdfast opens it.
      </div>
      {standing.data === undefined ? null : <Standing {...standing.data} />}
      {repositories.length > 1 ? (
        <Select
          label="Of"
          mt={10}
          data={repositories.map(({ id, name }) => ({ value: id, label: name }))}
          value={repository?.id ?? null}
          onChange={setChosen}
          allowDeselect={false}
        />
      ) : null}
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        {kinds.map(([kind, label]) => (
          <Button
            key={kind}
            disabled={repository === undefined}
            loading={order.isPending && order.variables.kind === kind}
            onClick={() => repository !== undefined && order.mutate({ id: repository.id, kind })}
          >
            {label}
          </Button>
        ))}
        <Link to="/kit">Open a kit</Link>
        {repository === undefined ? null : (
          <ShowCommand
            commands={[
              ['holdfast', 'recovery-kit', '--html', 'recovery-kit.html', '--repository', repository.location],
            ]}
          />
        )}
      </div>
    </Panel>
  );
}

function Standing({ savedAt, changes }: { readonly savedAt: string | null; readonly changes: readonly string[] }) {
  if (savedAt === null) return <Notice tone="part">It was never saved. Do it before the day when it is needed.</Notice>;
  if (changes.length === 0)
    return (
      <div className={styles['dim']}>
        Saved <RelativeTime at={savedAt} />; nothing in it has changed since.
      </div>
    );
  return (
    <Notice tone="part" title="The one that was saved is out of date">
      {changes.map((change) => (
        <div key={change}>{visibleText(change)}</div>
      ))}
    </Notice>
  );
}
