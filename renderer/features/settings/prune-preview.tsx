/** What a prune would give back, for each reason, as `holdfast prune --dry-run` says it: nothing is changed. */
import { Button } from '@mantine/core';
import type { Connection } from '../../../shared/contract/repositories.ts';
import type { PrunePlan } from '../../../shared/contract/upkeep.ts';
import { pruneFacts, removesAnything } from '../../../shared/model/prune-words.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { useMay } from '../../client/me.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Bytes } from '../../components/numbers.tsx';
import { Fact, Facts } from '../../components/page.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import styles from './settings.module.css';

export function PrunePreview({ repository }: { readonly repository: Connection }) {
  const order = useOrder(async (client, id: string): Promise<PrunePlan> => {
    const events = await client.upkeep.prune({ repository: { id }, dryRun: true });
    for await (const event of events) if (event.type === 'done') return event.result.plan;
    throw new Error('The prune ended without a plan.');
  });
  const problem = problemIn(order);
  const plan = order.data;
  if (!useMay('upkeep.prune')) return null;
  return (
    <section aria-label="What a prune would free">
      <h3>What a prune would free</h3>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {plan === undefined ? (
        <p>
          Data that no snapshot needs any more is given back by itself every few days. Looking ahead reads the index and
          all trees of snapshots, and changes nothing.
        </p>
      ) : (
        <>
          <p role="status">
            {removesAnything(plan) ? (
              <>
                The repository would become <Bytes value={plan.freedBytes} /> smaller.
              </>
            ) : (
              'There is nothing to remove.'
            )}
          </p>
          <Facts>
            {pruneFacts(plan).map(([name, words], index) => (
              // Two reasons to stay have the same name; their order is always the same.
              <Fact key={index} name={name}>
                {words}
              </Fact>
            ))}
          </Facts>
        </>
      )}
      <div className={styles['actions']}>
        <Button loading={order.isPending} onClick={() => order.mutate(repository.id)}>
          {plan === undefined ? 'Look what a prune would free' : 'Look again'}
        </Button>
        <ShowCommand
          commands={[['holdfast', 'prune', '--dry-run', '--repository', repository.location]]}
          restic={[['restic', '-r', repository.location, 'prune', '--dry-run']]}
        />
      </div>
    </section>
  );
}
