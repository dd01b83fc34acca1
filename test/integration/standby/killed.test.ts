/** A standby whose process is killed at any moment shows the version before, or the new one, and comes to its end after. */
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { standbyRunResultSchema, standbySchema } from '../../../shared/contract/standby.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { makeWorkspace } from '../../support/workspace.ts';

const files = 400;
const mostAttempts = 12;

test('killed in the middle five times, it never shows half a version', { timeout: 400_000 }, async () => {
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
  let round = 0;
  await write(0);
  const here = async (...args: string[]) => expectDone(await workspace.here(args));
  await here('source', 'add', 'folder', '--name', 'papers', '--set', `path=${source}`);
  await here('protect', 'papers');
  await here('standby', 'add', 'warm', 'papers', '--to', target);
  await here('standby', 'run', 'warm');
  await here('standby', 'set', 'warm', '--set', 'versions=1');
  let before = await stateOf(source);
  expect(await stateOf(shown)).toBe(before);
  const own = join(target, '.holdfast-standby');
  const inWork = (): number => {
    const [work] = readdirSync(own).filter((name) => name.startsWith('work-'));
    const folder = join(own, work ?? '', source);
    return work !== undefined && existsSync(folder) ? readdirSync(folder).length : 0;
  };
  const versions = (): string[] => readdirSync(target).filter((name) => name.startsWith('20'));
  for (const moment of [
    'it begins',
    'half of it is there',
    'it gets its name',
    'it is shown',
    'an old one goes',
  ] as const) {
    // A machine that is busy may not see the moment: then it is tried again.
    let isCaught = false;
    for (let attempt = 0; !isCaught && attempt < mostAttempts; attempt++) {
      await write((round += 1));
      await here('protect', 'papers');
      const after = await stateOf(source);
      const [led, had] = [readlinkSync(shown), versions()];
      const isThere = {
        'it begins': () => inWork() > 0,
        'half of it is there': () => inWork() > files / 2,
        'it gets its name': () => versions().length > had.length,
        'it is shown': () => readlinkSync(shown) !== led,
        'an old one goes': () =>
          readlinkSync(shown) !== led && !had.every((name) => existsSync(join(target, name, source, 'paper-0'))),
      }[moment];
      const running = workspace.startHoldfast(['standby', 'run', 'warm']);
      while (running.child.exitCode === null && !isThere()) await turn();
      running.signal('SIGKILL');
      isCaught = (await running.finished).signal === 'SIGKILL';
      expect([before, after]).toContain(await stateOf(shown));
      const done = (await workspace.here(['--json', 'standby', 'run', 'warm'])).json(standbyRunResultSchema);
      expect(done).toMatchObject({ drift: 0 });
      expect(await stateOf(shown)).toBe(after);
      before = after;
    }
    expect(isCaught, moment).toBe(true);
  }
  const { state, kept } = (await workspace.here(['--json', 'standby', 'show', 'warm'])).json(standbySchema);
  expect(state).toBe('current');
  // Nothing is left of what was cut off.
  expect(versions().sort()).toEqual([...kept.map(({ name }) => name), readlinkSync(shown).split('/')[0]]);
  expect(kept.length).toBeLessThanOrEqual(2);
});
