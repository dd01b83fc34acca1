import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { giveBackThread, lendThread } from '../../../../electron/engine/platform/lent-threads.ts';
import { listFolder } from '../../../../electron/engine/sources/folder/listing.ts';
import type { CaptureOptions } from '../../../../electron/engine/sources/folder/capture-protocol.ts';
import {
  FolderLister,
  FolderScout,
  ScoutGauge,
  skipsOf,
  weightOf,
  type Listed,
} from '../../../../electron/engine/sources/folder/scout.ts';
import { inWalkOrder, planRoots } from '../../../../electron/engine/sources/folder/roots.ts';
import type { ScoutTask } from '../../../../electron/engine/sources/folder/scout-protocol.ts';

let root: string;
const at = (...names: string[]): string => join(root, ...names);

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-scout-'));
  for (const folder of ['a/deep', 'b', 'c']) mkdirSync(at(folder), { recursive: true });
  for (const file of ['a/one', 'a/deep/two', 'b/three', 'c/four']) writeFileSync(at(file), file);
});
afterAll(() => rmSync(root, { recursive: true }));

function optionsOf(change: Partial<CaptureOptions> = {}): CaptureOptions {
  return {
    base: '/',
    roots: [root],
    excludes: [],
    excludeCaches: false,
    excludeLargerThanBytes: null,
    oneFileSystem: false,
    ...change,
  };
}

function all(lister: FolderLister): Listed[] {
  const found: Listed[] = [];
  for (let next = lister.next(); next !== null; next = lister.next()) found.push(next);
  return found;
}
const pathsOf = (listed: readonly Listed[]): string[] => listed.map(({ path }) => path);

describe('folders are listed ahead of a walk', () => {
  test('depth first, in the order of a snapshot, with what stat says of their entries', () => {
    const listed = all(new FolderLister([root], skipsOf(optionsOf())));
    expect(pathsOf(listed)).toEqual([root, at('a'), at('a', 'deep'), at('b'), at('c')]);
    expect(listed[1]?.listing.names).toEqual(['deep', 'one']);
    expect(listed[1]?.listing.stats.at(1).size).toBe('a/one'.length);
  });

  test('but not those that are excluded, and not the repository and the home', () => {
    const skips = skipsOf(optionsOf({ excludes: ['deep'] }), [at('b')]);
    expect(pathsOf(all(new FolderLister([root], skips)))).toEqual([root, at('a'), at('c')]);
  });

  test.runIf(existsSync('/proc/self'))('and not another file system, where the source ends at it', () => {
    const proc: CaptureOptions = optionsOf({ roots: ['/'], oneFileSystem: true });
    const found = all(
      new FolderLister(['/'], (path, listing, position) => {
        const skipped = skipsOf(proc)(path, listing, position);
        if (path === '/proc') expect(skipped).toBe(true);
        return true;
      }),
    );
    expect(found[0]?.listing.names).toContain('proc');
  });

  test('and not what is in a cache, where caches are left out', () => {
    const tag = at('b', 'CACHEDIR.TAG');
    writeFileSync(tag, 'Signature: 8a477f597d28d172789f06886806bc55\n');
    try {
      const lister = new FolderLister([root], skipsOf(optionsOf({ excludeCaches: true })));
      expect(pathsOf(all(lister))).toEqual([root, at('a'), at('a', 'deep'), at('c')]);
    } finally {
      rmSync(tag);
    }
  });

  test('one that cannot be listed is left to the walk', () => {
    const lister = new FolderLister([at('c'), at('is not there'), at('b')], skipsOf(optionsOf()));
    expect(pathsOf(all(lister))).toEqual([at('b'), at('c')]);
  });
});

test('several roots are listed as the walk comes to them, folder by folder', () => {
  expect(inWalkOrder(['/a-b', '/a/z', '/a/c'])).toEqual(['/a/c', '/a/z', '/a-b']);
  expect([...planRoots(['/a-b', '/a/z', '/a/c']).children.keys()], 'as it is planned').toEqual(['a', 'a-b']);
});

describe('the walk', () => {
  test('takes each once, and whatever it has gone past is forgotten', () => {
    const scout = new FolderScout(new FolderLister([root], skipsOf(optionsOf())));
    while (scout.step());
    expect(scout.take(at('a', 'deep'))?.names).toEqual(['two']);
    expect(scout.take(at('a', 'deep'))).toBeUndefined();
    expect(scout.take(at('a')), 'the walk does not turn back').toBeUndefined();
    expect(scout.take(at('c'))?.names).toEqual(['four']);
  });

  test('forgets what it has gone past also where it had to list a folder itself', () => {
    const scout = new FolderScout(new FolderLister([at('b'), at('a')], skipsOf(optionsOf())));
    while (scout.step());
    expect(scout.take(at('a', 'later')), 'which nobody has listed').toBeUndefined();
    expect(scout.take(at('a', 'deep')), 'before it').toBeUndefined();
    expect(scout.take(at('b'))?.names, 'after it').toEqual(['three']);
  });

  test('gives the thread beside it room for each folder that it takes, empty ones too', () => {
    const empty = at('c', 'empty');
    mkdirSync(empty);
    try {
      const scout = new FolderScout(new FolderLister([at('c')], skipsOf(optionsOf())));
      while (scout.step());
      const { port1, port2 } = new MessageChannel();
      const gauge = new ScoutGauge();
      scout.handOver(port1, gauge);
      scout.take(at('c'));
      scout.take(empty);
      const room = new Int32Array(gauge.memory)[0];
      expect(room, 'what was listed before is not counted as room').toBe(0);
      expect(weightOf({ names: [], stats: listFolder(empty).stats })).toBe(1);
      port1.close();
      port2.close();
    } finally {
      rmSync(empty, { recursive: true });
    }
  });

  test('gets the rest from a thread beside it', async () => {
    const options = optionsOf();
    const scout = new FolderScout(new FolderLister([root], skipsOf(options)));
    scout.step();
    const { port1, port2 } = new MessageChannel();
    const gauge = new ScoutGauge();
    scout.handOver(port1, gauge);
    expect(scout.step(), 'it lists nothing itself from now on').toBe(false);
    const task: ScoutTask = { options, neverRead: [at('b')], ahead: scout.ahead, line: port2, gauge: gauge.memory };
    const script = new URL('../../../../electron/engine/sources/folder/scout-worker.ts', import.meta.url);
    const thread = lendThread(script, { data: task, transferList: [port2] });
    try {
      expect(scout.take(root)?.names).toEqual(['a', 'b', 'c']);
      const taken = async (path: string) => {
        for (let waited = 0; waited < 500; waited++) {
          const listing = scout.take(path);
          if (listing !== undefined) return listing;
          await sleep(20);
        }
        throw new Error(`${path} was not listed.`);
      };
      const listing = await taken(at('a'));
      expect(listing.names).toEqual(['deep', 'one']);
      expect(listing.stats.at(1).size).toBe('a/one'.length);
      expect(listing.stats.isFolder(0)).toBe(true);
      expect((await taken(at('c'))).names).toEqual(['four']);
      expect(scout.take(at('b')), 'which is never read').toBeUndefined();
    } finally {
      gauge.end();
      await giveBackThread(thread);
      port1.close();
    }
  });
});

describe('a thread that lists ahead', () => {
  test('waits while enough waits for the walk, and goes on once some is taken', async () => {
    const gauge = new ScoutGauge();
    gauge.add(5);
    const begun = performance.now();
    gauge.waitForRoom(14, 10);
    expect(performance.now() - begun, 'there is room').toBeLessThan(5_000);
    gauge.end();
    gauge.waitForRoom(1_000, 10);
    expect(gauge.isOver, 'an end lets it go, however much waits').toBe(true);
    const other = new ScoutGauge(gauge.memory);
    expect(other.isOver, 'the other thread sees it').toBe(true);
  });
});
