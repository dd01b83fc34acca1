/** What a role may do, in the words of every screen. */
import type { Role } from '../../shared/model/roles.ts';

const words: Readonly<Record<Role, string>> = {
  read: 'look at everything',
  operate: 'look at everything; protect, restore and check',
  admin: 'everything: also change, remove and let others in',
};

export function sayRole(role: Role): string {
  return words[role];
}
