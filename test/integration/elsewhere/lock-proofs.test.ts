/** Locks of stores are believed once they were tried out: the store is asked, and a removal has to be refused. */
import { GetObjectRetentionCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { verifyLocks } from '../../../electron/engine/api/compliance/verify-locks.ts';
import { initRepository } from '../../../electron/engine/repository/repository.ts';
import { bucketName, makeBucketPlace } from '../../support/bucket-place.ts';
import { makeSite } from '../../support/site.ts';

const slow = { timeout: 240_000 };

test(
  'a bucket in compliance mode refuses, and says so of every file; what was stored to try is used again',
  slow,
  async () => {
    await using place = await makeBucketPlace({ locks: true, settings: { lockMode: 'compliance', lockDays: 30 } });
    const repository = await initRepository(place.backend, 'secret');
    const found = await verifyLocks(repository, null);
    expect(found).toMatchObject({ holds: true, removal: 'refused', modes: { governance: 0 } });
    expect(found.asked).toBeGreaterThan(1);
    expect(found.locked).toBe(found.asked);
    const probe = found.probe ?? '';
    const Key = `data/${probe.slice(0, 2)}/${probe}`;
    const { Retention } = await place.s3.send(new GetObjectRetentionCommand({ Bucket: bucketName, Key }));
    expect(Retention?.Mode).toBe('COMPLIANCE');
    expect((await verifyLocks(repository, found.probe)).probe).toBe(found.probe);
    expect(await place.backend.list('data')).toHaveLength(1);
  },
);

test('a key that may get around locks is found out', slow, async () => {
  await using place = await makeBucketPlace({ locks: true, settings: { lockMode: 'governance', lockDays: 30 } });
  const repository = await initRepository(place.backend, 'secret');
  const found = await verifyLocks(repository, null);
  // The owner of the bucket has every right, also to bypass.
  expect(found).toMatchObject({ holds: false, removal: 'bypassed', probe: null });
});

test('a server that only adds refuses; a folder has no lock to try out', slow, async () => {
  await using site = await makeSite({ appendOnly: true });
  const repository = await initRepository(site.backend, 'secret');
  expect(await verifyLocks(repository, null)).toMatchObject({ holds: true, removal: 'refused' });
  await using open = await makeSite();
  const removable = await initRepository(open.backend, 'secret');
  expect(await verifyLocks(removable, null)).toMatchObject({ holds: false, removal: 'removed', probe: null });
});
