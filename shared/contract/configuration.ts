import { oc } from '@orpc/contract';
import { z } from 'zod';
import { idSchema, repositoryAccessSchema } from './common.ts';

/**
 * What became of a change of the console's own configuration in the repository: `saved` is false where it could not be
 * written there. The change is kept here then, and written with the next change or run.
 */
export const savedSchema = z.object({ saved: z.boolean(), notices: z.array(z.string()) });
export type Saved = z.infer<typeof savedSchema>;

export const consoleIdSchema = z.string().regex(/^[0-9a-f]{16}$/);

const credentialNamesSchema = z.array(z.string());

export const recoveredSchema = z.object({
  /** The configuration snapshot that was read, and when it was written (ISO-8601 UTC). */
  snapshot: idSchema,
  savedAt: z.string(),
  /** Whose it was. */
  console: z.object({ id: consoleIdSchema, name: z.string() }),
  sources: z.array(z.string()),
  /** Sources with commands that stay disabled until they are approved here. */
  toApprove: z.array(z.string()),
  /** Their secrets never leave a machine; programs of their profiles and other endpoints wait for approval here. */
  awsAccounts: z.array(z.object({ name: z.string(), lacksSecret: z.boolean(), toApprove: z.boolean() })),
  settings: z.number().int().nonnegative(),
  holds: z.number().int().nonnegative(),
  /** Names. */
  profiles: z.array(z.string()),
  /** Names; their passwords are to be entered again. */
  sites: z.array(z.string()).default([]),
  /** Recovery plans; commands of those that have any stay disabled until they are approved here. */
  plans: z.array(z.object({ name: z.string(), toApprove: z.boolean() })).default([]),
  /** Credentials that came back, and those to be entered again. */
  credentials: z.object({ recovered: credentialNamesSchema, toEnter: credentialNamesSchema }),
  /** Whether the configuration holds credentials that a recovery passphrase opens. */
  sealed: z.boolean(),
  ...savedSchema.shape,
});
export type Recovered = z.infer<typeof recoveredSchema>;

export const configurationContract = {
  /**
   * Brings back sources, settings, holds and, with the recovery passphrase, credentials from the newest readable
   * configuration snapshot. HOME_CONFIGURED where this home has a configuration of its own and `replace` is false.
   */
  recover: oc
    .input(
      z.object({
        repository: repositoryAccessSchema,
        /** Of several consoles that wrote to the repository: an id or a name. The newest by default. */
        console: z.string().min(1).max(200).optional(),
        replace: z.boolean().default(false),
        /** Says what would come back, and changes nothing. */
        dryRun: z.boolean().default(false),
        /** Opens the credentials of the configuration, and then this home's own store, which is made where missing. */
        credentials: z.object({ recoveryPassphrase: z.string().min(1), passphrase: z.string().min(1) }).optional(),
      }),
    )
    .output(recoveredSchema),
};
