/** AWS: as whom it is asked, who that is there, what it may, and the policies that are enough. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { bucketPattern } from '../model/aws.ts';
import { awsPurposes, awsVerdicts } from '../model/aws-rights.ts';
import { configurationLimits as limits } from '../model/configuration.ts';
import { awsAccountsContract, awsIdentitySchema } from './aws-accounts.ts';
import { awsPlaceSchema, regionSchema } from './aws-sources.ts';

const bucketsSchema = z.array(z.string().regex(bucketPattern)).max(20).default([]);
const purposeSchema = z.enum(awsPurposes);
/** What a device shows now. It is used once, and kept nowhere. */
const codeSchema = z
  .string()
  .regex(/^\d{6,8}$/, 'a code has six digits')
  .optional();

const who = awsPlaceSchema.extend({ code: codeSchema });

export const awsCheckSchema = z.object({
  /** Null: the AWS environment of the engine. */
  account: z.string().nullable(),
  region: z.string(),
  endpoint: z.string().nullable(),
  /** Null where what answers knows nobody by name. */
  identity: awsIdentitySchema.nullable(),
  purpose: purposeSchema,
  actions: z.array(
    z.object({
      /** As policies write it, such as `ec2:CreateSnapshot`. */
      action: z.string(),
      why: z.string(),
      verdict: z.enum(awsVerdicts),
      /** What was tried, and what AWS answered. */
      detail: z.string().max(limits.textLength),
    }),
  ),
  /** Whether nothing that it takes was refused; what could not be tested is not known. */
  refused: z.number().int().nonnegative(),
});
export type AwsCheck = z.infer<typeof awsCheckSchema>;

export const awsContract = {
  accounts: awsAccountsContract,
  /**
   * Who one is in AWS. With a code, signs in with it first: a running engine keeps what comes of that until it ends.
   * AWS_CREDENTIAL, AWS_SIGN_IN, AWS_OTHER_ACCOUNT.
   */
  identity: oc.input(who).output(z.object({ identity: awsIdentitySchema, region: z.string() })),
  /** Tries what a purpose takes, without changing anything: see shared/model/aws-rights.ts. As `identity`. */
  check: oc
    .input(who.extend({ purpose: purposeSchema.default('protect'), buckets: bucketsSchema }))
    .output(awsCheckSchema),
  /** The smallest policy that is enough, as JSON to be pasted. BAD_USAGE where it gets longer than AWS takes. */
  policy: oc
    .input(
      z.object({
        purpose: purposeSchema.default('protect'),
        buckets: bucketsSchema,
        /** Empty: any. */
        regions: z.array(regionSchema).max(20).default([]),
      }),
    )
    .output(
      z.object({ purpose: purposeSchema, policy: z.looseObject({ Version: z.string() }), characters: z.number() }),
    ),
};
