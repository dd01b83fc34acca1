/** The contract as the console calls it, through whichever door is there. */
import { createORPCClient } from '@orpc/client';
import { RPCLink as FetchLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import type { contract } from '../../shared/contract/index.ts';
import { proofHeader, proofItem, tenantHeader, tenantItem } from '../../shared/model/console-proof.ts';

/** What a call says beside its input. */
type CallContext = {
  /** For this call alone: a tenant that the operator calls for, in place of the one this tab acts for. */
  readonly tenant?: string;
};

export type Client = ContractRouterClient<typeof contract, CallContext>;

/** The HTTP door on the origin that served the page; its cookie and the proof of the sign-in say who calls. */
export function clientOverHttp(origin: string): Client {
  const link = new FetchLink<CallContext>({
    url: new URL('/rpc', origin),
    // Each time: another tab may have signed in anew.
    headers: ({ context }) => ({ [proofHeader]: localStorage.getItem(proofItem) ?? '', ...chosenTenant(context) }),
    fetch: (request, init) => fetch(request, { ...init, credentials: 'same-origin', cache: 'no-store' }),
  });
  return createORPCClient(link);
}

/** The port that the preload has handed over. */
export function clientOverPort(port: MessagePort): Client {
  const client: Client = createORPCClient(
    new PortLink<CallContext>({ port, headers: ({ context }) => chosenTenant(context) }),
  );
  port.start();
  return client;
}

/** Of an operator who acts for one; what that may do is the engine's to say. */
function chosenTenant(context: CallContext): Record<string, string> {
  const tenant = context.tenant ?? sessionStorage.getItem(tenantItem);
  return tenant === null ? {} : { [tenantHeader]: tenant };
}
