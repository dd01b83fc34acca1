/** Upkeep of a repository whose bucket holds its files: what is locked stays and is said, what is needed is held on to. */
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { forgetResultSchema } from '../../../shared/contract/upkeep.ts';
import { openBackend } from '../../../electron/engine/repository/backend/open-backend.ts';
import { openRepository } from '../../../electron/engine/repository/repository.ts';
import { extendRetention } from '../../../electron/engine/repository/upkeep/extend-retention.ts';
import { bucketName, makeBucketPlace } from '../../support/bucket-place.ts';
import { noise } from '../../support/odd-tree.ts';
import { home } from '../../support/sandbox-aws.ts';

afterEach(() => void vi.useRealTimers());

const dayMs = 24 * 3_600_000;
const settings = { lockMode: 'governance', lockDays: 30 } as const;

async function lockedRepository() {
  const bucket = await makeBucketPlace({ locks: true, settings });
  const { workspace, keys } = bucket.place;
  const source = await workspace.folder('source');
  const holdfast = async (...args: string[]) => {
    const result = await workspace.here(args, {
      env: {
        HOLDFAST_REPOSITORY: bucket.location,
        HOLDFAST_REACH: 'lock-mode=governance lock-days=30',
        AWS_ACCESS_KEY_ID: keys.accessKeyId,
        AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
        AWS_REGION: home,
      },
    });
    expect(result.code, `${args.join(' ')}: ${result.stderr}`).toBe(0);
    return result;
  };
  await holdfast('init');
  for (const round of ['first', 'second']) {
    await writeFile(join(source, 'large'), noise(3_000_000, round));
    await writeFile(join(source, round), noise(400_000, `${round} of its own`));
    await holdfast('protect', source);
  }
  // The store's clock goes with it.
  const later = (days: number): void => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * dayMs });
  };
  const open = async () =>
    openRepository(await openBackend(bucket.location, bucket.access(settings)), workspace.password);
  const snapshots = async () =>
    (JSON.parse((await holdfast('--json', 'snapshots')).stdout) as readonly { id: string; takenAt: string }[])
      .toSorted((a, b) => a.takenAt.localeCompare(b.takenAt))
      .map(({ id }) => id);
  return { ...bucket, holdfast, later, open, snapshots, [Symbol.asyncDispose]: () => bucket[Symbol.asyncDispose]() };
}

test('what is locked stays until its time has come, then it goes, and the rest is whole', async () => {
  await using all = await lockedRepository();
  const { holdfast, backend } = all;
  const [oldest = ''] = await all.snapshots();
  const kept = await holdfast('forget', oldest, '--allow-last', '--json');
  const { removed, kept: count, groups } = kept.json(forgetResultSchema);
  expect({ removed, count }).toEqual({ removed: [], count: 1 });
  const why = groups.flatMap(({ decisions }) => decisions).find(({ snapshot }) => snapshot === oldest)?.reasons;
  expect(why?.join()).toMatch(/^kept by the store until 20\d\d-/);
  all.later(31);
  await holdfast('forget', oldest, '--allow-last');
  const before = (await backend.list('data')).length;
  await holdfast('protect', all.place.workspace.path('source'));
  await holdfast('prune');
  expect((await backend.list('data')).length).toBeLessThan(before + 1);
  await holdfast('check', '--read-data');
  const again = await holdfast('prune');
  expect(again.stderr).not.toContain('locked in the store');
});

test('prune leaves what is locked and says so', async () => {
  await using all = await lockedRepository();
  const [oldest = ''] = await all.snapshots();
  const before = (await all.backend.list('data')).length;
  // As another program would: its name is hidden, its bytes are held.
  await all.s3.send(new DeleteObjectCommand({ Bucket: bucketName, Key: `snapshots/${oldest}` }));
  const pruned = await all.holdfast('prune');
  expect(pruned.stderr).toMatch(/\d+ packs are locked in the store; the last of them can go after 20\d\d-/);
  expect((await all.backend.list('data')).length).toBe(before);
  await all.holdfast('check', '--read-data');
});

test('what live snapshots need is held on to, once less than the margin is left, and nothing else', async () => {
  await using all = await lockedRepository();
  const [oldest = '', given = ''] = await all.snapshots();
  const request = {
    marginDays: 10,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onIssue: (issue: unknown) => expect(issue).toBeNull(),
    onNotice: () => undefined,
  };
  const early = await extendRetention({ ...request, repository: await all.open() });
  expect(early).toMatchObject({ extended: 0, untilMs: null });
  expect(early.needed).toBeGreaterThan(5);
  await all.s3.send(new DeleteObjectCommand({ Bucket: bucketName, Key: `snapshots/${oldest}` }));
  all.later(25);
  const packs = (await all.backend.list('data')).length;
  // What is given up is not held on to, and a look that is cut short goes on where it ended.
  const leftOut = new Set([given]);
  const least = await extendRetention({ ...request, repository: await all.open(), leftOut, mostFiles: 1 });
  expect(least).toMatchObject({ extended: 1, next: 'config/config' });
  const late = await extendRetention({ ...request, repository: await all.open(), after: least.next });
  expect(late).toMatchObject({ extended: late.needed - 1, next: null });
  expect(late.needed).toBeGreaterThan(least.needed + 1);
  const held = await Promise.all(
    (await all.backend.list('data')).map(async ({ name }) =>
      all.backend.retention?.heldUntilMs({ type: 'data', name }),
    ),
  );
  const extended = held.filter((until) => (until ?? 0) > Date.now() + 29 * dayMs);
  expect(held).toHaveLength(packs);
  expect(extended.length).toBeGreaterThan(0);
  expect(extended.length).toBeLessThan(packs);
});
