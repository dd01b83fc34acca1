/** Roles in the words of every screen. */
import { roleTable, type Role } from '../../shared/model/roles.ts';

/** What a role may do. */
export function sayRole(role: Role): string {
  return roleTable[role].may;
}

/** Whoever has it. */
export function roleName(role: Role): string {
  return roleTable[role].name;
}
