import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { configHandle } from '../../../electron/engine/repository/backend/backend.ts';
import { randomName } from '../../support/backend-contract.ts';
import { isRoot } from '../../support/bad-input.ts';
import { makeLocalPlace } from '../../support/local-place.ts';
import { noise } from '../../support/odd-tree.ts';
import { mustRun } from '../../support/processes.ts';
import { canMount, mountSmallDisk } from '../../support/small-disk.ts';

const mib = 1024 * 1024;
const mountable = isRoot && (await canMount());

describe.skipIf(!mountable)('a folder on a disk that is full or read-only (needs root, to mount one)', () => {
  test('a save that does not fit leaves nothing behind, and what was there stays', async () => {
    await using disk = await mountSmallDisk('4m');
    await using place = await makeLocalPlace(disk.place);
    await place.backend.create();
    const small = { type: 'data', name: randomName() } as const;
    await place.backend.save(small, noise(mib, 'small'));
    const before = await place.paths();
    for (const type of ['data', 'index', 'snapshots', 'keys', 'locks'] as const) {
      const handle = { type, name: randomName() };
      await expect(place.backend.save(handle, noise(5 * mib, 'large')), type).rejects.toMatchObject({
        code: 'NO_SPACE',
      });
    }
    await expect(place.backend.save(configHandle, noise(5 * mib, 'large'))).rejects.toMatchObject({ code: 'NO_SPACE' });
    expect(await place.paths()).toEqual(before);
    const kept = await place.backend.load(small);
    expect(kept.equals(noise(mib, 'small'))).toBe(true);
    await place.backend.save({ type: 'data', name: randomName() }, noise(mib, 'small'));
    expect(await place.backend.list('data')).toHaveLength(2);
  });

  test('several saves at once, of which not all fit: those that say so are whole, of the others nothing is there', async () => {
    await using disk = await mountSmallDisk('5m');
    await using place = await makeLocalPlace(disk.place);
    await place.backend.create();
    const handles = Array.from({ length: 6 }, () => ({ type: 'data', name: randomName() }) as const);
    const outcomes = await Promise.allSettled(
      handles.map((handle) => place.backend.save(handle, noise(mib + mib / 2, handle.name))),
    );
    const saved = handles.filter((_, at) => outcomes[at]?.status === 'fulfilled');
    const listed = await place.backend.list('data');
    expect(listed.map(({ name }) => name).sort()).toEqual(saved.map(({ name }) => name).sort());
    for (const handle of saved) {
      const data = await place.backend.load(handle);
      expect(data.equals(noise(mib + mib / 2, handle.name))).toBe(true);
    }
    expect(saved.length).toBeLessThan(6);
    expect((await place.paths()).filter((path) => path.includes('tmp'))).toEqual([]);
  });

  test('no repository is made where there is no room, and none is said to be there', async () => {
    await using disk = await mountSmallDisk('64k');
    await using place = await makeLocalPlace(disk.place);
    await place.backend.create().catch(() => undefined);
    await mustRun('sh', ['-c', `dd if=/dev/zero of=${disk.place}/filler bs=4k 2>/dev/null || true`]);
    await expect(place.backend.save(configHandle, noise(200, 'config'))).rejects.toMatchObject({ code: 'NO_SPACE' });
    expect(await place.backend.list('config')).toEqual([]);
  });

  test('a read-only disk is named as such, and still read', async () => {
    await using disk = await mountSmallDisk('4m');
    await using place = await makeLocalPlace(disk.place);
    await place.backend.create();
    const handle = { type: 'index', name: randomName() } as const;
    await place.backend.save(handle, Buffer.from('content'));
    await mustRun('mount', ['-o', 'remount,ro', disk.place]);
    await expect(place.backend.save({ ...handle, name: randomName() }, Buffer.from('x'))).rejects.toMatchObject({
      code: 'READ_ONLY',
    });
    await expect(place.backend.remove(handle)).rejects.toMatchObject({ code: 'READ_ONLY' });
    expect((await place.backend.load(handle)).toString()).toBe('content');
    expect(readdirSync(`${place.folder}/index`)).toEqual([handle.name]);
    await mustRun('mount', ['-o', 'remount,rw', disk.place]);
  });
});
