import { oc } from '@orpc/contract';
import { z } from 'zod';
import { callerSchema } from './common.ts';
import { nameSchema } from './sources.ts';
import { roleSchema } from './tokens.ts';

export const consoleContract = {
  /** Who the engine takes the caller for, and what that caller may do. */
  me: oc.input(z.object({})).output(callerSchema.extend({ role: roleSchema })),
  /** A link that opens the console in a browser, once. CONSOLE_NOT_SERVED. */
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
