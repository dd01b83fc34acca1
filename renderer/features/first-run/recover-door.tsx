/** Recover: connect the repository, fill the catalog from it, bring back what the console knew. */
import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { formatCount } from '../../../shared/model/units.ts';
import { Notice } from '../../components/error-notice.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { StatusMark } from '../../components/status-badge.tsx';
import { StepRail } from '../../components/step-rail.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './first-run.module.css';
import { RecoverCatalog } from './recover-catalog.tsx';
import { RecoverConfiguration } from './recover-configuration.tsx';
import { RecoverConnect } from './recover-connect.tsx';
import { forgetRecover, recoverRail, recoverStore, type RecoverStep } from './recover-store.ts';

export function RecoverDoor() {
  const step = recoverStore((recover) => recover.step);
  return (
    <Page
      title="Recover from an existing repository"
      actions={
        <Link to="/welcome" search={{}}>
          All ways to begin
        </Link>
      }
    >
      <div className={styles['rail']}>
        <StepRail label="Steps" steps={recoverRail(step)} />
      </div>
      <div className={styles['wizard']} key={step}>
        <RecoverStepBody step={step} />
      </div>
    </Page>
  );
}

function RecoverStepBody({ step }: { readonly step: RecoverStep }) {
  switch (step) {
    case 'connect':
      return <RecoverConnect />;
    case 'catalog':
      return <RecoverCatalog />;
    case 'configuration':
      return <RecoverConfiguration />;
    case 'over':
      return <Over />;
  }
}

function Over() {
  const { rebuild, recovered } = recoverStore();
  const navigate = useNavigate();
  const leave = (to: '/' | '/snapshots') => {
    forgetRecover();
    void navigate({ to });
  };
  return (
    <Panel>
      <div className={styles['body']}>
        <div className={styles['result']}>
          <StatusMark tone="good" label="done" />
          {rebuild.result === null
            ? 'The repository is connected'
            : `${formatCount(rebuild.result.searchable)} ${rebuild.result.searchable === 1 ? 'snapshot' : 'snapshots'} can be browsed and searched`}
        </div>
        {recovered === null ? (
          <p className={styles['dim']}>No sources, settings or holds were brought back.</p>
        ) : (
          <p className={styles['dim']}>
            {recovered.sources.length === 1 ? 'One source' : `${formatCount(recovered.sources.length)} sources`},{' '}
            {formatCount(recovered.settings)} settings and {formatCount(recovered.holds)} holds came back.
          </p>
        )}
        {recovered === null || recovered.toApprove.length === 0 ? null : (
          <Notice tone="part" title="Hooks wait for your approval">
            {recovered.toApprove.map(visibleText).join(', ')}: their commands came with the repository, and stay
            disabled on this machine until you have read and approved them on the page of the source.
          </Notice>
        )}
        {recovered === null || recovered.awsAccounts.length === 0 ? null : (
          <Notice tone="part" title="AWS accounts">
            {recovered.awsAccounts.map(({ name }) => visibleText(name)).join(', ')}: their secrets never leave a machine
            and are entered again with `holdfast aws account set`; profiles and other endpoints wait for `holdfast aws
            account approve`.
          </Notice>
        )}
        {recovered === null || recovered.credentials.toEnter.length === 0 ? null : (
          <Notice tone="part" title="Credentials to enter again">
            {recovered.credentials.toEnter.map(visibleText).join(', ')}
          </Notice>
        )}
        <div className={styles['actions']}>
          <span className={styles['spring']} />
          <Button onClick={() => leave('/snapshots')}>Browse snapshots</Button>
          <Button variant="filled" onClick={() => leave('/')}>
            Go to the overview
          </Button>
        </div>
      </div>
    </Panel>
  );
}
