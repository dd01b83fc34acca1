/** A code is read, so that one sees whom it leads to, and traded for a lasting password. */
import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { useLive } from '../../../client/live-store.ts';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { Fact, Facts, Panel } from '../../../components/page.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../sites.module.css';
import { grouped } from './pairing-steps.ts';

type Paired = {
  readonly location: string;
  readonly settings: { readonly user: string; readonly fingerprint: string };
  readonly appendOnly: boolean;
};

export function CodeStep({ onPaired }: { readonly onPaired: (paired: Paired) => void }) {
  const [code, setCode] = useState('');
  const read = useOrder((client, text: string) => client.siteServer.readCode({ code: text }));
  const pair = useOrder((client, text: string) => client.siteServer.pair({ code: text }));
  const keepsNothing = useLive(({ engine }) => engine !== null && engine.secretStore === null);
  const problem = problemIn(read) ?? problemIn(pair);
  const says = read.data;
  return (
    <Panel title="The code of the other end" marked>
      {keepsNothing ? (
        <Notice tone="part" title="This engine has no place for secrets">
          The password that a code is traded for could not be kept. Start it with HOLDFAST_PASSPHRASE_FILE, or use the
          desktop program.
        </Notice>
      ) : null}
      <form
        className={`${styles['confirm']} ${keepsNothing ? styles['below'] : ''}`}
        aria-label="Registration code"
        onSubmit={(event) => {
          event.preventDefault();
          if (code.trim() === '' || read.isPending || pair.isPending) return;
          if (says === undefined) read.mutate(code);
          else pair.mutate(code, { onSuccess: onPaired });
        }}
      >
        <Textarea
          label="Code"
          description="At the site: Sites, Pushed here, Invite another console. It begins with hfsite1_ and is good once."
          autosize
          minRows={2}
          maxRows={5}
          spellCheck={false}
          autoComplete="off"
          value={code}
          onChange={(event) => {
            setCode(event.currentTarget.value);
            read.reset();
            pair.reset();
          }}
        />
        {says === undefined ? null : (
          <>
            <Facts>
              <Fact name="Leads to">
                <b>{visibleText(says.address)}</b>
              </Fact>
              <Fact name="Certificate">
                <span className={styles['mono']}>{grouped(says.fingerprint)}</span>
              </Fact>
            </Facts>
            <p className={styles['lead']}>
              That address is contacted, and nothing is sent to a server that shows another certificate. The password
              that comes back is kept in the secret store.
            </p>
          </>
        )}
        {problem === null ? null : <ErrorNotice problem={problem} />}
        <div className={styles['actions']}>
          {says === undefined ? (
            <Button type="submit" variant="filled" disabled={code.trim() === ''} loading={read.isPending}>
              Read the code
            </Button>
          ) : (
            <Button type="submit" variant="filled" loading={pair.isPending}>
              Pair with {visibleText(says.address)}
            </Button>
          )}
          <ShowCommand
            commands={[['holdfast', 'site', 'pair']]}
            note="The code is asked for, so that it stays out of the list of commands."
          />
        </div>
      </form>
    </Panel>
  );
}
