/**
 * Between the moment a file is listed and the moment it is read anything can happen to it. The storing threads are real,
 * and so is the capturing walk; a line between them that waits lets the change happen just then.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, lstatSync, renameSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BlobCodec, blobId } from '../../electron/engine/repository/blob-codec.ts';
import { BlobReader } from '../../electron/engine/repository/blob-reader.ts';
import { readPackHeader } from '../../electron/engine/repository/check-pack.ts';
import { formatGoTimeNs } from '../../electron/engine/repository/format/go-time.ts';
import type { TreeNode } from '../../electron/engine/repository/format/tree-node.ts';
import { parseWholeTree } from '../../electron/engine/repository/format/tree.ts';
import { PackBuilder, type FinishedPack } from '../../electron/engine/repository/pack-builder.ts';
import { ReadPool } from '../../electron/engine/repository/read-pool.ts';
import type { Repository } from '../../electron/engine/repository/repository.ts';
import type {
  FileTask,
  StoredFileResult,
  StoreReply,
  StoreRequest,
} from '../../electron/engine/repository/store-protocol.ts';
import { StoreThreads } from '../../electron/engine/repository/store-threads.ts';
import { RepositoryWriter } from '../../electron/engine/repository/writer.ts';
import { FolderWalk } from '../../electron/engine/sources/folder/capture-walk.ts';
import type { CaptureIssue, CaptureTotals } from '../../electron/engine/sources/folder/capture-protocol.ts';
import { FolderLister, FolderScout } from '../../electron/engine/sources/folder/scout.ts';
import { StoreClient } from '../../electron/engine/sources/folder/store-client.ts';
import { makeLocalPlace, makeRepository, type LocalPlace } from '../support/local-place.ts';

const mib = 1024 * 1024;
let place: LocalPlace;
let repository: Repository;
let writer: RepositoryWriter;
let file: string;

beforeEach(async () => {
  place = await makeLocalPlace();
  repository = await makeRepository(place);
  writer = await RepositoryWriter.open(repository, {
    ready: Promise.resolve(),
    threads: new StoreThreads(2).startAll(),
  });
  file = join(place.root, 'file');
});
afterEach(async () => {
  await writer.close();
  await place[Symbol.asyncDispose]();
});

type Watch = {
  /** Called before a request reaches its thread, with how many came before. */
  readonly request?: (request: StoreRequest, position: number) => void;
  /** Called before the answer to a batch reaches the walk. */
  readonly batch?: () => void;
};

function watched(ports: readonly MessagePort[], { request, batch }: Watch): readonly MessagePort[] {
  let position = 0;
  return ports.map((port) => {
    const { port1, port2 } = new MessageChannel();
    port2.on('message', (asked: StoreRequest) => {
      request?.(asked, position++);
      port.postMessage(asked);
    });
    port.on('message', (reply: StoreReply) => {
      if (reply.type === 'files') batch?.();
      port2.postMessage(reply);
    });
    port2.on('close', () => port.close());
    return port1;
  });
}

const listed = (): FileTask => {
  const { size, mtimeNs } = statSync(file, { bigint: true });
  return { path: file, size: Number(size), mtimeNs };
};

async function store(task: FileTask, watch: Watch = {}): Promise<StoredFileResult> {
  const client = new StoreClient(watched(writer.connect().ports, watch));
  const result = await new Promise<StoredFileResult>((resolve) => {
    void client.submit(task, resolve);
    client.flush();
  });
  client.close();
  return result;
}

/** What the pieces hold, read back from the repository. */
async function contentOf(result: StoredFileResult): Promise<Buffer> {
  if ('error' in result) throw new Error(result.error.message);
  await writer.finish([]);
  const pool = await ReadPool.open(repository);
  const pieces: Buffer[] = [];
  for (let at = 0; at < result.ids.length; at += 32) {
    pieces.push(await pool.reader.load('data', Buffer.from(result.ids.subarray(at, at + 32)).toString('hex')));
  }
  await pool.close();
  return Buffer.concat(pieces);
}

describe('a file that was listed and then', () => {
  test('grew beyond what a thread reads at once is stored whole', async () => {
    writeFileSync(file, 'short');
    const task = listed();
    const content = Buffer.concat([Buffer.from('short'), randomBytes(37 * mib)]);
    writeFileSync(file, content);
    const result = await store(task);
    expect(result).toMatchObject({ size: content.length, changed: false, mtimeNs: listed().mtimeNs });
    expect((await contentOf(result)).equals(content)).toBe(true);
  });

  test('was cut short is not filled up with zeros, and is named', async () => {
    writeFileSync(file, '');
    truncateSync(file, 100 * mib);
    const task = listed();
    truncateSync(file, 3);
    expect(await store(task)).toMatchObject({ size: 3, changed: true, mtimeNs: task.mtimeNs });
  });

  test('was replaced while it was read is read again as the new one, never half of each', async () => {
    writeFileSync(file, randomBytes(40 * mib));
    const content = randomBytes(50 * mib);
    writeFileSync(`${file}.new`, content);
    const { atime, mtime } = statSync(file);
    // Even one of the same time.
    utimesSync(`${file}.new`, atime, mtime);
    const result = await store(listed(), {
      request: (_request, position) => {
        if (position === 1) renameSync(`${file}.new`, file);
      },
    });
    expect(result).toMatchObject({ size: content.length, changed: false });
    expect((await contentOf(result)).equals(content)).toBe(true);
  });

  test('is replaced again and again is named, and left out', async () => {
    writeFileSync(file, randomBytes(40 * mib));
    const result = await store(listed(), {
      request: () => {
        writeFileSync(`${file}.new`, Buffer.alloc(40 * mib, 'x'));
        renameSync(`${file}.new`, file);
      },
    });
    expect(result).toMatchObject({ error: { code: 'FILE_CHANGED' } });
  });

  test('is larger than one entry can list is named, and ends no run', async (context) => {
    context.skip(spawnSync('truncate', ['-s', '4E', file]).status !== 0, 'the file system has no files of 4 EiB');
    expect(await store(listed())).toMatchObject({ error: { code: 'FILE_TOO_LARGE' } });
  });

  test('has a time beyond 64 bits of nanoseconds is not taken for a changed one', async () => {
    writeFileSync(file, 'from the future');
    utimesSync(file, 13_569_465_600, 13_569_465_600);
    expect(await store(listed())).toMatchObject({ changed: false });
  });
});

describe('an entry of a snapshot', () => {
  test('never has times newer than its content: what came later must look changed to the next run', async () => {
    writeFileSync(file, 'first content');
    const later = (text: string, seconds: number): void => {
      writeFileSync(file, text);
      utimesSync(file, seconds, seconds);
    };
    const { node, issues } = await capture({
      request: () => later('other content', 1_700_000_000),
      batch: () => later('third content', 1_700_000_001),
    });
    expect(node.content).toEqual([blobId(Buffer.from('other content')).toString('hex')]);
    expect(node.mtime).not.toBe(formatGoTimeNs(lstatSync(file, { bigint: true }).mtimeNs));
    expect(issues).toEqual([]);
  });

  test('has the times of its content where that changed after the listing', async () => {
    writeFileSync(file, 'short');
    const { node } = await capture({ request: () => appendFileSync(file, ' and longer') });
    expect(node.content).toEqual([blobId(Buffer.from('short and longer')).toString('hex')]);
    expect(node).toMatchObject({ size: 16, mtime: formatGoTimeNs(lstatSync(file, { bigint: true }).mtimeNs) });
  });
});

test('what a source holds is told once all of it was come to, before it is read', async () => {
  writeFileSync(file, 'content');
  const told: string[] = [];
  const { totals } = await capture({
    request: () => void told.push('read'),
    walked: () => void told.push('walked'),
  });
  expect(totals).toEqual({ items: 1, bytes: 'content'.length });
  expect(told).toEqual(['walked', 'read']);
});

type Captured = {
  readonly node: TreeNode;
  readonly issues: readonly CaptureIssue[];
  readonly totals: CaptureTotals | null;
};

/** Captures `file` alone, with changes at the given moments. */
async function capture({ walked, ...watch }: Watch & { readonly walked?: () => void }): Promise<Captured> {
  let totals: CaptureTotals | null = null;
  const codec = new BlobCodec(repository.key, 2);
  const delivered: FinishedPack[] = [];
  const trees = new PackBuilder(codec, 'tree', 1, { deliver: (pack) => void delivered.push(pack), reclaim: () => {} });
  const issues: CaptureIssue[] = [];
  const client = new StoreClient(watched(writer.connect().ports, watch));
  const walk = new FolderWalk(
    {
      index: writer.index,
      reader: new BlobReader(codec, writer.index, () => expect.fail('nothing is to be read')),
      trees,
      store: client,
      scout: new FolderScout(new FolderLister([], () => false)),
      onIssue: (issue) => void issues.push(issue),
      onProgress: () => {},
      onWalked: (all) => {
        totals = all;
        walked?.();
      },
    },
    {
      base: '/',
      roots: [file],
      excludes: [],
      excludeCaches: false,
      excludeLargerThanBytes: null,
      oneFileSystem: false,
      neverRead: [],
    },
  );
  await walk.run(null);
  client.close();
  trees.flush();
  const nodes = delivered.flatMap(({ data }) => {
    const pack = Buffer.from(data);
    const open = (offset: number, length: number, plain: number): Buffer => {
      const opened = codec.open('tree', pack.subarray(offset, offset + length), plain);
      return typeof opened === 'string' ? expect.fail(opened) : Buffer.from(opened);
    };
    const blobs = readPackHeader(codec, pack) ?? [];
    return blobs.flatMap((blob) => parseWholeTree(open(blob.offset, blob.length, blob.uncompressedLength)).nodes);
  });
  return {
    node: nodes.find(({ name }) => name === 'file') ?? expect.fail('it is not in the snapshot'),
    issues,
    totals,
  };
}
