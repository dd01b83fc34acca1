/** Taking a repository out of the console. Nothing in it changes, which is said. */
import type { Connection } from '../../../shared/contract/repositories.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { ConfirmDestructive } from '../../components/confirm-destructive.tsx';

type DisconnectProps = { readonly repository: Connection; readonly opened: boolean; readonly onClose: () => void };

export function DisconnectRepository({ repository, opened, onClose }: DisconnectProps) {
  const order = useOrder((client, id: string) => client.repositories.disconnect({ id }));
  return (
    <ConfirmDestructive
      opened={opened}
      onClose={onClose}
      title={`Disconnect ${repository.name}`}
      goes={[{ id: repository.id, name: repository.name, detail: repository.location, bytes: null }]}
      word={repository.name}
      verb="Disconnect"
      busy={order.isPending}
      problem={problemIn(order)}
      onConfirm={() => order.mutate(repository.id, { onSuccess: onClose })}
    >
      <p>
        The console forgets where the repository lies and its password. The repository and its snapshots stay as they
        are, and can be connected again by whoever knows the password.
      </p>
    </ConfirmDestructive>
  );
}
