/** A restore that is killed while it pushes, and is run again. */
import { readdirSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { gitRestoreResultSchema } from '../../../shared/contract/git.ts';
import { mustRun } from '../../support/processes.ts';
import { makeGitScene } from '../../support/git-scene.ts';

const documentSchema = z.object({ result: gitRestoreResultSchema });

test('killed in the middle of a push and run again, the target ends with what the snapshot holds', async () => {
  await using scene = await makeGitScene();
  const { hub } = scene;
  const upstream = await scene.upstream('app');
  const tip = await upstream.commit('large', 'x'.repeat(200_000));
  const many = Array.from({ length: 450 }, (_, at) => `create refs/heads/part/${at} ${tip}\n`).join('');
  await mustRun('git', ['update-ref', '--stdin'], { cwd: upstream.folder, input: many });
  const bare = await scene.mirror(upstream, 'octo', 'app');
  const before = await scene.refs(bare);
  const snapshot = await scene.protect();
  await scene.connected[Symbol.asyncDispose]();
  const repository = hub.github.createRepository('target', 'app');
  const args = [
    'git',
    'restore',
    snapshot,
    'octo/app',
    '--to-url',
    repository.cloneUrl,
    '--secret',
    'token=env:TARGET',
    '--json',
  ];
  const env = { TARGET: scene.token };

  const running = hub.workspace.startHoldfast(args, { env });
  // The first of three pushes has been taken; the second is slow.
  await vi.waitUntil(() => repository.pushedAt !== null, { timeout: 120_000, interval: 5 });
  using slow = hub.github.fault({ path: /git-receive-pack/ }, { delayMs: 60_000 });
  running.signal('SIGKILL');
  expect((await running.finished).signal).toBe('SIGKILL');
  const half = await scene.refs(repository.cloneUrl);
  expect(half.size).toBeGreaterThan(0);
  expect(half.size).toBeLessThan(before.size);

  slow[Symbol.dispose]();
  const again = await hub.workspace.holdfast(args, { env });
  expect(again.code).toBe(0);
  const { result } = again.json(documentSchema);
  expect(result).toMatchObject({ issues: [], repositories: { done: 1 }, refs: { heldBack: 0, failed: 0 } });
  expect(result.refs.unchanged).toBeGreaterThanOrEqual(half.size);
  expect(await scene.refs(repository.cloneUrl)).toEqual(before);
  expect(readdirSync(hub.workspace.path('home', 'holdfast', 'cache', 'git', 'tmp'))).toEqual([]);
});
