import { oc } from '@orpc/contract';
import { z } from 'zod';
import { configurationLimits as limits } from '../model/configuration.ts';
import { repositoryAccessSchema } from './common.ts';
import { savedSchema } from './configuration.ts';
import { nameSchema } from './sources.ts';

const passphraseSchema = z.string().min(1).max(1024);

export const credentialSchema = z.object({
  name: z.string(),
  /** What it holds, by key. The values never leave the engine. */
  keys: z.array(z.string()),
  /** Whether its values are on this machine; false where they only came sealed with the configuration. */
  here: z.boolean(),
  /** Whether the recovery passphrase brings it back on another machine. */
  recoverable: z.boolean(),
});
export type Credential = z.infer<typeof credentialSchema>;

const change = z.object({ repository: repositoryAccessSchema, passphrase: passphraseSchema });

export const credentialsContract = {
  list: oc.input(z.object({})).output(
    z.object({
      credentials: z.array(credentialSchema),
      /** Whether this home has a store, which its passphrase opens; the first change makes one. */
      exists: z.boolean(),
    }),
  ),
  /** Puts a credential in the place of one of the same name. WRONG_PASSPHRASE, SECRETS_DAMAGED. */
  set: oc
    .input(
      change.extend({
        name: nameSchema,
        values: z
          .array(
            z.object({
              key: z.string().min(1).max(100),
              value: z
                .string()
                .min(1)
                .max(64 * 1024),
            }),
          )
          .min(1)
          .max(100),
      }),
    )
    .output(savedSchema),
  /** CREDENTIAL_NOT_FOUND. */
  remove: oc.input(change.extend({ name: z.string().min(1).max(limits.textLength) })).output(savedSchema),
  /** From now on the configuration carries the credentials, sealed under this passphrase. */
  setRecoveryPassphrase: oc.input(change.extend({ recoveryPassphrase: passphraseSchema })).output(savedSchema),
};
