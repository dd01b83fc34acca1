/** Takes a route away, and what is kept for it. */
import type { Route } from '../../../../shared/contract/routes.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { ConfirmDestructive } from '../../../components/confirm-destructive.tsx';
import { leadsTo } from './route-words.ts';

type RemoveRouteProps = { readonly route: Route; readonly opened: boolean; readonly onClose: () => void };

export function RemoveRoute({ route, opened, onClose }: RemoveRouteProps) {
  const order = useOrder((client, id: string) => client.routes.remove({ id }), [['routes.list']]);
  const { id, name } = route;
  const close = () => {
    order.reset();
    onClose();
  };
  return (
    <ConfirmDestructive
      opened={opened}
      onClose={close}
      title={`Remove ${name}`}
      goes={[{ id, name, detail: leadsTo(route), bytes: null }]}
      word={name}
      verb="Remove"
      busy={order.isPending}
      problem={problemIn(order)}
      onConfirm={() => order.mutate(id, { onSuccess: close })}
    >
      <p>
        Its address, password and headers are forgotten, and what waits to be sent by it is not sent. Alerts stay, and
        are told by the other routes.
      </p>
    </ConfirmDestructive>
  );
}
