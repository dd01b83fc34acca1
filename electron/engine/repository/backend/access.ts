/** What lets a backend in where its location leads. */
import type { AccessSecret, AccessSettings } from '../../../../shared/model/repository-access.ts';

export type AwsKeys = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
};

/** As aws/access.ts has it, for who does not know that room. */
export type AwsAccountAccess = {
  readonly credentials?: () => Promise<AwsKeys>;
  readonly region: string;
  readonly endpoint: string | null;
};

export type BackendAccess = {
  readonly settings: AccessSettings;
  /** Null where there is none of that name. Asked anew for each connection, so that a changed one counts. */
  secret(name: AccessSecret): Promise<string | null>;
  /** The AWS account that Holdfast knows by a name, for that region and endpoint; not given where nobody knows accounts. */
  awsAccount?(
    name: string,
    where: { readonly region: string | null; readonly endpoint: string | null },
  ): Promise<AwsAccountAccess>;
};

/** For a place that lets everybody in who reaches it, such as a folder. */
export const noAccess: BackendAccess = { settings: {}, secret: () => Promise.resolve(null) };
