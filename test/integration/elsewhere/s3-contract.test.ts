import { withFaults } from '../../../electron/engine/repository/backend/faults.ts';
import { withRetry } from '../../../electron/engine/repository/backend/retry.ts';
import { describeBackend } from '../../support/backend-contract.ts';
import { makeBucketPlace } from '../../support/bucket-place.ts';

const options = { showsUnfinished: false } as const;

describeBackend('a bucket', makeBucketPlace, options);

describeBackend(
  'a part of a bucket with locks, with faults that never come, and retries',
  async () => {
    const place = await makeBucketPlace({ locks: true, prefix: 'deep/in+it' });
    return { ...place, backend: withRetry(withFaults(place.backend, {})) };
  },
  options,
);

describeBackend(
  'a store that knows no checksums',
  async () => {
    const place = await makeBucketPlace();
    place.place.aws.behaveS3({ refusesChecksums: true });
    return place;
  },
  options,
);
