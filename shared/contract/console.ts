import { oc } from '@orpc/contract';
import { z } from 'zod';
import { callerSchema } from './common.ts';
import { nameSchema } from './sources.ts';
import { roleSchema } from './tokens.ts';

export const consoleContract = {
  /** Who the engine takes the caller for, and what that caller may do. */
  me: oc.input(z.object({})).output(
    callerSchema.extend({
      role: roleSchema,
      /** How the tenant is called; null for the owner of the home. */
      tenantTitle: z.string().nullable(),
      /** Whether it is the operator of the home, who sees all tenants; also while acting for one. */
      operator: z.boolean(),
      /** Whether the operator acts for that tenant now. */
      acting: z.boolean(),
      /** Calls that are the operator's of the home, and refused to the tenant whatever its role; none for the owner. */
      withheld: z.array(z.string()),
    }),
  ),
  /**
   * A link that opens the console in a browser, once, for the tenant it was asked for: as who asks, or as `name`, in a role that
   * is no higher. CONSOLE_NOT_SERVED, FORBIDDEN.
   */
  link: oc
    .input(
      z.object({
        /** What whoever opens it may do; without it what the caller may. */
        role: roleSchema.optional(),
        /** Who opens it, for the list of sessions and the audit log; without it the caller. */
        name: nameSchema.optional(),
      }),
    )
    .output(
      z.object({
        url: z.string(),
        /** ISO-8601 UTC. */
        expiresAt: z.string(),
      }),
    ),
};
