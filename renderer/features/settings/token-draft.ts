/** What is asked about a new token, without its looks. */
import type { Role } from '../../../shared/model/roles.ts';

const dayMs = 24 * 3_600_000;

export const lifetimes = [
  { value: '30d', label: '30 days', ms: 30 * dayMs },
  { value: '90d', label: '90 days', ms: 90 * dayMs },
  { value: '1y', label: '1 year', ms: 365 * dayMs },
  { value: 'none', label: 'until it is revoked', ms: null },
] as const;

export type Lifetime = (typeof lifetimes)[number]['value'];
export type TokenDraft = { readonly name: string; readonly role: Role; readonly lifetime: Lifetime };

export const newDraft: TokenDraft = { name: '', role: 'read', lifetime: '90d' };

export function tokenOf({ name, role, lifetime }: TokenDraft): { name: string; role: Role; lifetimeMs: number | null } {
  return { name: name.trim(), role, lifetimeMs: lifetimes.find(({ value }) => value === lifetime)?.ms ?? null };
}

/** The command line that makes the same token. */
export function tokenCommand({ name, role, lifetime }: TokenDraft): string[] {
  const end = lifetime === 'none' ? [] : ['--expires', lifetime];
  return ['holdfast', 'token', 'create', name.trim() === '' ? 'NAME' : name.trim(), '--role', role, ...end];
}
