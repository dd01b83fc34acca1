/** A process that is killed while it makes or removes a clone leaves nothing that is not whole, and nothing of others goes. */
import { existsSync, readdirSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { clonesOnce } from '../../support/clones.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { makeWorkspace } from '../../support/workspace.ts';

const files = 1500;
const mostAttempts = 5;

test('killed at any moment, it is whole or gone afterwards', { timeout: 400_000 }, async () => {
  await using workspace = await makeWorkspace({ inMemory: true });
  workspace.init();
  const source = await workspace.folder('papers');
  for (let at = 0; at < files; at++) await writeFile(join(source, `paper-${at}`), `${at}`);
  expectDone(await workspace.here(['source', 'add', 'folder', '--name', 'papers', '--set', `path=${source}`]));
  expectDone(await workspace.here(['protect', 'papers']));
  const dev = await workspace.folder('dev');
  const target = join(dev, 'copy');
  const inside = join(target, source);
  const staged = (): string | null => readdirSync(dev).find((name) => name.startsWith('.holdfast-clone-')) ?? null;
  const filled = (): number => {
    const folder = join(dev, staged() ?? '', 'data', source);
    return staged() !== null && existsSync(folder) ? readdirSync(folder).length : 0;
  };
  const make = ['restore', 'latest', '--source', 'papers', '--to', target, '--clone', '--expires', '1h'];
  const isSettled = (states: readonly { readonly state: string }[]): boolean =>
    states.every(({ state }) => state === 'ready');
  const killed = async (args: readonly string[], isThere: () => boolean): Promise<boolean> => {
    const running = workspace.startHoldfast([...args]);
    while (running.child.exitCode === null && !isThere()) await turn();
    running.signal('SIGKILL');
    return (await running.finished).signal === 'SIGKILL';
  };
  for (const [moment, isThere] of [
    ['it begins', () => staged() !== null],
    ['half of it is there', () => filled() > files / 2],
    ['it is shown', () => existsSync(target)],
  ] as const) {
    let isCaught = false;
    for (let attempt = 0; !isCaught && attempt < mostAttempts; attempt++) {
      isCaught = await killed(make, isThere);
      const clones = await clonesOnce(workspace, Date.now(), isSettled);
      expect(staged(), moment).toBeNull();
      expect(clones.length, moment).toBe(existsSync(target) ? 1 : 0);
      for (const { id, trouble } of clones) {
        expect(trouble).toBeNull();
        expect(readdirSync(inside)).toHaveLength(files);
        expect((await workspace.here(['--json', 'clone', 'remove', id, '--dry-run'])).stdout).toContain('"changed": 0');
        expectDone(await workspace.here(['clone', 'remove', id]));
      }
      expect(await readdir(dev)).toEqual([]);
    }
    expect(isCaught, moment).toBe(true);
  }

  let isCaught = false;
  for (let attempt = 0; !isCaught && attempt < mostAttempts; attempt++) {
    expectDone(await workspace.here(make));
    const [clone] = await clonesOnce(workspace, Date.now(), isSettled);
    isCaught = await killed(
      ['clone', 'remove', clone?.id ?? ''],
      () => !existsSync(inside) || readdirSync(inside).length < files,
    );
    if (isCaught && existsSync(inside)) {
      // What is put there meanwhile is nobody's but theirs.
      await writeFile(join(inside, 'mine'), 'mine');
      await clonesOnce(workspace, Date.now(), ([one]) => one?.trouble?.kind === 'changed');
      expect(await readdir(inside)).toEqual(['mine']);
      expect(await readFile(join(inside, 'mine'), 'utf8')).toBe('mine');
      expectDone(await workspace.here(['clone', 'remove', clone?.id ?? '', '--with-changes']));
    } else {
      isCaught = false;
      await clonesOnce(workspace, Date.now(), (clones) => clones.length === 0);
    }
    expect(await readdir(dev)).toEqual([]);
  }
  expect(isCaught, 'half of it is gone').toBe(true);
});
