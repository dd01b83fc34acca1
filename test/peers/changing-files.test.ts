import { readFileSync, statSync } from 'node:fs';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { protectResultSchema } from '../../shared/contract/protection.ts';
import { expectCleanForBoth, expectDone } from '../support/expect-clean.ts';
import { noise } from '../support/odd-tree.ts';
import { describePeer } from '../support/peers.ts';
import { describeFailure, start } from '../support/processes.ts';
import { makeWorkspace } from '../support/workspace.ts';

const writer = fileURLToPath(new URL('../support/restless-writer.ts', import.meta.url));
const largeBytes = 32 * 1024 * 1024;

describePeer('restic', 'files that change while they are read', () => {
  test('are named; the run ends, and its snapshot is clean and restores', async () => {
    await using workspace = await makeWorkspace();
    const source = await workspace.folder('source');
    await mkdir(join(source, 'coming and going'));
    for (const name of ['appended', 'rewritten', 'truncated'])
      await writeFile(join(source, name), noise(largeBytes, name));
    await writeFile(join(source, 'replaced'), 'version');
    await writeFile(join(source, 'still'), noise(1_000_000, 'still'));
    workspace.init();

    const restless = start(process.execPath, [writer, source, String(largeBytes)]);
    // It never ends by itself.
    onTestFinished(() => restless.signal('SIGKILL'));
    for (let round = 0; round < 2; round++) {
      await sleep(200);
      const result = await workspace.holdfast(['protect', source, '--json']);
      expect([0, 3], describeFailure(result)).toContain(result.code);
      const report = result.json(protectResultSchema);
      expect(report.status === 'partial').toBe(result.code === 3);
      const named = report.issues.map(({ path }) => path);
      for (const name of ['appended', 'rewritten', 'truncated']) expect(named).toContain(join(source, name));
      expect(named).not.toContain(join(source, 'still'));
    }
    restless.signal('SIGKILL');
    await restless.finished;

    await expectCleanForBoth(workspace);
    expectDone(await workspace.here(['restore', 'latest', '--to', workspace.path('ours')]));
    await workspace.mustRestic(['restore', 'latest', '--target', workspace.path('theirs')]);
    for (const program of ['ours', 'theirs']) {
      const restored = (name: string) => workspace.path(program, source, name);
      expect(readFileSync(restored('still')).equals(noise(1_000_000, 'still'))).toBe(true);
      expect(statSync(restored('appended')).size).toBeGreaterThanOrEqual(largeBytes);
      expect(readFileSync(restored('appended')).subarray(0, largeBytes).equals(noise(largeBytes, 'appended'))).toBe(
        true,
      );
      expect(readFileSync(restored('replaced'), 'utf8')).toMatch(/^version \d+$/);
      expect(statSync(restored('truncated')).size).toBeGreaterThanOrEqual(largeBytes / 2);
      expect(statSync(restored('truncated')).size).toBeLessThanOrEqual(largeBytes);
    }
  });

  test('are read again by the next run, even where size and time look the same', async () => {
    await using workspace = await makeWorkspace();
    const source = await workspace.folder('source');
    await writeFile(join(source, 'file'), 'first content');
    workspace.init();
    expectDone(await workspace.here(['protect', source]));
    const { atime, mtime } = statSync(join(source, 'file'));
    await writeFile(join(source, 'file'), 'other content');

    await utimes(join(source, 'file'), atime, mtime);
    expectDone(await workspace.here(['protect', source]));
    expectDone(await workspace.here(['restore', 'latest', '--to', workspace.path('ours')]));
    expect(readFileSync(workspace.path('ours', source, 'file'), 'utf8')).toBe('other content');
  });
});
