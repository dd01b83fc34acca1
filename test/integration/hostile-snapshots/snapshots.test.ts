import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkResultSchema } from '../../../shared/contract/repository.ts';
import type { HoldfastResult } from '../../support/holdfast.ts';
import {
  expectCalm,
  expectGoodFiles,
  makeScene,
  meet,
  restoreSafely,
  writeHostileSnapshot,
  type Scene,
} from '../../support/hostile.ts';
import { snapshotListSchema } from '../../support/snapshot-list.ts';
import { makeBomb } from '../../support/zstd-frames.ts';

type Write = (scene: Scene, tree: string) => string;

const anyTree = '{"nodes":[]}\n';

/** Snapshot files that cannot be used: named in the list, in the way of nothing. */
const unusable: Readonly<Record<string, Write>> = {
  garbage: ({ repository }) => repository.putRaw('snapshots', randomBytes(300)),
  'no bytes': ({ repository }) => repository.putRaw('snapshots', Buffer.alloc(0)),
  'a name that is not its hash': ({ repository }) => repository.putRaw('snapshots', randomBytes(300), 'ab'.repeat(32)),
  'no JSON': ({ repository }) => repository.putFile('snapshots', 'no JSON'),
  'JSON that breaks off': ({ repository }) => repository.putFile('snapshots', '{"time":"2024-'),
  'a list': ({ repository }) => repository.putFile('snapshots', '[]'),
  'a hundred thousand brackets': ({ repository }) => repository.putFile('snapshots', '['.repeat(100_000)),
  'no tree': ({ repository }) => repository.writeSnapshot(null),
  'a tree that is no id': ({ repository }) => repository.writeSnapshot('../../etc'),
  'a time that is none': ({ repository }, tree) => repository.writeSnapshot(tree, { time: 'tomorrow' }),
  'no time': ({ repository }, tree) => repository.writeSnapshot(tree, { time: undefined }),
  'paths that are no list': ({ repository }, tree) => repository.writeSnapshot(tree, { paths: 5 }),
  'tags that are numbers': ({ repository }, tree) => repository.writeSnapshot(tree, { tags: [1, 2] }),
};

/** Odd, and still a snapshot. */
const usable: Readonly<Record<string, Write>> = {
  'no paths': ({ repository }, tree) => repository.writeSnapshot(tree, { paths: undefined }),
  'null for paths and tags': ({ repository }, tree) => repository.writeSnapshot(tree, { paths: null, tags: null }),
  'an empty host': ({ repository }, tree) => repository.writeSnapshot(tree, { hostname: '' }),
  'fields of a later version': ({ repository }, tree) =>
    repository.writeSnapshot(tree, { later: { a: [1] }, summary: { x: 'y' } }),
  'a time in the year 9999': ({ repository }, tree) =>
    repository.writeSnapshot(tree, { time: '9999-12-31T23:59:59.999999999Z' }),
  'tags that only look like ours': ({ repository }, tree) =>
    repository.writeSnapshot(tree, {
      tags: ['holdfast:status=perfect', 'holdfast:source=', 'holdfast:', 'holdfast:period=../..'],
    }),
  'control characters in its words': ({ repository }, tree) =>
    repository.writeSnapshot(tree, {
      hostname: '\u001b[31mhost\u202e',
      username: 'a\nb',
      tags: ['\u001b]0;x\u0007'],
      paths: ['/a\u001b[2J'],
    }),
};

describe('snapshot files that cannot be used are named, and the others can be used', () => {
  let scene: Scene;
  let good: string;
  const names = new Map<string, string>();
  let list: HoldfastResult;
  let checked: HoldfastResult;
  beforeAll(async () => {
    scene = await makeScene();
    const { repository, workspace } = scene;
    good = writeHostileSnapshot(repository, []);
    const tree = repository.addBlob('tree', anyTree);
    for (const [what, write] of Object.entries(unusable)) names.set(what, write(scene, tree));
    list = await meet(workspace, ['snapshots', '--json']);
    checked = await meet(workspace, ['check', '--json']);
  });
  afterAll(async () => scene[Symbol.asyncDispose]());

  test('the others are listed, restored and found by `latest`', async () => {
    expectCalm(list);
    expect(list.json(snapshotListSchema).map(({ id }) => id)).toEqual([good]);
    expect(list.code, 'that the list is not whole is said').toBe(3);
    for (const selection of [good, 'latest', good.slice(0, 10)]) await restoreSafely(scene, { selection });
    expectGoodFiles(scene);
  });

  test('check stays calm and fails', () => {
    expectCalm(checked);
    expect(checked.code).toBe(1);
  });

  for (const what of Object.keys(unusable)) {
    test(what, () => {
      const name = names.get(what)?.slice(0, 8) ?? '?';
      expect(list.stderr).toMatch(new RegExp(`${name}.*\\([A-Z_]+\\)`));
      expect(checked.json(checkResultSchema).errors.filter(({ path }) => path.includes(name))).not.toEqual([]);
    });
  }

  test('protecting goes on beside them', async () => {
    const result = await meet(scene.workspace, ['protect', scene.victimFolder, '--json']);
    expectCalm(result);
    expect(result.code).toBe(0);
  });
});

test('a snapshot file that inflates to 512 MiB stays within memory', async () => {
  await using scene = await makeScene();
  const { repository, workspace } = scene;
  const good = writeHostileSnapshot(repository, []);
  repository.putFile('snapshots', '', makeBomb(512 * 1024 * 1024, 0x20));
  const list = await meet(workspace, ['snapshots', '--json'], { alone: true });
  expectCalm(list);
  expect(list.code).toBe(3);
  expect(list.json(snapshotListSchema).map(({ id }) => id)).toEqual([good]);
  await restoreSafely(scene, { alone: true });
  expectGoodFiles(scene);
});

describe('an odd snapshot is listed as it is', () => {
  let scene: Scene;
  const names = new Map<string, string>();
  let list: HoldfastResult;
  beforeAll(async () => {
    scene = await makeScene();
    const tree = scene.repository.addBlob('tree', anyTree);
    for (const [what, write] of Object.entries(usable)) names.set(what, write(scene, tree));
    list = await meet(scene.workspace, ['snapshots', '--json']);
  });
  afterAll(async () => scene[Symbol.asyncDispose]());

  for (const what of Object.keys(usable)) {
    test(what, () => {
      expectCalm(list);
      expect(list.code).toBe(0);
      expect(list.json(snapshotListSchema).map(({ id }) => id)).toContain(names.get(what));
    });
  }

  test('without characters that could drive a terminal', async () => {
    const words = await meet(scene.workspace, ['snapshots']);
    expectCalm(words);
    // eslint-disable-next-line no-control-regex
    expect(words.stdout + list.stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });
});

describe('the folder of snapshots', () => {
  test('a thousand snapshots of one time', async () => {
    await using scene = await makeScene();
    const { repository, workspace } = scene;
    const tree = repository.addBlob('tree', anyTree);
    for (let index = 0; index < 1000; index++) repository.writeSnapshot(tree, { hostname: `host-${index}` });
    const list = await meet(workspace, ['snapshots', '--json']);
    expectCalm(list);
    expect(list.json(snapshotListSchema)).toHaveLength(1000);
  });

  test('files in snapshots/ that are no snapshots', async () => {
    await using scene = await makeScene();
    const { repository, workspace } = scene;
    const good = writeHostileSnapshot(repository, []);
    repository.putRaw('snapshots', Buffer.from('left by somebody'), 'README.txt');
    repository.putRaw('snapshots', Buffer.from('left by a sync program'), '.sync-conflict');
    const list = await meet(workspace, ['snapshots', '--json']);
    expectCalm(list);
    expect(list.json(snapshotListSchema).map(({ id }) => id)).toEqual([good]);
  });
});
