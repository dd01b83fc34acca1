/** Tenants: who may call for whom, and what of a machine that several share each of them may use. Pure functions. */
import type { ErrorCode } from './errors.ts';
import { covers, type Role } from './roles.ts';

/** The owner of a home: the operator of the machine, who gives the others what they have. */
export const ownerTenant = 'default';

/** Parts of folders, tags and addresses: nothing but small letters, digits and hyphens. */
export const tenantIdPattern = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

export const tenantStates = ['active', 'suspended', 'retired'] as const;
export type TenantState = (typeof tenantStates)[number];

/** What of the machine a tenant may use; nothing by default. */
export type TenantGrants = {
  /** Folders it may read, write, and keep a repository in: absolute, with all that is below. */
  readonly folders: readonly string[];
  /** Programs and scripts around captures and in recovery plans, run as the account that the engine runs as. */
  readonly commands: boolean;
  /** What the account of the engine signs in elsewhere with: AWS profiles and environment, SSH keys and agent. */
  readonly machineCredentials: boolean;
};

export const noGrants: TenantGrants = { folders: [], commands: false, machineCredentials: false };

/**
 * `own`: it reads and changes what is the caller's tenant's alone. `bound`: that too, and where it names something of the
 * machine, it takes what the tenant was given of it. `operator`: it is of the machine or the whole home.
 */
export const tenantRules = ['own', 'bound', 'operator'] as const;
export type TenantRule = (typeof tenantRules)[number];

/** What is asked for, by whom, and how that tenant stands; `unknown`: there is none of that name. */
export type Admission = {
  /** Of whoever asks, by its login. */
  readonly tenant: string;
  readonly role: Role;
  /** The tenant that the call is to be for; null: its own. */
  readonly actsFor: string | null;
  readonly standing: TenantState | 'unknown';
  readonly rule: TenantRule;
  readonly required: Role;
};

/** Why a call is refused; null: it may be made. The one place that says who may act for whom. */
export function refusalOf(asked: Admission): ErrorCode | null {
  const { tenant, role, actsFor, standing, rule, required } = asked;
  const acts = actsFor !== null && actsFor !== tenant;
  // Before anything is looked up: what others there are is nobody's but the operator's to know.
  if (acts && !isOperator({ tenant, role })) return 'FORBIDDEN';
  const effective = actsFor ?? tenant;
  if (effective !== ownerTenant && standing === 'unknown') return acts ? 'TENANT_UNKNOWN' : 'TENANT_CLOSED';
  // Of a tenant that is not active the operator looks at things, and changes none.
  if (effective !== ownerTenant && standing !== 'active' && (!acts || required !== 'read')) return 'TENANT_CLOSED';
  if (rule === 'operator' && effective !== ownerTenant) return 'OPERATOR_ONLY';
  return covers(role, required) ? null : 'FORBIDDEN';
}

/** Who sees all tenants, makes them, and may act for each. */
export function isOperator({ tenant, role }: { readonly tenant: string; readonly role: Role }): boolean {
  return tenant === ownerTenant && covers(role, 'admin');
}

/** How rows and records name an operator who acts for a tenant. */
export function actorFor(actor: string): string {
  return `operator ${actor}`.slice(0, 256);
}

/** Whether a folder lies in one of those that were given. Paths as they really are, without links. */
export function liesWithin(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`));
}

/** What is offered of the operator's to a tenant, by what has become of it. */
export const offerStates = ['open', 'copied', 'withdrawn', 'expired'] as const;
export type OfferState = (typeof offerStates)[number];

/** Times are epoch milliseconds. */
export function offerState(
  {
    expiresAtMs,
    withdrawnAtMs,
    copiedAtMs,
  }: {
    readonly expiresAtMs: number;
    readonly withdrawnAtMs: number | null;
    readonly copiedAtMs: number | null;
  },
  nowMs: number,
): OfferState {
  if (copiedAtMs !== null) return 'copied';
  if (withdrawnAtMs !== null) return 'withdrawn';
  return expiresAtMs <= nowMs ? 'expired' : 'open';
}

/** For how many days back transfers are counted. */
export const usageDays = 30;
