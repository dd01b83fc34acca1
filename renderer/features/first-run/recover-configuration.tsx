/** What the console of before knew: shown before it is brought back. */
import { Button, Checkbox, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { formatCount } from '../../../shared/model/units.ts';
import type { Recovered } from '../../../shared/contract/configuration.ts';
import { problemIn, useAnswer, useOrder } from '../../client/ask.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Fact, Facts } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './first-run.module.css';
import { changeRecover, recoverStore } from './recover-store.ts';
import { StepBody } from './step-body.tsx';

export function RecoverConfiguration() {
  const { repository: id, location } = recoverStore();
  const [replace, setReplace] = useState(false);
  const [recoveryPassphrase, setRecoveryPassphrase] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const repository = { id: id ?? '' };
  const found = useAnswer(['configuration.recover', id, replace], (client, signal) =>
    client.configuration.recover({ repository, replace, dryRun: true }, { signal }),
  );
  const order = useOrder(async (client, credentials: { recoveryPassphrase: string; passphrase: string } | null) => {
    const recovered = await client.configuration.recover({ repository, replace, ...(credentials && { credentials }) });
    changeRecover({ recovered, step: 'over' });
  });
  const problem = problemIn(found);
  const failed = problemIn(order);
  const isNothing = problem?.code === 'CONFIGURATION_NOT_FOUND';
  const isHere = problem?.code === 'HOME_CONFIGURED' || replace;
  const withCredentials = recoveryPassphrase !== '';
  const ready = found.data !== undefined && problem === null && (!withCredentials || passphrase !== '');
  const skip = () => changeRecover({ step: 'over' });
  return (
    <StepBody
      question={isNothing ? 'No console has left its configuration here' : 'Bring back what the console knew?'}
      lead="Sources, settings and holds are stored with the snapshots, encrypted. Nothing is changed before you say so."
      onSubmit={() => {
        if (isNothing) skip();
        else if (ready) order.mutate(withCredentials ? { recoveryPassphrase, passphrase } : null);
      }}
      actions={
        <>
          <Button onClick={() => changeRecover({ step: 'catalog' })}>Back</Button>
          <span className={styles['spring']} />
          {isNothing ? null : (
            <>
              <ShowCommand
                commands={[['holdfast', 'recover', '--from', location, ...(replace ? ['--replace'] : [])]]}
              />
              <Button onClick={skip} disabled={order.isPending}>
                Leave it
              </Button>
            </>
          )}
          <Button type="submit" variant="filled" disabled={!isNothing && !ready} loading={order.isPending}>
            {isNothing ? 'Next' : 'Bring back'}
          </Button>
        </>
      }
    >
      {found.isPending ? <Skeleton lines={3} /> : null}
      {isNothing ? (
        <p className={styles['dim']}>As in a repository that restic alone has written. Its snapshots are all there.</p>
      ) : null}
      {isHere ? (
        <Notice tone="part" title="This console has a configuration of its own">
          <Checkbox
            mt={6}
            checked={replace}
            onChange={(event) => setReplace(event.currentTarget.checked)}
            label="Put that of the repository in its place; the present one is kept as a file in the home"
          />
        </Notice>
      ) : null}
      {problem === null || isNothing || problem.code === 'HOME_CONFIGURED' ? null : (
        <ErrorNotice problem={problem} onRetry={() => void found.refetch()} />
      )}
      {found.data === undefined || problem !== null ? null : <Found recovered={found.data} />}
      {found.data?.sealed === true ? (
        <div className={styles['passwords']}>
          <PasswordInput
            label="Recovery passphrase"
            description="Opens the credentials that came along. Without it they are named, to be entered again."
            value={recoveryPassphrase}
            onChange={(event) => setRecoveryPassphrase(event.currentTarget.value)}
            autoComplete="off"
          />
          {withCredentials ? (
            <PasswordInput
              label="Passphrase of this console’s own store"
              description="Where the credentials are kept here; it is made where there is none."
              value={passphrase}
              onChange={(event) => setPassphrase(event.currentTarget.value)}
              autoComplete="new-password"
            />
          ) : null}
        </div>
      ) : null}
      {failed === null ? null : <ErrorNotice problem={failed} />}
    </StepBody>
  );
}

function Found({ recovered }: { readonly recovered: Recovered }) {
  const {
    console: owner,
    sources,
    awsAccounts,
    settings,
    holds,
    credentials,
    plans,
    toApprove,
    savedAt,
    notices,
  } = recovered;
  const names = [...credentials.recovered, ...credentials.toEnter];
  return (
    <>
      <Facts>
        <Fact name="Of the console">{visibleText(owner.name)}</Fact>
        <Fact name="Written">
          <RelativeTime at={savedAt} />
        </Fact>
        <Fact name="Sources">{sources.length === 0 ? 'none' : sources.map(visibleText).join(', ')}</Fact>
        {awsAccounts.length === 0 ? null : (
          <Fact name="AWS accounts">{awsAccounts.map(({ name }) => visibleText(name)).join(', ')}</Fact>
        )}
        <Fact name="Settings">{formatCount(settings)}</Fact>
        <Fact name="Holds">{formatCount(holds)}</Fact>
        <Fact name="Credentials">{names.length === 0 ? 'none' : names.map(visibleText).join(', ')}</Fact>
        {plans.length === 0 ? null : (
          <Fact name="Recovery plans">{plans.map(({ name }) => visibleText(name)).join(', ')}</Fact>
        )}
        {toApprove.length === 0 ? null : (
          <Fact name="To be approved">commands of {toApprove.map(visibleText).join(', ')}</Fact>
        )}
      </Facts>
      {notices.map((text) => (
        <Notice key={text} tone="part">
          {visibleText(text)}
        </Notice>
      ))}
    </>
  );
}
