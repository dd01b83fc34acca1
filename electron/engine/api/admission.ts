/** Who a call is by, for whom, and whether it may be made: asked here, for every door. */
import type { Caller } from '../../../shared/contract/common.ts';
import { rights } from '../../../shared/contract/rights.ts';
import { tenantRuleOf } from '../../../shared/contract/tenant-rules.ts';
import { HoldfastError, type ErrorCode } from '../../../shared/model/errors.ts';
import { covers, type Role } from '../../../shared/model/roles.ts';
import { actorFor, isOperator, ownerTenant, refusalOf, type TenantRule } from '../../../shared/model/tenants.ts';
import type { Tenants } from '../tenants/tenants.ts';
import type { Calling } from './context.ts';

/** Who calls, and how that came in. */
export type Came = {
  readonly calling: Calling;
  readonly door: string;
  /** The tenant that the call is to be for; null: that of whoever calls. */
  readonly actsFor?: string | null;
};

/** Who the call is by from now on, and why it may not be made. Where it may not be for another, it stays whose it was. */
export async function admit(
  tenants: Tenants,
  { calling, actsFor = null }: Came,
  call: string,
): Promise<{ readonly calling: Calling; readonly refusal: HoldfastError | null }> {
  const { tenant, actor } = calling.caller;
  const { role } = calling;
  const acts = actsFor !== null && actsFor !== tenant;
  const standing = await tenants.standing(actsFor ?? tenant);
  const required = requiredRole(call);
  const code = refusalOf({ tenant, role, actsFor, standing, rule: tenantRule(call), required });
  const mayAct = acts && isOperator({ tenant, role });
  const effective: Calling =
    mayAct && standing !== 'unknown'
      ? { caller: { tenant: actsFor, actor: actorFor(actor) }, role, actingOperator: true }
      : calling;
  if (code === null) return { calling: effective, refusal: null };
  const words = refusalWords(code, { call, role, required, tenant: actsFor ?? tenant });
  return { calling: effective, refusal: new HoldfastError(code, words) };
}

/** What the engine does by itself for a tenant, it may do. */
export function asAdmin(caller: Caller): Calling {
  return { caller, role: 'admin' };
}

/** Direct calls, and those on the socket, are the operator's: where they name another tenant, they act for it. */
export function asOwner({ tenant, actor }: Caller): { readonly calling: Calling; readonly actsFor: string | null } {
  return { calling: asAdmin({ tenant: ownerTenant, actor }), actsFor: tenant === ownerTenant ? null : tenant };
}

/** FORBIDDEN for one that is not connected, unless by an admin. */
export function refuseForeignPlace(role: Role, input: unknown): void {
  if (!namesAPlace(input) || covers(role, 'admin')) return;
  const what = 'A repository that is not connected is opened for the role admin only.';
  throw new HoldfastError('FORBIDDEN', `${what} This caller has ${role}.`);
}

type Refused = { readonly call: string; readonly role: Role; readonly required: Role; readonly tenant: string };

function refusalWords(code: ErrorCode, { call, role, required, tenant }: Refused): string {
  if (code === 'TENANT_UNKNOWN') return `There is no tenant ${tenant} in this home.`;
  if (code === 'TENANT_CLOSED') return `The tenant ${tenant} is not active.`;
  if (code === 'OPERATOR_ONLY') return `${call} is for the operator of this home.`;
  return covers(role, required)
    ? 'Whoever asks may not act for another tenant.'
    : `${call} asks for the role ${required}; this caller has ${role}.`;
}

function tenantRule(name: string): TenantRule {
  return Object.hasOwn(tenantRuleOf, name) ? tenantRuleOf[name as keyof typeof tenantRuleOf] : 'operator';
}

function requiredRole(name: string): Role {
  return Object.hasOwn(rights, name) ? rights[name as keyof typeof rights] : 'admin';
}

/** Whether a call brings a place and a password of its own, so that it would find out what lies on this machine. */
function namesAPlace(input: unknown): boolean {
  if (typeof input !== 'object' || input === null || !('repository' in input)) return false;
  const { repository } = input;
  return typeof repository === 'object' && repository !== null && 'location' in repository;
}
