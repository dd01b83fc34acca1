/** Pairing with another Holdfast that serves its home as a site: a code, a repository there, a first rule, the copy. */
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { problemIn } from '../../../client/ask.ts';
import { usePrimaryRepository } from '../../../client/live-store.ts';
import { useMay, useMe, useRefusal } from '../../../client/me.ts';
import { useQueue, useSites, useSyncRules } from '../../../client/sites.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { NoRight } from '../../../components/no-right.tsx';
import { Page, Panel } from '../../../components/page.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StepRail } from '../../../components/step-rail.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { QueuePanel } from '../queue-panel.tsx';
import { AddRule } from '../rules-panel.tsx';
import { lagWords } from '../words.ts';
import styles from '../sites.module.css';
import { CodeStep } from './code-step.tsx';
import { pairingStep, stepsOfPairing } from './pairing-steps.ts';
import { RepositoryStep } from './repository-step.tsx';

/** Where one is stands in the address, without a secret, so that a reload leads on and not back to a code that is spent. */
export function PairScreen() {
  const search = useSearch({ from: '/sites/server/pair' });
  const navigate = useNavigate();
  const { isPending } = useMe();
  const refusal = useRefusal('siteServer.pair');
  const may = useMay('siteServer.pair');
  const primary = usePrimaryRepository();
  const rules = useSyncRules();
  const { location, user, fingerprint, appendOnly, site } = search;
  const hasRule = rules.data?.rules.some(({ to }) => to === site) ?? false;
  const step = pairingStep(search, hasRule);
  if (refusal !== null) return <NoRight title="Pair with a site" {...refusal} />;
  // Before it is known who asks, nobody begins to type a code.
  if (isPending || !may)
    return (
      <Page title="Pair with a site">
        {isPending ? (
          <Skeleton lines={4} />
        ) : (
          <Panel>
            <EmptyState title="The operator of this home pairs it" action={<Link to="/sites">Your sites</Link>}>
              Pairing connects this home with another one, for all who use it. Ask its operator, or add a site of your
              own.
            </EmptyState>
          </Panel>
        )}
      </Page>
    );
  return (
    <Page
      title="Pair with a site"
      sub={
        <>
          <Link to="/sites">Sites</Link> · another Holdfast that keeps copies of this one
        </>
      }
    >
      <StepRail label="Steps of pairing" steps={stepsOfPairing(step)} />
      {primary === undefined ? (
        <Notice tone="part">First choose where snapshots are stored: copies are made of what lies there.</Notice>
      ) : null}
      {step === 'Code' ? (
        <CodeStep
          onPaired={(paired) =>
            void navigate({
              to: '/sites/server/pair',
              search: {
                location: paired.location,
                ...paired.settings,
                ...(paired.appendOnly && { appendOnly: 'yes' }),
              },
            })
          }
        />
      ) : null}
      {step === 'Repository' ? (
        <RepositoryStep
          place={{ location: location ?? '', user: user ?? '', fingerprint: fingerprint ?? '' }}
          appendOnly={appendOnly === 'yes'}
          onAdded={(name) => void navigate({ to: '/sites/server/pair', search: { site: name } })}
        />
      ) : null}
      {site === undefined ? null : <AtSite name={site} hasRule={hasRule} />}
    </Page>
  );
}

function AtSite({ name, hasRule }: { readonly name: string; readonly hasRule: boolean }) {
  const sites = useSites();
  const queue = useQueue(name);
  const navigate = useNavigate();
  const problem = problemIn(sites);
  const known = sites.data?.sites ?? [];
  const site = known.find((one) => one.name === name);
  if (problem !== null) return <ErrorNotice problem={problem} onRetry={() => void sites.refetch()} />;
  if (sites.isPending) return <Skeleton lines={4} />;
  if (site === undefined)
    return <EmptyState title="There is no such site">It may have another name by now.</EmptyState>;
  if (!hasRule)
    return (
      <Panel title={`What goes to ${visibleText(name)}`} marked>
        <p className={styles['lead']}>
          {visibleText(name)} is a site now, and empty. A rule says what is sent there by itself, and how long it is
          kept.
        </p>
        <AddRule sites={[site]} onClose={() => void navigate({ to: '/sites/$site', params: { site: name } })} stays />
      </Panel>
    );
  const [worst] = site.lag;
  return (
    <>
      <Notice tone="good" title={`${visibleText(name)} gets copies from now on`}>
        {worst === undefined ? 'Nothing is there to be sent yet.' : `It is ${lagWords(worst)}.`}{' '}
        <Link to="/sites/$site" params={{ site: name }}>
          Its page
        </Link>{' '}
        shows what it holds, and when it may be sent to.
      </Notice>
      <QueuePanel answer={queue} />
    </>
  );
}
