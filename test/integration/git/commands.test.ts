/** `holdfast git`: what it prints, its exit codes, and where the token of a target never is. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { gitCommitSchema, gitRestoreResultSchema, restoredGitRepositorySchema } from '../../../shared/contract/git.ts';
import { makeGitScene } from '../../support/git-scene.ts';
import { run } from '../../support/processes.ts';

const restoredSchema = z.object({
  repositories: z.array(restoredGitRepositorySchema),
  result: gitRestoreResultSchema,
});

test('lists, compares and gives back, with exit codes that say how it went', async () => {
  await using scene = await makeGitScene();
  const { workspace, github } = scene.hub;
  const upstream = await scene.upstream('app');
  await upstream.git('tag', 'v1');
  await scene.mirror(upstream, 'octo', 'app');
  const first = await scene.protect();
  await upstream.commit('two', '2\n');
  await upstream.git('branch', 'feature');
  await scene.mirror(upstream, 'octo', 'app');
  const second = await scene.protect();
  await scene.connected[Symbol.asyncDispose]();
  const env = { TARGET: scene.token };
  const holdfast = (...args: string[]) => workspace.holdfast(['git', ...args], { env });

  const listed = await holdfast('repositories', second);
  expect(listed.stdout).toMatch(/octo\/app +main +2 +1/);
  expect(listed.stdout).toContain('1 repository');
  const refs = await holdfast('refs', second, 'octo/app');
  expect(refs.stdout).toMatch(/refs\/heads\/main +[0-9a-f]{40} +default branch/);
  const log = await holdfast('log', second, 'octo/app', 'main');
  expect(log.stdout.trim().split('\n')).toHaveLength(2);
  expect(log.stdout).toContain('Ada: Change two');
  expect(
    (await holdfast('log', second, 'octo/app', '--limit', '1', '--json')).json(z.array(gitCommitSchema)),
  ).toHaveLength(1);
  const compared = await holdfast('compare', first, second, 'octo/app');
  expect(compared.stdout).toMatch(/created +refs\/heads\/feature/);
  expect(compared.stdout).toMatch(/moved +refs\/heads\/main/);

  const url = github.createRepository('target', 'app', { private: true }).cloneUrl;
  const to = ['--to-url', url, '--secret', 'token=env:TARGET'];
  const plan = await holdfast('restore', first, 'octo/app', ...to, '--dry-run');
  expect(plan.code).toBe(0);
  expect(plan.stdout).toMatch(/create +refs\/heads\/main/);
  expect((await scene.refs(url)).size).toBe(0);
  const done = await holdfast('restore', second, 'octo/app', ...to, '--json');
  expect(done.code).toBe(0);
  expect(done.json(restoredSchema).repositories).toMatchObject([{ state: 'done', verified: { sound: true } }]);
  await upstream.git('checkout', '--quiet', '--orphan', 'other');
  await upstream.commit('x', 'x\n');
  await scene.hub.mustGit(['push', '--quiet', '--force', url, 'other:main'], {
    cwd: upstream.folder,
    token: scene.token,
  });
  const held = await holdfast('restore', second, 'octo/app', ...to);
  expect(held.code).toBe(3);
  expect(held.stdout).toMatch(/held back +refs\/heads\/main/);
  const failed = await holdfast('restore', second, 'octo/app', '--to-url', url);
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain('GIT_TARGET_REFUSED');
  for (const [args, words] of [
    [['restore', second], 'Say what to restore'],
    [['restore', second, 'octo/app'], 'Say where to'],
    [['restore', second, '--all', ...to], '{name}'],
    [['restore', second, 'octo/app', '--to-url', 'file:///etc'], 'neither https:// nor ssh://'],
    [['restore', second, 'octo/app', '--to-url', 'ext::sh -c x'], 'The address of the target'],
    [['restore', second, 'octo/app', '--to-url', 'https://me:secret@host/x'], 'holds a secret'],
    [['restore', second, 'octo/app', '--to-url', url, '--secret', scene.token], 'arguments can be seen'],
  ] as const) {
    const refused = await holdfast(...args);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(words)]);
    expect(refused.stderr).not.toContain('me:secret');
  }

  // After restores that worked and that failed: nowhere on the disk but where the sandbox itself keeps it.
  const found = await run('grep', [
    '-rlF',
    '--binary-files=text',
    scene.token,
    join(workspace.home, 'holdfast'),
    workspace.repository,
  ]);
  expect(found.stdout).toBe('');
  for (const { stdout, stderr } of [plan, done, held, failed]) expect(stdout + stderr).not.toContain(scene.token);
});
