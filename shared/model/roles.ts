/** What a caller may do. Each role may do what those before it may. */

/** `read`: look at everything. `operate`: also protect, restore and check. `admin`: also change, remove and let others in. */
export const roles = ['read', 'operate', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Whether whoever has the role may do what asks for `required`. */
export function covers(role: Role, required: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(required);
}
