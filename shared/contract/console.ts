import { oc } from '@orpc/contract';
import { z } from 'zod';
import { callerSchema } from './common.ts';
import { roleSchema } from './tokens.ts';

export const consoleContract = {
  /** Who the engine takes the caller for, and what that caller may do. */
  me: oc.input(z.object({})).output(callerSchema.extend({ role: roleSchema })),
  /** A link that opens the console in a browser, once, as who asks for it. CONSOLE_NOT_SERVED. */
  link: oc.input(z.object({})).output(
    z.object({
      url: z.string(),
      /** ISO-8601 UTC. */
      expiresAt: z.string(),
    }),
  ),
};
