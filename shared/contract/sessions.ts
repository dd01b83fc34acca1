import { oc } from '@orpc/contract';
import { z } from 'zod';
import { roleSchema } from './tokens.ts';

export const sessionIdSchema = z.string().regex(/^[0-9a-f]{16}$/);

/** A browser that is signed in. What it is signed in with is nowhere but in that browser. */
export const sessionSchema = z.object({
  id: sessionIdSchema,
  tenant: z.string(),
  actor: z.string(),
  role: roleSchema,
  /** ISO-8601 UTC, as all times here. */
  beganAt: z.string(),
  lastSeenAt: z.string(),
  /** When it ends by itself unless it is used before: at the latest 30 days after it began. */
  endsAt: z.string(),
  /** The address that signed in; null for a session of an earlier version. */
  address: z.string().nullable(),
  /** What the browser calls itself, in a few words such as `Firefox on Linux`; null where it says nothing known. */
  browser: z.string().nullable(),
  /** Whether the caller itself asks by it. */
  own: z.boolean(),
});
export type Session = z.infer<typeof sessionSchema>;

/** Browsers that are signed in for the caller's tenant. There are 200 at most: the one that was used longest ago gives way. */
export const sessionsContract = {
  list: oc.input(z.object({})).output(z.object({ sessions: z.array(sessionSchema) })),
  /** It is refused from then on, and what it has under way is stopped. SESSION_NOT_FOUND. */
  revoke: oc.input(z.object({ session: sessionIdSchema })).output(sessionSchema),
  /** All but the caller's own, and links that nobody has used yet. */
  revokeAll: oc
    .input(
      z.object({
        /** Also the caller's own. */
        own: z.boolean().default(false),
      }),
    )
    .output(z.object({ revoked: z.number().int().nonnegative() })),
};
