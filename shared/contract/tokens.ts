import { oc } from '@orpc/contract';
import { z } from 'zod';
import { roles } from '../model/roles.ts';
import { nameSchema } from './sources.ts';

export const tokenIdSchema = z.string().regex(/^[0-9a-f]{16}$/);
export const roleSchema = z.enum(roles);

const dayMs = 24 * 60 * 60 * 1000;

/** An API token as it is known afterwards: the token itself is nowhere any more. */
export const tokenSchema = z.object({
  id: tokenIdSchema,
  name: z.string(),
  role: roleSchema,
  tenant: z.string(),
  /** How the token begins, to tell it from others. */
  prefix: z.string(),
  createdBy: z.string(),
  /** ISO-8601 UTC, as all times here. */
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  expired: z.boolean(),
  /** To the minute; null: never. */
  lastUsedAt: z.string().nullable(),
});
export type Token = z.infer<typeof tokenSchema>;

/** Tokens of the caller's tenant, for programs that ask over HTTP. */
export const tokensContract = {
  /** The answer is the only place where the token itself ever stands. TOKEN_EXISTS. */
  create: oc
    .input(
      z.object({
        name: nameSchema,
        role: roleSchema,
        /** Milliseconds from now; null: until it is revoked. */
        lifetimeMs: z
          .number()
          .int()
          .min(60_000)
          .max(3660 * dayMs)
          .nullable()
          .default(null),
      }),
    )
    .output(z.object({ token: tokenSchema, secret: z.string() })),
  list: oc.input(z.object({})).output(z.object({ tokens: z.array(tokenSchema) })),
  /** By its id or its name. It is refused from then on. TOKEN_NOT_FOUND. */
  revoke: oc.input(z.object({ token: z.string().min(1).max(100) })).output(tokenSchema),
};
