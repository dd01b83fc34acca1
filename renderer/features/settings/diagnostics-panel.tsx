/** Saves what a stranger may see of this engine to help. */
import { Button } from '@mantine/core';
import { problemIn, useOrder } from '../../client/ask.ts';
import { useMay } from '../../client/me.ts';
import { saveText } from '../../client/save-text.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import styles from './settings.module.css';

export function DiagnosticsPanel() {
  const may = useMay('engine.diagnostics');
  const order = useOrder(async (client) => {
    const found = await client.engine.diagnostics({});
    const name = `holdfast-diagnostics-${found.madeAt.slice(0, 10)}.json`;
    return { name, saved: await saveText(name, 'text/plain', `${JSON.stringify(found, null, 2)}\n`) };
  });
  const problem = problemIn(order);
  return (
    <Panel title="Diagnostics">
      <p className={styles['lead']}>
        Versions, the self-test, the last jobs and the log, for somebody who helps. No secret, no path, no name of a
        machine, a person or a source is in it. Read it before you pass it on; nothing is sent.
      </p>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {order.data?.saved === true ? <Notice tone="good">Saved as {order.data.name}.</Notice> : null}
      {may ? (
        <div className={styles['actions']}>
          <Button loading={order.isPending} onClick={() => order.mutate(undefined)}>
            Save diagnostics
          </Button>
          <ShowCommand commands={[['holdfast', 'diagnostics', '--output', 'diagnostics.json']]} />
        </div>
      ) : (
        <Notice tone="none">Saving it needs the role admin.</Notice>
      )}
    </Panel>
  );
}
