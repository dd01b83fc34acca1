/** What the operator of this home offers to the tenant that is signed in, or acted for: to be copied into its repository. */
import { useNavigate } from '@tanstack/react-router';
import { problemIn, startJob, useAnswer, useOrder } from '../../../client/ask.ts';
import { usePrimaryRepository } from '../../../client/live-store.ts';
import { useMay } from '../../../client/me.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Panel } from '../../../components/page.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../settings.module.css';
import { OfferTable } from './offer-table.tsx';

export function OffersHere() {
  const navigate = useNavigate();
  const primary = usePrimaryRepository();
  const mayCopy = useMay('offers.request');
  // What a job has copied meanwhile is told by no live state.
  const answer = useAnswer(['offers.list'], (client, signal) => client.offers.list({}, { signal }), { staleTimeMs: 0 });
  const order = useOrder(
    (client, asked: { readonly offer: string; readonly repository: string }) =>
      startJob(client.offers.request({ offer: asked.offer, repository: { id: asked.repository }, detach: true })),
    [['offers.list']],
  );
  const problem = problemIn(answer) ?? problemIn(order);
  const offers = answer.data?.offers ?? [];
  return (
    <Panel title="Snapshots offered to you">
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {answer.isPending ? <Skeleton lines={3} /> : null}
      {answer.isSuccess && offers.length === 0 ? (
        <EmptyState title="Nothing is offered">
          The operator of this home can offer snapshots of theirs. What you copy is yours, sealed with your keys.
        </EmptyState>
      ) : null}
      {offers.length === 0 ? null : (
        <>
          <p className={styles['lead']}>
            {primary === undefined
              ? 'Connect a repository of your own first: a copy goes into it.'
              : `A copy goes into ${visibleText(primary.name)}, sealed with its keys, and is restored like any other snapshot.`}
          </p>
          <OfferTable
            offers={offers}
            verb={primary !== undefined && mayCopy ? 'Copy' : null}
            busy={order.isPending ? order.variables.offer : null}
            onAct={({ id }) => {
              if (primary === undefined) return;
              order.mutate(
                { offer: id, repository: primary.id },
                { onSuccess: ({ job }) => void navigate({ to: '/activity/$job', params: { job } }) },
              );
            }}
          />
        </>
      )}
    </Panel>
  );
}
