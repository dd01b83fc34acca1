import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryStatsSchema } from '../../shared/contract/repository.ts';
import { expectDone } from '../support/expect-clean.ts';
import { noise } from '../support/odd-tree.ts';
import { describeFailure, mustRun } from '../support/processes.ts';
import { makeWorkspace } from '../support/workspace.ts';

const isRoot = process.getuid?.() === 0;

test('a restore names the snapshot it takes from, and says of a partial one that it is', async () => {
  await using workspace = await makeWorkspace();
  const source = await workspace.folder('source');
  writeFileSync(join(source, 'open'), 'content');
  writeFileSync(join(source, 'closed'), 'content');
  chmodSync(join(source, 'closed'), 0);
  if (isRoot) await mustRun('chown', ['-R', '65534:65534', workspace.root]);
  const asUser = { unprivileged: isRoot };
  expectDone(await workspace.holdfast(['init'], asUser));
  const partial = await workspace.holdfast(['protect', source], asUser);
  expect(partial.code, describeFailure(partial)).toBe(3);
  const first = await workspace.holdfast(['restore', 'latest', '--to', workspace.path('first')], asUser);
  expect(expectDone(first).stderr).toMatch(
    /^Snapshot [0-9a-f]{8} of .*source, taken 2\d{3}-\d\d-\d\d \d\d:\d\d:\d\d UTC\.$/m,
  );
  expect(first.stderr).toMatch(/^Snapshot [0-9a-f]{8} is partial: what could not be read .* see .*\/closed\.$/m);

  chmodSync(join(source, 'closed'), 0o600);
  expectDone(await workspace.holdfast(['protect', source], asUser));
  const second = await workspace.holdfast(['restore', 'latest', '--to', workspace.path('second')], asUser);
  expect(expectDone(second).stderr).toContain(`of ${source}, taken`);
  expect(second.stderr).not.toContain('partial');
});

test('the numbers of stats are those of the disk, and what describes folders is not counted against deduplication', async () => {
  await using workspace = await makeWorkspace();
  const source = await workspace.folder('source');
  const bytes = 5000;
  writeFileSync(join(source, 'file'), noise(bytes, 'file'));
  writeFileSync(join(source, 'the same'), noise(bytes, 'file'));
  for (let at = 0; at < 300; at++) writeFileSync(join(source, `empty ${at}`), '');
  expectDone(await workspace.holdfast(['init']));
  expectDone(await workspace.holdfast(['protect', source]));
  // A pack that an interrupted run left is in no index, and takes room all the same.
  writeFileSync(join(workspace.repository, 'data', 'ab', 'ab'.repeat(32)), noise(1000, 'left'));
  const stats = expectDone(await workspace.holdfast(['stats', '--json'])).json(repositoryStatsSchema);
  const { stdout } = await mustRun('find', [workspace.repository, '-type', 'f', '-printf', '%s %P\n']);
  const files = stdout.trimEnd().split('\n');
  expect(stats.packs).toBe(files.filter((line) => / data\//.test(line)).length);
  expect(stats.storedBytes).toBe(files.reduce((sum, line) => sum + Number.parseInt(line, 10), 0));
  expect([stats.restorableBytes, stats.uniqueBytes, stats.deduplicationRatio]).toEqual([2 * bytes, bytes, 2]);

  await mustRun('find', [join(workspace.repository, 'index'), '-type', 'f', '-delete']);
  const blind = await workspace.holdfast(['stats', '--json']);
  expect(blind.code, describeFailure(blind)).toBe(3);
  expect(blind.json(repositoryStatsSchema)).toMatchObject({ restorableBytes: 0, unreadableFolders: 1 });
});
