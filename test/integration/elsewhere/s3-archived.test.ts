/** Packs that the bucket's own rules have moved into an archive class: nobody reads them, they are asked for, then read. */
import { CopyObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { repairResultSchema, scrubResultSchema } from '../../../shared/contract/integrity.ts';
import { bucketName, makeBucketPlace, type BucketUnderTest } from '../../support/bucket-place.ts';
import { noise } from '../../support/odd-tree.ts';
import { createRepository } from '../../support/restic-repository.ts';
import { home } from '../../support/sandbox-aws.ts';

afterEach(() => void vi.unstubAllEnvs());

const hourMs = 3_600_000;
/** What S3 moves by itself, unless it is told otherwise. */
const smallestMovedBytes = 128 * 1024;
const replicaPassword = 'another password altogether';

async function coldRepository() {
  const bucket = await makeBucketPlace();
  const { workspace, keys } = bucket.place;
  const source = await workspace.folder('source');
  const env = {
    HOLDFAST_REPOSITORY: bucket.location,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_REGION: home,
  };
  const holdfast = async (...args: string[]) => workspace.here([...args, '--json'], { env });
  const must = async (...args: string[]) => {
    const result = await holdfast(...args);
    expect(result.code, `${args.join(' ')}: ${result.stderr}`).toBe(0);
    return result;
  };
  await must('init');
  await writeFile(`${source}/large`, noise(3_000_000, 'cold'));
  await must('source', 'add', 'folder', '--name', 'papers', '--set', `path=${source}`);
  await must('protect', 'papers');
  const back = workspace.path('back');
  const restore = async () => {
    rmSync(back, { recursive: true, force: true });
    return holdfast('restore', 'latest', '--to', back);
  };
  const restored = () => readFileSync(`${back}${source}/large`).equals(readFileSync(`${source}/large`));
  return { ...bucket, holdfast, must, restore, restored, [Symbol.asyncDispose]: () => bucket[Symbol.asyncDispose]() };
}

/** As a lifecycle rule does. Returns what was moved, in bytes. */
async function freeze({ s3 }: Pick<BucketUnderTest, 's3'>): Promise<number> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucketName, Prefix: 'data/' }));
  const large = Contents.filter(({ Size = 0 }) => Size > smallestMovedBytes);
  for (const { Key = '' } of large) {
    const CopySource = `${bucketName}/${Key}`;
    await s3.send(new CopyObjectCommand({ Bucket: bucketName, Key, CopySource, StorageClass: 'DEEP_ARCHIVE' }));
  }
  return large.reduce((sum, { Size = 0 }) => sum + Size, 0);
}

test('what is asleep is left alone with its price, asked for once, and read as soon as it is there', async () => {
  await using cold = await coldRepository();
  const bytes = await freeze(cold);
  const scrub = async (...args: string[]) => (await cold.must('scrub', ...args)).json(scrubResultSchema);

  const first = await scrub('--all');
  expect(first).toMatchObject({ damaged: [], asleep: { bytes, waking: 0, tier: 'Bulk', waitMs: 48 * hourMs } });
  expect(first.asleep?.dollars).toBeGreaterThan(0);
  expect(first.bytesRead).toBeLessThan(smallestMovedBytes);
  const repaired = (await cold.must('repair', '--dry-run')).json(repairResultSchema);
  expect(repaired).toMatchObject({ files: [], lostFiles: [], losses: { count: 0 } });
  await cold.must('prune');

  const refused = await cold.restore();
  expect(refused.code).not.toBe(0);
  expect(refused.stdout + refused.stderr).toContain('S3_ARCHIVED');

  const asked = await cold.must('scrub', '--thaw', 'Standard');
  expect(asked.stderr).toMatch(/asked for from Deep Archive \(Standard\).*up to 12 hours[^]*All of that: about \$0/);
  const again = await scrub('--thaw', 'Standard');
  expect(again.asleep).toMatchObject({ files: first.asleep?.files, waking: first.asleep?.files, words: [] });

  cold.place.aws.clock.advance(13 * hourMs);
  expect(await scrub()).toMatchObject({ damaged: [], asleep: null, bytesRead: bytes });
  expect((await cold.restore()).code).toBe(0);
  expect(cold.restored()).toBe(true);
});

test('where a site has the same, a restore reads it from there and goes on', async () => {
  await using cold = await coldRepository();
  vi.stubEnv('TEST_SITE_PASSWORD', replicaPassword);
  const site = cold.place.workspace.path('berlin');
  createRepository(site, { password: replicaPassword, scrypt: { N: 1024, r: 8, p: 1 } }).writeIndex();
  await cold.must('site', 'add', 'berlin', site, '--secret', 'password=env:TEST_SITE_PASSWORD');
  await cold.must('sync', 'run', '--to', 'berlin');
  await freeze(cold);
  const { code, stderr, stdout } = await cold.restore();
  expect(code, stderr + stdout).toBe(0);
  expect(stderr).toMatch(/could not be read in the repository and came from berlin instead/);
  expect(cold.restored()).toBe(true);
});
