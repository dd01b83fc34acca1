/** Bare repositories and buckets kept as their newest snapshot has them, by the command line. */
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { readdir, readlink, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { standbyRunResultSchema, standbySchema } from '../../../shared/contract/standby.ts';
import { bucket, createBucket, putObject } from '../../support/bucket.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { mustRun } from '../../support/processes.ts';
import { startGitServer } from '../../support/git-server.ts';
import { home, makeAwsPlace } from '../../support/sandbox-aws.ts';
import { makeWorkspace } from '../../support/workspace.ts';

const identity = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' };

test('bare repositories follow: what moved gets new objects alone, what did not is the very same, and a version stays', async () => {
  await using workspace = await makeWorkspace({ inMemory: true });
  workspace.init();
  const git = async (folder: string, ...args: string[]): Promise<string> => {
    const { stdout } = await mustRun('git', ['-C', folder, ...args], { env: { ...identity, HOME: workspace.home } });
    return stdout.trim();
  };
  const commit = async (folder: string, content: string): Promise<string> => {
    await writeFile(join(folder, 'file'), content);
    await git(folder, 'add', '--all');
    await git(folder, 'commit', '--quiet', `--message=${content}`);
    await git(folder, 'push', '--quiet', 'origin', 'main');
    return git(folder, 'rev-parse', 'HEAD');
  };
  await using server = await startGitServer({ root: await workspace.folder('server', 'team') });
  const [app, docs] = [await workspace.folder('app'), await workspace.folder('docs')];
  for (const [folder, name] of [
    [app, 'app'],
    [docs, 'docs'],
  ] as const) {
    const bare = await workspace.folder('server', 'team', `${name}.git`);
    await git(bare, 'init', '--quiet', '--bare', '--initial-branch=main');
    await git(folder, 'init', '--quiet', '--initial-branch=main');
    await git(folder, 'remote', 'add', 'origin', bare);
  }
  const before = await commit(app, 'one');
  await commit(docs, 'words');
  const here = async (...args: string[]) => expectDone(await workspace.here(args));
  const urls = ['app', 'docs'].flatMap((name) => ['--set', `url=${server.url(`${name}.git`)}`]);
  await here('source', 'add', 'git', '--name', 'code', ...urls);
  await here('protect', 'code');
  const target = workspace.path('mirrors');
  await here('standby', 'add', 'warm', 'code', '--to', target);
  await here('standby', 'run', 'warm');
  const shown = join(target, 'current');
  const found = (await readdir(shown, { recursive: true })).filter((name) => name.endsWith('.git'));
  const [ofApp = '', ofDocs = ''] = found.sort().map((name) => join(shown, name));
  expect(await git(ofApp, 'rev-parse', 'main')).toBe(before);
  const old = await readlink(shown);
  const packs = await readdir(join(ofDocs, 'objects', 'pack'));
  const pack = await stat(join(ofDocs, 'objects', 'pack', packs[0] ?? ''));

  const after = await commit(app, 'two');
  await here('protect', 'code');
  const run = (await workspace.here(['--json', 'standby', 'run', 'warm'])).json(standbyRunResultSchema);
  expect(run).toMatchObject({ updated: true, items: 2, written: 1, unchanged: 1, drift: 0 });
  expect(await git(ofApp, 'rev-parse', 'main')).toBe(after);
  await git(ofApp, 'fsck', '--full');
  expect((await stat(join(ofDocs, 'objects', 'pack', packs[0] ?? ''))).ino).toBe(pack.ino);
  expect(await git(join(target, old, ofApp.slice(shown.length)), 'rev-parse', 'main')).toBe(before);

  // Somebody pushes where only the standby may.
  await git(ofApp, 'update-ref', 'refs/heads/mine', before);
  const put = (await workspace.here(['--json', 'standby', 'run', 'warm'])).json(standbyRunResultSchema);
  expect(put).toMatchObject({ updated: true, drift: 1 });
  expect(await git(ofApp, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
});

test('a bucket follows: what differs is replaced, what is gone goes, both are kept aside, and what others wrote is said', async () => {
  await using place = await makeAwsPlace();
  const { workspace, keys, aws } = place;
  workspace.init();
  const env = {
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_REGION: home,
    AWS_ENDPOINT_URL: aws.endpoint,
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const holdfast = (...args: string[]) => workspace.here(['--json', ...args]);
  const ready = 'photos-ready';
  await createBucket(place, bucket);
  await createBucket(place, ready);
  const keysThere = async (): Promise<string[]> => {
    const { Contents = [] } = await place.s3().send(new ListObjectsV2Command({ Bucket: ready }));
    return Contents.map(({ Key = '' }) => Key);
  };
  const contentOf = async (Key: string): Promise<string> => {
    const { Body } = await place.s3().send(new GetObjectCommand({ Bucket: ready, Key }));
    return (await Body?.transformToString()) ?? '';
  };
  for (const key of ['a', 'b', 'c/d e+f']) await putObject(place, bucket, key, `${key} then`);
  expectDone(await holdfast('source', 'add', 's3-bucket', '--name', 'photos', '--set', `bucket=${bucket}`));
  expectDone(await holdfast('protect', 'photos'));
  const itself = await holdfast('standby', 'add', 'warm', 'photos', '--to', `s3://${bucket}/warm/`);
  expect(itself.error()).toMatchObject({ code: 'TARGET_UNUSABLE' });
  await putObject(place, ready, 'mine/x', 'mine');
  expect((await holdfast('standby', 'add', 'warm', 'photos', '--to', `s3://${ready}`)).error()).toMatchObject({
    code: 'STANDBY_TARGET_TAKEN',
  });
  expectDone(await holdfast('standby', 'add', 'warm', 'photos', '--to', `s3://${ready}/live`));
  const first = (await holdfast('standby', 'run', 'warm')).json(standbyRunResultSchema);
  expect(first).toMatchObject({ updated: true, items: 3, written: 3, place: `s3://${ready}/live/` });
  expect(await contentOf('live/c/d e+f')).toBe('c/d e+f then');

  await putObject(place, bucket, 'a', 'a now');
  await place
    .s3()
    .send(new (await import('@aws-sdk/client-s3')).DeleteObjectCommand({ Bucket: bucket, Key: 'c/d e+f' }));
  expectDone(await holdfast('protect', 'photos'));
  const second = (await holdfast('standby', 'run', 'warm')).json(standbyRunResultSchema);
  expect(second).toMatchObject({ updated: true, written: 1, unchanged: 1, removed: 1 });
  expect(await contentOf('live/a')).toBe('a now');
  const { kept } = (await holdfast('standby', 'show', 'warm')).json(standbySchema);
  const aside = `live/.holdfast-standby/versions/${kept[0]?.name}/`;
  expect(await keysThere()).toEqual([
    'live/.holdfast-standby/standby.json',
    `${aside}a`,
    `${aside}c/d e+f`,
    'live/a',
    'live/b',
    'mine/x',
  ]);
  expect(await contentOf(`${aside}a`)).toBe('a then');

  // S3 tells times by the second.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await putObject(place, ready, 'live/b', 'b of somebody');
  const third = (await holdfast('standby', 'run', 'warm')).json(standbyRunResultSchema);
  expect(third).toMatchObject({ updated: true, drift: 1, written: 1 });
  expect(await contentOf('live/b')).toBe('b then');
});
