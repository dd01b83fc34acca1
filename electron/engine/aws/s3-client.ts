/** A client of S3 alone: a thread that loads the kit for EC2 too holds 20 MB more. */
import { S3Client } from '@aws-sdk/client-s3';
import type { AwsAccess, AwsPatience } from './access.ts';
import { clientOptions } from './client-options.ts';

/** To be destroyed by whoever asks for it. `region`: that of the access where it is not given. */
export function s3Client(access: AwsAccess, patience?: AwsPatience, region?: string): S3Client {
  return new S3Client({
    ...clientOptions(access, patience, region),
    // Stores that only speak like S3 may know neither checksums nor buckets as names of hosts.
    ...(access.endpoint === null
      ? { followRegionRedirects: true }
      : {
          forcePathStyle: true,
          requestChecksumCalculation: 'WHEN_REQUIRED',
          responseChecksumValidation: 'WHEN_REQUIRED',
        }),
  });
}
