import { randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { protectResultSchema } from '../../shared/contract/protection.ts';
import { describeTree, diffTrees } from '../support/describe-tree.ts';
import { expectDone } from '../support/expect-clean.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

const mib = 1024 * 1024;
const indexAfterMs = 5_200;

/** Starts a command and kills it without warning as soon as `until` holds. */
async function killed(workspace: Workspace, args: readonly string[], until: () => boolean): Promise<void> {
  const running = workspace.startHoldfast(args);
  const { child } = running;
  while (child.exitCode === null && child.signalCode === null && !until()) await sleep(5);
  running.signal('SIGKILL');
  await running.finished;
}

async function prepare(): Promise<{ workspace: Workspace; source: string }> {
  const workspace = await makeWorkspace();
  const source = await workspace.folder('source');
  for (let file = 0; file < 300; file++) writeFileSync(join(source, `small-${file}`), randomBytes(2000));
  writeFileSync(join(source, 'large'), randomBytes(120 * mib));
  workspace.init();
  return { workspace, source };
}

const stored = (workspace: Workspace, type: string): readonly string[] =>
  readdirSync(join(workspace.repository, type), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /[0-9a-f]{64}$/.test(name),
  );

test('a protect that was killed leaves the repository clean, and the next run completes', async () => {
  const { workspace, source } = await prepare();
  await using _ = workspace;
  await killed(workspace, ['protect', source], () => stored(workspace, 'data').length >= 2);
  expect(stored(workspace, 'snapshots')).toEqual([]);
  expectDone(await workspace.holdfast(['check', '--read-data']));
  expectDone(await workspace.holdfast(['protect', source]));
  expect(stored(workspace, 'locks')).toEqual([]);
  expectDone(await workspace.holdfast(['check', '--read-data']));
});

test('what a killed protect had stored and listed is not stored again by the next one', async () => {
  const { workspace, source } = await prepare();
  await using _ = workspace;
  const running = workspace.startHoldfast(['protect', source]);
  const { child } = running;
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const until = async (condition: () => boolean): Promise<void> => {
    while (!isOver() && !condition()) await sleep(5);
  };
  await until(() => stored(workspace, 'data').length >= 1);
  // An index is written when the last one is some seconds old: time passes for a process that stands still, too.
  running.signal('SIGSTOP');
  await sleep(indexAfterMs);
  running.signal('SIGCONT');
  await until(() => stored(workspace, 'index').length >= 1);
  running.signal('SIGKILL');
  await running.finished;
  expect(stored(workspace, 'snapshots'), 'killed before its end').toEqual([]);
  const kept = stored(workspace, 'data').length;
  expect(kept, 'only a part').toBeLessThan(8);
  const { addedBytes, storedBytes } = expectDone(await workspace.holdfast(['protect', source, '--json'])).json(
    protectResultSchema,
  );
  // At least the pack that brought the index was listed: a pack is 16 MiB.
  expect(addedBytes).toBeLessThan(120 * mib + 300 * 2000 - 15 * mib);
  expect(storedBytes).toBeLessThan(120 * mib + 300 * 2000 - 15 * mib);
  expectDone(await workspace.holdfast(['check', '--read-data']));
});

test('a restore that was killed is taken up by the same command, and ends as if it had not been', async () => {
  const { workspace, source } = await prepare();
  await using _ = workspace;
  expectDone(await workspace.holdfast(['protect', source]));
  const target = workspace.path('restored');
  const restore = ['restore', 'latest', '--to', target];
  await killed(workspace, restore, () => hasPart(target));
  expect(hasPart(target), 'killed while the large file was coming').toBe(true);
  expectDone(await workspace.holdfast(restore));
  expect(hasPart(target)).toBe(false);
  expect(diffTrees(describeTree(source), describeTree(join(target, source)), {})).toEqual([]);
  expect(stored(workspace, 'locks')).toEqual([]);
});

function hasPart(folder: string): boolean {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((name) => name.endsWith('.part'));
  } catch {
    return false;
  }
}
