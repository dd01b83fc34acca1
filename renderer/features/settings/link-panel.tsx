/** A link that opens the console in another browser, once. */
import { Button } from '@mantine/core';
import { problemIn, useOrder } from '../../client/ask.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { OnceShown } from './once-shown.tsx';
import styles from './settings.module.css';

export function LinkPanel() {
  const link = useOrder((client) => client.console.link({}));
  const problem = problemIn(link);
  return (
    <Panel title="Another browser">
      <p className={styles['lead']}>
        A sign-in link opens the console once, in one browser, as you and with your role. Whoever has it before you use
        it is let in.
      </p>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {link.data === undefined ? null : (
        <OnceShown what="sign-in link" text={link.data.url}>
          It ends <RelativeTime at={link.data.expiresAt} />, or when it is used.
        </OnceShown>
      )}
      <div className={styles['actions']}>
        <Button loading={link.isPending} onClick={() => link.mutate(undefined)}>
          New sign-in link
        </Button>
        <ShowCommand commands={[['holdfast', 'console-link']]} />
      </div>
    </Panel>
  );
}
