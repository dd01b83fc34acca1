/** A folder kept restored from each new snapshot, in an engine that stays. */
import { lstat, mkdir, readdir, readFile, readlink, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { StandbyScene } from '../../support/standby-scene.ts';

test('a folder shows each new snapshot, writes only what has changed, and keeps versions that stay as they were', async () => {
  await using scene = await StandbyScene.open();
  const { source, target } = scene;
  await writeFile(join(source, 'letter'), 'Dear all');
  await writeFile(join(source, 'ledger'), 'one');
  await mkdir(join(source, 'drafts'));
  await writeFile(join(source, 'drafts', 'old'), 'to go');
  await symlink('letter', join(source, 'link'));
  await scene.protect();
  await scene.add({ versions: 1 });
  await scene.untilCurrent();
  const shown = join(target, 'current');
  expect(await readFile(join(shown, 'letter'), 'utf8')).toBe('Dear all');
  expect(await readlink(join(shown, 'link'))).toBe('letter');
  const first = await readlink(shown);
  const before = await stat(join(shown, 'letter'));

  await writeFile(join(source, 'ledger'), 'two');
  await rm(join(source, 'drafts', 'old'));
  await scene.protect();
  await scene.untilCurrent();
  expect(await readFile(join(shown, 'ledger'), 'utf8')).toBe('two');
  expect(await readdir(join(shown, 'drafts'))).toEqual([]);
  // What is as it was is the very same file: nothing was written for it.
  expect((await stat(join(shown, 'letter'))).ino).toBe(before.ino);
  expect(await readFile(join(target, first, 'ledger'), 'utf8')).toBe('one');
  expect(await readFile(join(target, first, 'drafts', 'old'), 'utf8')).toBe('to go');

  await writeFile(join(source, 'ledger'), 'three');
  await scene.protect();
  const { kept } = await scene.untilCurrent();
  expect(kept).toHaveLength(1);
  // One beside the current one stays, and the link.
  expect((await readdir(target)).filter((name) => !name.startsWith('.'))).toHaveLength(3);
  await expect(lstat(join(target, first))).rejects.toThrow('ENOENT');
});

test('what somebody has changed is said, put right when it is asked for, and kept where that is wanted', async () => {
  await using scene = await StandbyScene.open();
  const { source, target } = scene;
  for (const name of ['letter', 'ledger', 'plan']) await writeFile(join(source, name), name);
  await scene.protect();
  await scene.add({ keepChanges: true, versions: 0 });
  await scene.untilCurrent();
  const shown = join(target, 'current');
  const was = await stat(join(shown, 'ledger'));
  await writeFile(join(shown, 'ledger'), 'LEDGER'.toLowerCase().replace('l', 'k'));
  await utimes(join(shown, 'ledger'), was.atime, was.mtime);
  await writeFile(join(shown, 'note of mine'), 'keep me');
  await rm(join(shown, 'plan'));

  const done = await scene.run();
  expect(done).toMatchObject({ updated: true, drift: 3 });
  expect(await readdir(shown)).toEqual(['ledger', 'letter', 'plan']);
  expect(await readFile(join(shown, 'ledger'), 'utf8')).toBe('ledger');
  const { kept, drift } = await scene.show();
  expect(drift).toBeNull();
  expect(kept).toMatchObject([{ changed: true }]);
  const aside = join(target, kept[0]?.name ?? '', source);
  expect(await readFile(join(aside, 'ledger'), 'utf8')).toBe('kedger');
  expect(await readFile(join(aside, 'note of mine'), 'utf8')).toBe('keep me');
  // Nothing has changed since.
  expect(await scene.run()).toMatchObject({ updated: false, drift: 0 });

  // By itself it only says so, once it looks again.
  await writeFile(join(shown, 'letter'), 'another');
  scene.nowMs += 25 * 3_600_000;
  const seen = await scene.until(({ drift: found }) => found !== null);
  expect(seen.drift?.first).toEqual([expect.stringContaining('letter')]);
  expect(await readFile(join(shown, 'letter'), 'utf8')).toBe('another');
  await expect
    .poll(async () => (await scene.alerts()).map(({ rule }) => rule), scene.patience)
    .toContain('standby-changed');
});

test('it keeps what it shows while everything is frozen, and goes on afterwards', async () => {
  await using scene = await StandbyScene.open();
  await writeFile(join(scene.source, 'letter'), 'before');
  await scene.protect();
  await scene.add({ lagLimitMs: 60_000 });
  await scene.untilCurrent();
  await scene.client.incidents.freeze({ repository: scene.repository, reason: 'odd mail' });
  await writeFile(join(scene.source, 'letter'), 'after');
  await scene.protect();
  const held = await scene.until(({ state }) => state === 'stopped');
  expect(held.reason).toContain('odd mail');
  expect(held.lagMs).toBeGreaterThan(0);
  await expect(scene.run()).rejects.toMatchObject({ code: 'STANDBY_STOPPED' });
  scene.nowMs += 10 * 60_000;
  await expect
    .poll(async () => (await scene.alerts()).map(({ rule }) => rule), scene.patience)
    .toContain('standby-behind');
  expect(await readFile(join(scene.target, 'current', 'letter'), 'utf8')).toBe('before');
  await scene.client.incidents.end({ repository: scene.repository });
  await scene.untilCurrent();
  expect(await readFile(join(scene.target, 'current', 'letter'), 'utf8')).toBe('after');
});

test('a place that holds something, its own source and what belongs to Holdfast are no targets', async () => {
  await using scene = await StandbyScene.open();
  await writeFile(join(scene.source, 'letter'), 'Dear all');
  await scene.protect();
  const taken = await scene.workspace.folder('taken');
  await writeFile(join(taken, 'mine'), '');
  await expect(scene.add({}, taken)).rejects.toMatchObject({ code: 'STANDBY_TARGET_TAKEN' });
  const inSource = join(scene.source, 'standby');
  await expect(scene.add({}, inSource)).rejects.toMatchObject({ code: 'TARGET_UNUSABLE' });
  await expect(scene.add({}, join(scene.source, '..'))).rejects.toMatchObject({ code: 'TARGET_UNUSABLE' });
  const throughLink = scene.workspace.path('elsewhere');
  await symlink(scene.source, throughLink);
  await expect(scene.add({}, join(throughLink, 'standby'))).rejects.toMatchObject({ code: 'TARGET_UNUSABLE' });
  expect(await readdir(scene.source)).toEqual(['letter']);
});
