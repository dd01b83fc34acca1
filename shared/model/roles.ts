/** What a caller may do: one table, which screens, commands and documents read too. Each role may do what those before it may. */

export const roles = ['read', 'recover', 'operate', 'admin'] as const;
export type Role = (typeof roles)[number];

export type RoleWords = {
  /** Whoever has it. */
  readonly name: string;
  /** Goes on from "may". */
  readonly may: string;
};

/** Which call asks for which of them stands in shared/contract/rights.ts. */
export const roleTable: Readonly<Record<Role, RoleWords>> = {
  read: { name: 'viewer', may: 'look at everything' },
  recover: {
    name: 'recovery operator',
    may: 'look at everything; restore, run drills and plans, acknowledge alerts, and nothing else',
  },
  operate: { name: 'operator', may: 'look at everything; protect, restore, rehearse and check' },
  admin: { name: 'administrator', may: 'everything: also change, remove and let others in' },
};

/** Whether whoever has the role may do what asks for `required`. */
export function covers(role: Role, required: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(required);
}

/** Kinds of jobs that bring something back. */
const recoveryJobs: ReadonlySet<string> = new Set([
  'restore',
  'restore undo',
  'plan',
  'drill',
  'clone',
  'clone removal',
]);

/** Whether whoever has the role may stop a job of this kind: what somebody may begin, they may stop. */
export function mayCancel(role: Role, kind: string): boolean {
  return covers(role, 'operate') || (covers(role, 'recover') && recoveryJobs.has(kind));
}
