/** A standby whose process is killed at any moment shows the version before, or the new one, and comes to its end after. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { standbyRunResultSchema, standbySchema } from '../../../shared/contract/standby.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { makeWorkspace } from '../../support/workspace.ts';

const files = 400;

test('killed in the middle five times, it never shows half a version', async () => {
  await using workspace = await makeWorkspace({ inMemory: true });
  workspace.init();
  const source = await workspace.folder('papers');
  const target = workspace.path('standby');
  const shown = join(target, 'current');
  const names = Array.from({ length: files }, (_, at) => `paper-${at}`);
  const write = async (round: number): Promise<void> => {
    // Each round changes a half; all say of which round they are, or were when they were left alone.
    for (const [at, name] of names.entries())
      if (round === 0 || at % 2 === round % 2) await writeFile(join(source, name), `${round}`.padEnd(4_096, name));
  };
  const stateOf = async (folder: string): Promise<string> => {
    const all = await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')));
    return all.join('|');
  };
  await write(0);
  const here = async (...args: string[]) => expectDone(await workspace.here(args));
  await here('source', 'add', 'folder', '--name', 'papers', '--set', `path=${source}`);
  await here('protect', 'papers');
  await here('standby', 'add', 'warm', 'papers', '--to', target);
  await here('standby', 'run', 'warm');
  let before = await stateOf(source);
  expect(await stateOf(shown)).toBe(before);
  for (let round = 1; round <= 5; round += 1) {
    await write(round);
    await rm(join(source, 'gone'), { force: true });
    await here('protect', 'papers');
    const after = await stateOf(source);
    const running = workspace.startHoldfast(['standby', 'run', 'warm']);
    // From while it opens the repository to when it has ended.
    await sleep(round * 450);
    running.signal('SIGKILL');
    await running.finished;
    expect([before, after]).toContain(await stateOf(shown));
    const done = (await workspace.here(['--json', 'standby', 'run', 'warm'])).json(standbyRunResultSchema);
    expect(done).toMatchObject({ drift: 0 });
    expect(await stateOf(shown)).toBe(after);
    before = after;
  }
  const { state, kept } = (await workspace.here(['--json', 'standby', 'show', 'warm'])).json(standbySchema);
  expect(state).toBe('current');
  expect(kept).toHaveLength(3);
});
