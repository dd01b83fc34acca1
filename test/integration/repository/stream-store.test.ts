import { writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { protectFolders } from '../../../electron/engine/protection/protect.ts';
import { protectSource } from '../../../electron/engine/protection/protect-source.ts';
import { checkRepository } from '../../../electron/engine/repository/check.ts';
import { formatMadeFile, formatMadeFolder } from '../../../electron/engine/repository/format/made-node.ts';
import type { Repository } from '../../../electron/engine/repository/repository.ts';
import { hexIds, StreamStore, type StoredContent } from '../../../electron/engine/repository/stream-store.ts';
import type { CaptureContext, Source } from '../../../electron/engine/sources/source.ts';
import type { ProtectResult } from '../../../shared/contract/protection.ts';
import { makeLocalPlace, makeRepository, type LocalPlace } from '../../support/local-place.ts';
import { noise } from '../../support/odd-tree.ts';

const mib = 1024 * 1024;
const blockBytes = 512 * 1024;
let place: LocalPlace;
let repository: Repository;

beforeEach(async () => {
  place = await makeLocalPlace();
  repository = await makeRepository(place);
});
afterEach(() => place[Symbol.asyncDispose]());

const common = () => ({
  nowMs: Date.now,
  open: async () => repository,
  caller: { tenant: 'default', actor: 'test' },
  tags: [],
  allowEmpty: false,
  force: false,
  signal: new AbortController().signal,
  onProgress: () => {},
  onIssue: () => {},
  onNotice: () => {},
});

/** A source that has one file, of what `store` stores. */
function sourceOf(store: (streams: StreamStore) => Promise<StoredContent>): Source {
  return {
    capture: async ({ writer }: CaptureContext) => {
      const streams = new StreamStore(writer.connect().ports);
      const { ids, size } = await writer.guard(store(streams));
      const file = formatMadeFile({ name: 'object', size, mtimeMs: 1_700_000_000_000, content: hexIds(ids) });
      const tree = await streams.tree([formatMadeFolder('bucket', await streams.tree([file]))]);
      streams.close();
      const none = { new: 0, changed: 0, unmodified: 0 };
      const counts = { files: { ...none, new: 1 }, folders: none, bytes: size };
      return { tree, counts, items: [{ path: '/bucket', complete: true }], complete: true, threads: [] };
    },
  };
}

async function protect(store: (streams: StreamStore) => Promise<StoredContent>): Promise<ProtectResult> {
  return protectSource({ ...common(), name: 'bucket', paths: ['/bucket'], captured: sourceOf(store) });
}

async function* inPieces(content: Buffer, bytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += bytes) {
    await setImmediate();
    yield content.subarray(at, at + bytes);
  }
}

async function expectSound(snapshots: number): Promise<void> {
  const { signal, onProgress, onIssue, onNotice } = common();
  const request = { repository, readDataPercent: 100, signal, onProgress, onIssue, onNotice };
  expect(await checkRepository(request)).toMatchObject({ errors: [], snapshots });
}

describe('a stream that is cut by its content', () => {
  test('is cut where a file of the same content is cut, however it comes', async () => {
    const content = noise(37 * mib + 11, 'large');
    const folder = join(place.root, 'source');
    mkdirSync(folder);
    writeFileSync(join(folder, 'large'), content);
    const asFile = await protectFolders({
      ...common(),
      paths: [folder],
      source: 'folder',
      excludes: [],
      excludeCaches: false,
      excludeLargerThanBytes: undefined,
      oneFileSystem: false,
      allowUnmounted: false,
      home: join(place.root, 'home'),
    });
    expect(asFile.addedBytes).toBeGreaterThan(37 * mib);

    for (const [bytes, sizeHint] of [
      [64 * 1024 - 3, content.length],
      [11 * mib, 1],
    ] as const) {
      const stored = await protect((streams) => streams.content(inPieces(content, bytes), sizeHint));
      // Its two folders alone are new, or nothing is.
      expect(stored.addedBytes).toBeLessThan(64 * 1024);
      expect(stored.bytes).toBe(content.length);
    }
    await expectSound(3);
  });

  test('may be empty', async () => {
    const stored = await protect((streams) => streams.content(inPieces(Buffer.alloc(0), 1), 0));
    expect(stored.bytes).toBe(0);
    await expectSound(1);
  });

  test('that breaks off is not stored, and keeps no room from others', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield noise(20 * mib, 'broken');
      throw new Error('the line went dead');
    }
    const stored = await protect(async (streams) => {
      for (let turn = 0; turn < 20; turn++)
        await expect(streams.content(broken())).rejects.toThrow('the line went dead');
      return streams.content(inPieces(noise(9 * mib, 'whole'), mib));
    });
    expect(stored.bytes).toBe(9 * mib);
    await expectSound(1);
  });

  test('waits while as much is held as may be', async () => {
    let asked = 0;
    async function* counted(content: Buffer): AsyncGenerator<Buffer> {
      for await (const piece of inPieces(content, mib)) {
        asked += piece.length;
        yield piece;
      }
    }
    await protect(async (streams) => {
      // Nothing is given back while this holds it.
      for (let held = 0; held < 12; held++) await streams.room(8 * mib);
      const stored = streams.content(counted(noise(9 * mib, 'waiting')));
      for (let turn = 0; turn < 50; turn++) await setImmediate();
      expect(asked).toBe(0);
      streams.giveBack(96 * mib);
      return stored;
    });
    expect(asked).toBe(9 * mib);
  });
});

describe('contents of a few bytes', () => {
  test('are each what a stream of the same bytes is, however many come together', async () => {
    const contents = Array.from({ length: 40 }, (_, at) => noise(at * 2500, `small ${at}`));
    const bytes = contents.reduce((sum, { length }) => sum + length, 0);
    await protect(async (streams) => {
      const stored = await Promise.all(
        contents.map(async (content) => {
          await streams.room(content.length);
          return streams.small(Uint8Array.from(content));
        }),
      );
      for (const [at, content] of contents.entries()) {
        const alone = await streams.content(inPieces(content, mib), content.length);
        expect(hexIds(stored[at]?.ids ?? new Uint8Array(32))).toEqual(hexIds(alone.ids));
        expect(stored[at]?.size).toBe(content.length);
      }
      // All the room has come back.
      for (let held = 0; held < 12; held++) await streams.room(8 * mib);
      streams.giveBack(96 * mib);
      const ids = Buffer.concat(stored.map((one) => one.ids));
      return { ids, size: bytes };
    });
    await expectSound(1);
  });
});

describe('blobs of one length', () => {
  test('come back under an id each, and zeros under one', async () => {
    const ids: string[] = [];
    const stored = await protect(async (streams) => {
      const content = new Uint8Array(5 * blockBytes + 7);
      content.set(noise(blockBytes, 'block'), 2 * blockBytes);
      await streams.room(content.length);
      const blobs = await streams.blobs(content, blockBytes);
      ids.push(...hexIds(blobs.ids));
      return blobs;
    });
    expect(stored.bytes).toBe(5 * blockBytes + 7);
    expect(ids).toHaveLength(6);
    const [zeros] = ids;
    expect(ids.map((id) => id === zeros)).toEqual([true, true, false, true, true, false]);
    await expectSound(1);
  });
});
