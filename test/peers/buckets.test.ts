import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keysRestoreResultSchema } from '../../shared/contract/buckets.ts';
import { protectResultSchema } from '../../shared/contract/protection.ts';
import { bucket, createBucket, putObject } from '../support/bucket.ts';
import { expectDone } from '../support/expect-clean.ts';
import { noise } from '../support/odd-tree.ts';
import { describePeer } from '../support/peers.ts';
import { mustRun } from '../support/processes.ts';
import { home, makeAwsPlace, type AwsPlace } from '../support/sandbox-aws.ts';
import { keysIn } from '../support/stored-keys.ts';

const other = 'photos-come-back';

/** Of each sort that S3 allows: `//`, a slash at the end, `..`, control characters, 1,024 bytes. */
const oddKeys = [
  'plain.txt',
  'a',
  'a/b',
  'a//b',
  'a/../b',
  '../outside',
  '..',
  'ends in a slash/',
  '/begins with one',
  'tab\tnew\nline\u0001\u007f',
  'ü/\u{1f600} +%2F',
  'linked/through',
  `${'k'.repeat(600)}/${'ü'.repeat(211)}x`,
  'x'.repeat(1024),
];

type Scene = AwsPlace & {
  readonly env: Record<string, string>;
  readonly contents: ReadonlyMap<string, Buffer>;
  readonly snapshot: string;
};

async function makeScene(): Promise<Scene> {
  const place = await makeAwsPlace();
  const { workspace, keys, aws } = place;
  workspace.init();
  await createBucket(place, bucket);
  await createBucket(place, other);
  const contents = new Map<string, Buffer>(oddKeys.map((key) => [key, Buffer.from(`of ${key}`)]));
  contents.set('large', noise(9 * 1024 * 1024 + 7, 'large'));
  contents.set('marker/', Buffer.alloc(0));
  for (const [key, content] of contents) await putObject(place, bucket, key, content, { ContentType: 'text/x-odd' });
  const env = {
    HOME: workspace.home,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_REGION: home,
    AWS_DEFAULT_REGION: home,
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const add = ['source', 'add', 's3-bucket', '--name', 'photos', '--set', `bucket=${bucket}`];
  expectDone(await workspace.holdfast(add, { env }));
  const taken = expectDone(await workspace.holdfast(['protect', 'photos', '--json'], { env }));
  return { ...place, env, contents, snapshot: taken.json(protectResultSchema).snapshot };
}

let scene: Scene;
beforeAll(async () => {
  scene = await makeScene();
});
afterAll(async () => scene[Symbol.asyncDispose]());

describePeer('aws', "what is given back, read by AWS's own command", () => {
  test('has the same keys, contents and types', async () => {
    const { workspace, env, contents, snapshot, aws } = scene;
    const ask = (...args: readonly string[]) =>
      mustRun('aws', ['--endpoint-url', aws.endpoint, '--output', 'json', 's3api', ...args], { env });
    expectDone(await workspace.holdfast(['restore', snapshot, '--to-bucket', `s3://${other}`], { env }));
    const listed = await ask('list-objects-v2', '--bucket', other, '--query', 'Contents[].Key');
    expect((JSON.parse(listed.stdout) as string[]).toSorted()).toEqual([...contents.keys()].toSorted());
    const file = workspace.path('got');
    // The command takes seconds to start.
    for (const key of ['a/../b', 'ends in a slash/', 'x'.repeat(1024), 'large']) {
      const got = await ask('get-object', '--bucket', other, '--key', key, file);
      expect(readFileSync(file).equals(contents.get(key) as Buffer), key).toBe(true);
      expect(JSON.parse(got.stdout)).toMatchObject({ ContentType: 'text/x-odd' });
    }
  });
});

describePeer('restic', 'what is stored of a bucket, read by restic', () => {
  test('is found sound, restored and dumped: each path is its key, and its content the same', async () => {
    const { workspace, contents, snapshot } = scene;
    const checked = await workspace.mustRestic(['check', '--read-data']);
    expect(checked.stdout).toContain('no errors were found');
    const target = workspace.path('theirs');
    await workspace.mustRestic(['restore', snapshot, '--target', target]);
    const restored = keysIn(join(target, bucket));
    expect([...restored.keys()].toSorted()).toEqual([...contents.keys()].toSorted());
    for (const [key, content] of contents) expect(restored.get(key)?.equals(content), key).toBe(true);
    const script = 'restic dump "$1" "$2" > "$3"';
    const dumped = workspace.path('dumped');
    for (const path of ['large', 'a%2F/%2F/b']) {
      await mustRun('sh', ['-c', script, 'dump', snapshot, `/${bucket}/${path}`, dumped], {
        env: workspace.resticEnv(),
      });
      const key = path === 'large' ? path : 'a//b';
      expect(readFileSync(dumped).equals(contents.get(key) ?? Buffer.alloc(1)), path).toBe(true);
    }
  });
});

test('keys come to a disk exactly where it can hold them, and never outside the folder', async () => {
  const { workspace, contents, snapshot } = scene;
  const target = await workspace.folder('disk', 'target');
  // What somebody has put there: a link that leads out, and a file that is in the way.
  const outside = await workspace.folder('outside');
  symlinkSync(outside, join(target, 'linked'));
  writeFileSync(join(target, 'plain.txt'), 'of somebody else');
  const args = ['restore', snapshot, '--to', target, '--exact-keys', '--json'];
  const dry = (await workspace.here([...args, '--dry-run'])).json(keysRestoreResultSchema);
  expect(readdirSync(target).toSorted()).toEqual(['linked', 'plain.txt']);
  const done = await workspace.here(args);
  expect(done.code, done.stderr).toBe(3);
  const result = done.json(keysRestoreResultSchema);
  expect(result).toMatchObject({ objects: contents.size - 2, conflicts: { kept: 1 } });
  expect(result.issues).toMatchObject([{ path: 'linked/through', code: 'TARGET_UNUSABLE' }]);
  expect(dry).toMatchObject({ objects: result.objects, escaped: result.escaped, conflicts: { kept: 1 } });
  expect(readFileSync(join(target, 'plain.txt'), 'utf8')).toBe('of somebody else');

  const held = ['a/b', 'large', 'tab\tnew\nline\u0001\u007f', 'ü/\u{1f600} +%2F'];
  for (const key of held) expect(readFileSync(join(target, key)).equals(contents.get(key) as Buffer), key).toBe(true);
  expect(readdirSync(join(target, 'marker'))).toEqual([]);
  const elsewhere = ['plain.txt', 'marker/', 'linked/through'];
  const escaped = [...contents.keys()].filter((key) => !held.includes(key) && !elsewhere.includes(key));
  expect(result.escaped.named.map(({ key }) => key).toSorted()).toEqual(escaped.toSorted());
  const below = keysIn(join(target, '%+escaped'));
  for (const key of escaped) expect(below.get(key)?.equals(contents.get(key) as Buffer), key).toBe(true);
  expect(readdirSync(workspace.path('disk'))).toEqual(['target']);

  const again = (await workspace.here([...args, '--overwrite', 'if-changed'])).json(keysRestoreResultSchema);
  // The folder of a key that ends in a slash is there each time.
  expect(again).toMatchObject({ objects: 2, conflicts: { replaced: 1 }, unchanged: contents.size - 3 });
  expect(readdirSync(outside)).toEqual([]);
});
