/** Clones of Git repositories and of a prefix of a bucket, by the command line and by an engine that stays. */
import { ListObjectsV2Command, ListObjectVersionsCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { cloneSchema } from '../../../shared/contract/clones.ts';
import { bucket, createBucket, putObject } from '../../support/bucket.ts';
import { clonesOnce } from '../../support/clones.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { startGitServer } from '../../support/git-server.ts';
import { mustRun } from '../../support/processes.ts';
import { home, makeAwsPlace } from '../../support/sandbox-aws.ts';
import { makeWorkspace } from '../../support/workspace.ts';

const identity = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' };
const days = 86_400_000;

test('a working folder and a bare repository are clones; who commits keeps theirs', { timeout: 200_000 }, async () => {
  await using workspace = await makeWorkspace({ inMemory: true });
  workspace.init();
  const git = async (folder: string, ...args: string[]): Promise<string> => {
    const { stdout } = await mustRun('git', ['-C', folder, ...args], { env: { ...identity, HOME: workspace.home } });
    return stdout.trim();
  };
  await using server = await startGitServer({ root: await workspace.folder('server') });
  const app = await workspace.folder('app');
  const bare = await workspace.folder('server', 'team', 'app.git');
  await git(bare, 'init', '--quiet', '--bare', '--initial-branch=main');
  await git(app, 'init', '--quiet', '--initial-branch=main');
  await writeFile(join(app, 'file'), 'one');
  await git(app, 'add', '--all');
  await git(app, 'commit', '--quiet', '--message=one');
  await git(app, 'push', '--quiet', bare, 'main');
  const head = await git(app, 'rev-parse', 'HEAD');
  const here = (...args: string[]) => workspace.here(['--json', ...args]);
  expectDone(await here('source', 'add', 'git', '--name', 'code', '--set', `url=${server.url('team/app.git')}`));
  expectDone(await here('protect', 'code'));

  const restored = ['git', 'restore', 'latest', '--source', 'code'];
  const work = workspace.path('work');
  const refused = await here(...restored, '--all', '--to-bundle', work, '--clone');
  expect(refused.error()).toMatchObject({ code: 'BAD_USAGE' });
  const one = (await here(...restored, 'app', '--to-checkout', work, '--clone', '--expires', '2d')).json(cloneSchema);
  expect(one).toMatchObject({ state: 'ready', place: { kind: 'git', as: 'checkout', path: work } });
  expect(await git(work, 'rev-parse', 'HEAD')).toBe(head);
  expect(await git(work, 'status', '--porcelain')).toBe('');
  expect(await readFile(join(work, '.git', 'holdfast-clone.json'), 'utf8')).toContain(one.id);
  const plain = workspace.path('plain');
  const all = (await here(...restored, '--all', '--to-bare', plain, '--clone', '--expires', '2d')).json(cloneSchema);
  expect((await readdir(plain, { recursive: true })).filter((name) => name.endsWith('.git'))).toHaveLength(1);
  const shown = expectDone(await workspace.here(['clone', 'list']));
  expect(shown.stdout).toContain(work);
  expect(shown.stdout).toContain(all.id.slice(0, 8));

  // To ask Git how it stands writes its index anew, and is no work of anybody's.
  await writeFile(join(work, 'file'), 'one');
  await git(work, 'status');
  const asked = await here('clone', 'remove', one.id, '--dry-run');
  expect(asked.stdout).toContain('"changed": 1');
  await git(work, 'commit', '--quiet', '--allow-empty', '--message=mine');
  const mine = await git(work, 'rev-parse', 'HEAD');
  const left = await clonesOnce(
    workspace,
    Date.now() + 3 * days,
    ([first, ...more]) => more.length === 0 && first?.trouble !== null,
  );
  expect(left).toMatchObject([{ id: one.id, trouble: { kind: 'changed' } }]);
  expect(existsSync(plain)).toBe(false);
  expect(await git(work, 'rev-parse', 'HEAD')).toBe(mine);
  await git(work, 'fsck', '--full');
  expectDone(await workspace.here(['clone', 'keep', one.id.slice(0, 8)]));
  expect(existsSync(join(work, '.git', 'holdfast-clone.json'))).toBe(false);
  expect((await here('clone', 'show', one.id)).error()).toMatchObject({ code: 'CLONE_UNKNOWN' });
});

test(
  'below a prefix of a bucket, versions or not, goes what the clone wrote, and nothing of others',
  { timeout: 200_000 },
  async () => {
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
    const here = (...args: string[]) => workspace.here(['--json', ...args]);
    const dev = 'dev-of-2031';
    await createBucket(place, bucket);
    await createBucket(place, dev);
    const versioned = { Bucket: dev, VersioningConfiguration: { Status: 'Enabled' } } as const;
    await place.s3().send(new PutBucketVersioningCommand(versioned));
    for (const key of ['a', 'b', 'c/d e+f']) await putObject(place, bucket, key, `${key} then`);
    await putObject(place, dev, 'mine', 'mine');
    expectDone(await here('source', 'add', 's3-bucket', '--name', 'photos', '--set', `bucket=${bucket}`));
    expectDone(await here('protect', 'photos'));
    const make = (to: string) =>
      here('restore', 'latest', '--source', 'photos', '--to-bucket', to, '--clone', '--expires', '2d');
    const there = async (): Promise<string[]> => {
      const { Contents = [] } = await place.s3().send(new ListObjectsV2Command({ Bucket: dev }));
      return Contents.map(({ Key = '' }) => Key);
    };
    expect((await make(`s3://${bucket}/copy/`)).error()).toMatchObject({ code: 'TARGET_UNUSABLE' });
    expect((await make(`s3://${dev}`)).error()).toMatchObject({ code: 'BAD_USAGE' });
    await putObject(place, dev, 'full/x', 'x');
    expect((await make(`s3://${dev}/full/`)).error()).toMatchObject({ code: 'CLONE_PLACE_TAKEN' });

    const [quiet, busy] = [
      (await make(`s3://${dev}/one/`)).json(cloneSchema),
      (await make(`s3://${dev}/two/`)).json(cloneSchema),
    ];
    expect(quiet).toMatchObject({ state: 'ready', items: 3, place: { kind: 'bucket', bucket: dev, prefix: 'one/' } });
    expect((await make(`s3://${dev}/one/more/`)).error()).toMatchObject({ code: 'TARGET_UNUSABLE' });
    expect(await there()).toEqual([
      'full/x',
      'mine',
      ...['one', 'two'].flatMap((name) => [
        `${name}/.holdfast-clone.json`,
        `${name}/a`,
        `${name}/b`,
        `${name}/c/d e+f`,
      ]),
    ]);
    await putObject(place, dev, 'two/b', 'b of somebody');
    await putObject(place, dev, 'two/new', 'new');
    const left = await clonesOnce(
      workspace,
      Date.now() + 3 * days,
      ([first, ...more]) => more.length === 0 && first?.trouble !== null,
    );
    expect(left).toMatchObject([{ id: busy.id, trouble: { kind: 'changed', count: 2 } }]);
    const { Versions = [], DeleteMarkers = [] } = await place
      .s3()
      .send(new ListObjectVersionsCommand({ Bucket: dev, Prefix: 'one/' }));
    expect([...Versions, ...DeleteMarkers]).toEqual([]);
    expect(await there()).toContain('two/b');
    const gone = expectDone(await here('clone', 'remove', busy.id, '--with-changes'));
    expect(gone.stdout).toContain('"left": 0');
    expect(await there()).toEqual(['full/x', 'mine']);
    expect(quiet.id).not.toBe(busy.id);
  },
);
