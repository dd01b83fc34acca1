/** A client of S3 alone: a thread that loads the kit for EC2 too holds 20 MB more. */
import { S3Client } from '@aws-sdk/client-s3';
import type { AwsAccess, AwsPatience } from './access.ts';
import { makeClient } from './make-client.ts';

/** To be destroyed by whoever asks for it. `region`: that of the access where it is not given. */
export function s3Client(access: AwsAccess, patience?: AwsPatience, region?: string): S3Client {
  // Stores that only speak like S3 may know neither checksums nor buckets as names of hosts.
  const more =
    access.endpoint === null
      ? { followRegionRedirects: true }
      : ({
          forcePathStyle: true,
          requestChecksumCalculation: 'WHEN_REQUIRED',
          responseChecksumValidation: 'WHEN_REQUIRED',
        } as const);
  return makeClient((options) => new S3Client({ ...options, ...more }), access, patience, region);
}
