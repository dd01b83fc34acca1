/**
 * Buckets that take a few calls a second, where one call in twenty goes wrong: each is protected completely and given back
 * completely, with nothing lost and nothing there twice.
 */
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { giveToBucket } from '../../../electron/engine/recovery/s3/give-to-bucket.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BucketScene, createBucket } from '../../support/bucket.ts';
import { makeLocalPlace, makeRepository, type LocalPlace } from '../../support/local-place.ts';
import { noise } from '../../support/odd-tree.ts';
import { home, makeAwsPlace, type AwsPlace } from '../../support/sandbox-aws.ts';

const mib = 1024 * 1024;
let place: AwsPlace;
let local: LocalPlace;
let scene: BucketScene;

beforeEach(async () => {
  place = await makeAwsPlace();
  local = await makeLocalPlace();
  scene = new BucketScene(place, await makeRepository(local));
  await scene.create();
});
afterEach(async () => {
  await place[Symbol.asyncDispose]();
  await local[Symbol.asyncDispose]();
});

/** One call in twenty: refused as too many, an error of S3, a connection that breaks, a body that does. Ends what it began. */
function goWrong({ aws }: AwsPlace): () => void {
  const service = 's3' as const;
  const faults = [
    aws.fault({ service }, 'throttle', { chance: 0.01 }),
    aws.fault({ service }, 'internal-error', { chance: 0.01 }),
    aws.fault({ service }, 'reset', { chance: 0.01 }),
    aws.fault({ service, operation: 'GetObject' }, { resetAfterBytes: 200 }, { chance: 0.01 }),
    aws.fault({ service, operation: 'GetObject' }, { truncateAfterBytes: 300 }, { chance: 0.01 }),
  ];
  return () => faults.forEach((fault) => fault[Symbol.dispose]());
}

async function fill(): Promise<ReadonlyMap<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  for (let at = 0; at < 100; at++) contents.set(`folder ${at % 7}/object ${at}`, noise(at * 370, `small ${at}`));
  for (let at = 0; at < 2; at++) contents.set(`large ${at}`, noise(20 * mib + at, `large ${at}`));
  for (const [key, content] of contents) await scene.put(key, content, { Tagging: 'team=ops' });
  return contents;
}

async function giveBack(tree: string, to: string) {
  const { aws, keys, workspace } = place;
  const issues: unknown[] = [];
  const given = await giveToBucket({
    repository: scene.repository,
    access: { endpoint: aws.endpoint, region: home, credentials: async () => keys },
    options: {
      tree,
      from: '',
      bucket: to,
      prefix: '',
      overwrite: 'never',
      versions: 'newest',
      dryRun: false,
      verify: true,
      journal: workspace.path('uploads'),
    },
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onIssue: (issue) => void issues.push(issue),
  });
  expect(issues).toEqual([]);
  return given;
}

test('a bucket that takes few calls a second, and errs, is protected and given back completely', async () => {
  const contents = await fill();
  const bytes = [...contents.values()].reduce((sum, { length }) => sum + length, 0);
  const back = 'photos-come-back';
  await createBucket(place, back);
  place.aws.throttleS3({ capacity: 16, refillPerSecond: 16 });
  const calm = goWrong(place);
  const result = await scene.protect();
  expect(scene.issues).toEqual([]);
  expect(result).toMatchObject({ status: 'complete', files: { new: contents.size }, bytes });
  // What was asked for again is not stored again.
  expect(result.addedBytes).toBeLessThan(bytes * 1.05);
  const stored = await scene.stored(result.snapshot);
  expect(new Set(stored.keys())).toEqual(new Set(contents.keys()));
  for (const [key, content] of contents) {
    expect(stored.get(key)?.content.equals(content), key).toBe(true);
    expect(stored.get(key)?.record?.tags, key).toEqual([['team', 'ops']]);
  }
  await scene.expectSound();

  const given = await giveBack(await scene.treeOf(result.snapshot), back);
  expect(given).toMatchObject({ objects: contents.size, verified: contents.size, conflicts: { kept: 0 } });
  place.aws.throttleS3({ capacity: 1e6, refillPerSecond: 1e6 });
  calm();
  const s3 = place.s3({ maxAttempts: 10 });
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: back }));
  expect(Contents.map(({ Key = '' }) => Key).toSorted()).toEqual([...contents.keys()].toSorted());
  for (const [Key, content] of contents) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: back, Key }));
    expect(content.equals((await Body?.transformToByteArray()) ?? Buffer.alloc(0)), Key).toBe(true);
  }
}, 300_000);
