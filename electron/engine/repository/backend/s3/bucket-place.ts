/** One bucket, or a part of it: the client that reaches it, and the calls of S3 with what a refusal means here. */
import type { S3Client } from '@aws-sdk/client-s3';
import { HoldfastError } from '../../../../../shared/model/errors.ts';
import { formatLocation, type S3Location } from '../../../../../shared/model/location.ts';
import type { AwsAccess } from '../../../aws/access.ts';
import { AwsClients } from '../../../aws/clients.ts';
import { usualRegion } from '../../../aws/environment.ts';
import type { BackendAccess } from '../access.ts';
import { placeFailure } from './failures.ts';

/** Stores elsewhere mostly have one region, and take this for it. */
const firstRegion = 'us-east-1';
/** Tries again are made around the whole backend. */
const patience = { attempts: 1, idleMs: 60_000 };

export class BucketPlace {
  readonly location: string;
  readonly bucket: string;
  readonly isAws: boolean;
  readonly #prefix: string;
  readonly #s3: S3Client;

  constructor(location: S3Location, access: AwsAccess) {
    this.location = formatLocation(location);
    this.bucket = location.bucket;
    this.isAws = location.isAws;
    this.#prefix = location.prefix === '' ? '' : `${location.prefix}/`;
    this.#s3 = new AwsClients(access, patience).s3();
  }

  /** AWS_REGION_MISSING, and what the account's credentials throw. */
  static async reach(location: S3Location, access: BackendAccess): Promise<BucketPlace> {
    return new BucketPlace(location, await awsAccess(location, access));
  }

  /** The key of a path below the repository. */
  key(path: string): string {
    return `${this.#prefix}${path}`;
  }

  /** Undoes `key`; null for a key that lies elsewhere. */
  path(key: string): string | null {
    return key.startsWith(this.#prefix) ? key.slice(this.#prefix.length) : null;
  }

  /** What the place refuses is thrown as this engine's own failure. `what`: such as `reading data/…`. */
  async ask<Answer>(what: string, call: (s3: S3Client) => Promise<Answer>): Promise<Answer> {
    try {
      return await call(this.#s3);
    } catch (error) {
      throw placeFailure(error, what, this);
    }
  }
}

async function awsAccess(location: S3Location, access: BackendAccess): Promise<AwsAccess> {
  const { settings } = access;
  const endpoint = location.isAws ? null : location.endpoint;
  const region = settings.region ?? location.region;
  if (settings.account !== undefined) {
    if (access.awsAccount === undefined)
      throw new HoldfastError('AWS_ACCOUNT_UNKNOWN', `No AWS account is known here as ${settings.account}.`);
    return { ...(await access.awsAccount(settings.account, { region: region ?? null, endpoint })), endpoint };
  }
  const where = { endpoint, region: region ?? (await usualRegion()) ?? firstRegion };
  const { accessKeyId } = settings;
  if (accessKeyId === undefined) return where;
  return {
    ...where,
    credentials: async () => {
      const secretAccessKey = await access.secret('secret-access-key');
      if (secretAccessKey === null)
        throw new HoldfastError('ACCESS_REFUSED', `The secret of the key ${accessKeyId} is not known.`);
      const sessionToken = await access.secret('session-token');
      return { accessKeyId, secretAccessKey, ...(sessionToken === null ? {} : { sessionToken }) };
    },
  };
}
