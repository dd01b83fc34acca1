/** Sends one message now, and says what became of it. */
import { Button } from '@mantine/core';
import type { Route } from '../../../../shared/contract/routes.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../settings.module.css';

export function TestRoute({ route: { id, target } }: { readonly route: Route }) {
  const order = useOrder(
    (client, route: string) => client.routes.test({ id: route }),
    [['routes.list'], ['routes.deliveries']],
  );
  const problem = problemIn(order);
  const { data } = order;
  return (
    <>
      <Button loading={order.isPending} onClick={() => order.mutate(id)}>
        Test
      </Button>
      {problem === null && (data === undefined || order.isPending) ? null : (
        <div role="status" className={styles['outcome']}>
          {problem === null ? null : <ErrorNotice problem={problem} />}
          {data === undefined || order.isPending ? null : data.state === 'sent' ? (
            <Notice tone="good" title="The test was delivered">
              {target.kind === 'mail' ? 'The mail server has taken it; see whether it arrives.' : 'It was taken.'}
            </Notice>
          ) : (
            <Notice tone="fail" title="The test was not delivered">
              {visibleText(data.problem ?? 'Nobody said why.')}
            </Notice>
          )}
        </div>
      )}
    </>
  );
}
