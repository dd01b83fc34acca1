/** Takes an API token back. */
import type { Token } from '../../../shared/contract/tokens.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { ConfirmDestructive } from '../../components/confirm-destructive.tsx';

type RevokeTokenProps = { readonly token: Token | null; readonly onClose: () => void };

export function RevokeToken({ token, onClose }: RevokeTokenProps) {
  const order = useOrder((client, id: string) => client.tokens.revoke({ token: id }), [['tokens.list']]);
  const close = () => {
    order.reset();
    onClose();
  };
  return (
    <ConfirmDestructive
      opened={token !== null}
      onClose={close}
      title={`Revoke ${token?.name ?? ''}`}
      goes={token === null ? [] : [{ id: token.id, name: token.name, detail: `${token.prefix}…`, bytes: null }]}
      word={token?.name ?? ''}
      verb="Revoke"
      busy={order.isPending}
      problem={problemIn(order)}
      onConfirm={() => token !== null && order.mutate(token.id, { onSuccess: close })}
    >
      <p>Programs that use it are refused from then on. It cannot be had back; a new token takes its place.</p>
    </ConfirmDestructive>
  );
}
