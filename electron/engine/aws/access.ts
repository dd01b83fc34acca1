/** Who asks AWS, where, and how fast. */
import type { AwsCredentialIdentityProvider } from '@aws-sdk/types';

export type AwsAccess = {
  /** The usual environment and profiles where it is not given. */
  readonly credentials?: AwsCredentialIdentityProvider;
  readonly region: string;
  /** Of something that speaks as AWS does; null: AWS itself. */
  readonly endpoint: string | null;
};

/** What takes part in many calls at once. */
export type AwsPatience = {
  /** Tries of one call in all. */
  readonly attempts?: number;
  /** How long nothing may come before a call is given up. */
  readonly idleMs?: number;
};
