/** As whom AWS is asked: accounts that were registered under a name. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { accountIdPattern, rolePattern } from '../model/aws.ts';
import { configurationLimits as limits } from '../model/configuration.ts';
import { endpointSchema, regionSchema } from './aws-sources.ts';
import { repositoryAccessSchema } from './common.ts';
import { savedSchema } from './configuration.ts';
import { nameSchema } from './sources.ts';

const lineSchema = z
  .string()
  .min(1)
  .max(limits.textLength)
  .regex(/^[^\p{Cc}\p{Cf}]+$/u, 'a sign that cannot be seen');

const credentialsSchema = z.discriminatedUnion('kind', [
  /** Its secret lies where this machine keeps secrets, never here. */
  z.object({
    kind: z.literal('keys'),
    accessKeyId: z.string().regex(/^[\w.+=,@-]{3,128}$/, 'an access key id is of letters and digits, such as AKIA…'),
    /** When AWS lets it end, as that of a session; null: not by itself. */
    expiresAt: z.iso.datetime().nullable().default(null),
    /** How old the secret may get before somebody is told to make a new one; null: as old as it will. */
    renewAfterDays: z.number().int().min(1).max(3_650).nullable().default(null),
  }),
  /** Of the AWS files of this machine: keys, SSO, a role, a program, or a web identity. */
  z.object({ kind: z.literal('profile'), profile: lineSchema }),
  /** What the AWS environment of the engine says. */
  z.object({ kind: z.literal('environment') }),
]);

const roleSchema = z.object({
  arn: z.string().regex(rolePattern, 'a role is written as arn:aws:iam::111122223333:role/name'),
  externalId: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/)
    .nullable()
    .default(null),
  /** Of a device whose code is asked for each time: no schedule can give it. */
  mfaSerial: z
    .string()
    .regex(/^[\w+=/:,.@-]{9,256}$/)
    .nullable()
    .default(null),
  sessionName: z
    .string()
    .regex(/^[\w+=,.@-]{2,64}$/)
    .default('holdfast'),
  durationSeconds: z.number().int().min(900).max(43_200).default(3_600),
});

export const awsAccountDefinitionSchema = z.object({
  name: nameSchema,
  credentials: credentialsSchema,
  /** Taken on with those credentials; null: they are used as they are. */
  role: roleSchema.nullable().default(null),
  /** Where there is something to look at; the first is the usual one. Empty: as the environment says. */
  regions: z.array(regionSchema).max(40).default([]),
  /** Of something that speaks as AWS does; null: AWS itself. */
  endpoint: endpointSchema.nullable().default(null),
});
export type AwsAccountDefinition = z.infer<typeof awsAccountDefinitionSchema>;

export const awsIdentitySchema = z.object({
  /** Twelve digits. */
  account: z.string().regex(accountIdPattern),
  arn: z.string().max(2_048),
  /** ISO-8601: when AWS said so. */
  at: z.iso.datetime(),
});
export type AwsIdentity = z.infer<typeof awsIdentitySchema>;

/** What of an account is the console's configuration beside its definition. */
export const awsAccountHistoryFields = {
  addedAt: z.iso.datetime(),
  addedBy: z.string().max(256),
  changedAt: z.iso.datetime(),
  changedBy: z.string().max(256),
  /** When its secret was entered; null: it has none. */
  secretAt: z.iso.datetime().nullable().default(null),
  /** Who AWS said it is. Another number is refused until somebody says that it is right. */
  identity: awsIdentitySchema.nullable().default(null),
};

export const awsAccountSchema = awsAccountDefinitionSchema.extend({
  ...awsAccountHistoryFields,
  /** Whether it was entered, or looked at, on this machine: else no program of a profile runs, and no other endpoint is asked. */
  approved: z.boolean(),
  /** When its credential ends or has to be renewed, as far as is known. */
  endsAt: z.iso.datetime().nullable(),
  /** Names of sources that are read or copied with it. */
  usedBy: z.array(z.string()),
});
export type AwsAccount = z.infer<typeof awsAccountSchema>;

export const accountSecretKeys = ['secret-access-key', 'session-token'] as const;

const secretsSchema = z
  .array(
    z.object({
      key: z.enum(accountSecretKeys),
      value: z
        .string()
        .min(1)
        .max(16 * 1024),
      /** The environment variable it came from. */
      variable: z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]{0,199}$/)
        .nullable()
        .default(null),
    }),
  )
  .max(accountSecretKeys.length)
  .default([]);
export type AwsAccountSecret = z.infer<typeof secretsSchema>[number];

const byName = z.object({ name: z.string().min(1).max(200) });
const change = z.object({
  repository: repositoryAccessSchema,
  account: awsAccountDefinitionSchema,
  secrets: secretsSchema,
});
const changed = savedSchema.extend({
  account: awsAccountSchema,
  secretsKept: z.enum(['store', 'environment']).nullable().default(null),
});

export const awsAccountsContract = {
  list: oc.input(z.object({})).output(z.object({ accounts: z.array(awsAccountSchema) })),
  /** AWS_ACCOUNT_UNKNOWN. */
  show: oc.input(byName).output(awsAccountSchema),
  /** Asks AWS who it is, where it answers. AWS_ACCOUNT_EXISTS, AWS_CREDENTIAL, NO_SECRET_STORE. */
  add: oc.input(change).output(changed),
  /** `otherAccount`: it may be that of another number than before. AWS_ACCOUNT_UNKNOWN, AWS_OTHER_ACCOUNT. */
  set: oc.input(change.extend({ otherAccount: z.boolean().default(false) })).output(changed),
  /** AWS_ACCOUNT_UNKNOWN, AWS_ACCOUNT_IN_USE. */
  remove: oc.input(byName.extend({ repository: repositoryAccessSchema })).output(changed),
  /** Of one that came from a repository: the program of its profile may run here, and its endpoint be asked. */
  approve: oc.input(byName).output(awsAccountSchema),
};
