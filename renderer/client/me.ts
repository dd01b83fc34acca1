/** Who the engine takes this page for, and what it may ask, so that no button is offered that would be refused. */
import { rights, type CallName } from '../../shared/contract/rights.ts';
import { covers, mayCancel, type Role } from '../../shared/model/roles.ts';
import { useAnswer, type Answer } from './ask.ts';

export type Me = {
  readonly actor: string;
  readonly tenant: string;
  readonly role: Role;
  readonly tenantTitle: string | null;
  readonly operator: boolean;
  readonly acting: boolean;
  readonly withheld: readonly string[];
};

export function useMe(): Answer<Me> {
  return useAnswer(['console.me'], (client, signal) => client.console.me({}, { signal }));
}

/** True until the engine has said otherwise: it refuses by itself what is asked without a right. */
export function useMay(call: CallName): boolean {
  const { data } = useMe();
  return data === undefined || (covers(data.role, rights[call]) && !data.withheld.includes(call));
}

/** Which jobs this caller may stop. */
export function useMayCancel(): (job: { readonly kind: string }) => boolean {
  const { data } = useMe();
  return ({ kind }) => data === undefined || mayCancel(data.role, kind);
}

/** What a call asks for that this caller does not have; null where it may be made. */
export function useRefusal(call: CallName): { readonly required: Role; readonly role: Role } | null {
  const { data } = useMe();
  if (data === undefined || covers(data.role, rights[call])) return null;
  return { required: rights[call], role: data.role };
}

/** Ends the session of this browser, and leaves every screen. */
export async function signOut(): Promise<void> {
  const answer = await fetch('/logout', { method: 'POST', credentials: 'same-origin', cache: 'no-store' });
  if (!answer.ok) throw new Error(`The engine answered with ${answer.status}.`);
  window.location.replace('/');
}
