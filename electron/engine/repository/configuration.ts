/**
 * Configuration snapshots: what the console knows besides snapshots (sources, profiles, sites, holds) lives in the same
 * repository, as a snapshot of one JSON file, so that a lost workstation can be rebuilt from repository and password.
 * Versioned by being snapshots; stock restic can read them too. Credentials are in them only sealed under the recovery
 * passphrase.
 */
import type { Caller, Issue } from '../../../shared/contract/common.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { processIdentity } from '../platform/identity.ts';
import { BlobCodec, blobId } from './blob-codec.ts';
import { formatNodeAttributes, formatNodeStart, formatNodeTail } from './format/tree-node.ts';
import { formatGoTimeNs } from './format/go-time.ts';
import { toGoMode } from './format/go-mode.ts';
import { encodeFact, readFact, readFacts } from './format/snapshot.ts';
import { encodeTree } from './format/tree.ts';
import { beginLock } from './lock.ts';
import { PackBuilder, type FinishedPack } from './pack-builder.ts';
import { encodeIndex } from './format/index-file.ts';
import { ReadPool } from './read-pool.ts';
import type { Repository } from './repository.ts';
import { parseJson } from './unpacked.ts';
import { loadSnapshots, type SnapshotListing, type StoredSnapshot } from './snapshots.ts';
import { findNode } from './tree-lookup.ts';

/** All that is known of a document here; what else is in it, and whether it is sound, is for its reader to say. */
export type ConfigurationDocument = {
  /** Epoch milliseconds: orders the documents. */
  readonly savedAtMs: number;
  /** Which home wrote it. */
  readonly console: string;
  /** Grows by one whenever a console takes over from others: of two that contradict, the higher one counts. */
  readonly epoch?: number;
  /** From whom it has taken over: those who hear of it write no more. */
  readonly replaces?: readonly string[];
  readonly content: Readonly<Record<string, unknown>>;
};

const fileName = 'configuration.json';
const maximumDocumentBytes = 16 * 1024 * 1024;
const pieceBytes = 1024 * 1024;
/** Of very many, those that gave way last are stated outside the document. */
const statedReplaced = 100;

/** Stores a document durably and returns the id of its snapshot. BAD_USAGE for one too large to be read again. */
export async function saveConfiguration(
  repository: Repository,
  caller: Caller,
  document: ConfigurationDocument,
): Promise<string> {
  const json = Buffer.from(`${JSON.stringify(document.content)}\n`, 'utf8');
  if (json.length > maximumDocumentBytes)
    throw new HoldfastError('BAD_USAGE', 'The configuration is larger than the 16 MiB that it may have.');
  const lock = await beginLock(repository);
  try {
    const time = formatGoTimeNs(BigInt(document.savedAtMs) * 1_000_000n);
    const node = {
      name: fileName,
      type: 'file',
      mode: toGoMode(0o100600),
      mtime: time,
      ctime: time,
      uid: 0,
      gid: 0,
      user: '',
      group: '',
      inode: '0',
      deviceId: '0',
      size: json.length,
      links: 1,
      linkTarget: null,
    } as const;
    const pieces = Array.from({ length: Math.ceil(json.length / pieceBytes) }, (_, piece) =>
      json.subarray(piece * pieceBytes, (piece + 1) * pieceBytes),
    );
    const content = formatNodeTail(
      pieces.map((piece) => blobId(piece).toString('hex')),
      null,
    );
    const tree = encodeTree([formatNodeStart(node) + formatNodeAttributes([], '0') + content]);
    await lock.confirmed;
    await storeBlobs(repository, pieces, tree);
    const { hostname, username, uid, gid } = processIdentity();
    return await repository.saveSnapshot({
      time,
      tree: blobId(tree).toString('hex'),
      paths: [`/${fileName}`],
      hostname,
      username,
      uid,
      gid,
      excludes: [],
      tags: [
        encodeFact('kind', 'configuration'),
        encodeFact('tenant', caller.tenant),
        encodeFact('actor', caller.actor),
        encodeFact('console', document.console),
        ...((document.epoch ?? 0) === 0 ? [] : [encodeFact('epoch', String(document.epoch))]),
        ...(document.replaces ?? []).slice(-statedReplaced).map((console) => encodeFact('replaces', console)),
      ],
    });
  } finally {
    await lock.release();
  }
}

export type StoredConfiguration = {
  /** Id of its snapshot. */
  readonly snapshot: string;
  readonly savedAtMs: number;
  /** Which home wrote it, as its tag says; null where none does. */
  readonly console: string | null;
  readonly hostname: string;
  readonly epoch: number;
  /** The document as it lies there: anything that is JSON. STORED_FILE_DAMAGED, and what reading blobs throws. */
  read(): Promise<unknown>;
};

/**
 * Gives the body all documents of a tenant: those of whoever took over last first, and of these the newest. `unreadable` are snapshots of which nobody can say what they
 * were. `listing` is of all snapshots, where somebody has loaded them already.
 */
export async function withConfigurations<Result>(
  repository: Repository,
  tenant: string,
  body: (stored: readonly StoredConfiguration[], unreadable: readonly Issue[]) => Promise<Result>,
  listing?: SnapshotListing,
): Promise<Result> {
  const { snapshots, unreadable } = listing ?? (await loadSnapshots(repository));
  const pools: Promise<ReadPool>[] = [];
  const read = async (snapshot: StoredSnapshot): Promise<unknown> => {
    if (pools.length === 0) pools.push(ReadPool.open(repository, { threads: 1 }));
    const [pool] = await Promise.all(pools);
    return readDocument(pool as ReadPool, snapshot);
  };
  const stored = snapshots
    .filter(({ file }) => isConfigurationOf(file.tags, tenant))
    .toSorted((a, b) => epochOf(b) - epochOf(a) || b.takenAtMs - a.takenAtMs || (a.id < b.id ? 1 : -1))
    .map((snapshot) => ({
      snapshot: snapshot.id,
      savedAtMs: snapshot.takenAtMs,
      console: readFact(snapshot.file.tags, 'console') ?? null,
      hostname: snapshot.file.hostname ?? '',
      epoch: epochOf(snapshot),
      read: () => read(snapshot),
    }));
  try {
    return await body(stored, unreadable);
  } finally {
    await Promise.allSettled(pools.map(async (pool) => (await pool).close()));
  }
}

/** That another console has taken over, as its configuration states it. */
export type Claim = {
  readonly console: string;
  readonly hostname: string;
  readonly epoch: number;
  /** When the newest document that says so was saved. */
  readonly savedAtMs: number;
};

/** Who has taken over from a console since its own epoch; null: nobody has. */
export function claimAgainst(
  snapshots: readonly StoredSnapshot[],
  tenant: string,
  own: { readonly console: string; readonly epoch: number },
): Claim | null {
  const [claim] = snapshots
    .filter(
      ({ file: { tags } }) => isConfigurationOf(tags, tenant) && readFacts(tags, 'replaces').includes(own.console),
    )
    .filter((snapshot) => epochOf(snapshot) > own.epoch)
    .toSorted((a, b) => epochOf(b) - epochOf(a) || b.takenAtMs - a.takenAtMs);
  if (claim === undefined) return null;
  const { file, takenAtMs } = claim;
  const console = readFact(file.tags, 'console') ?? '';
  return { console, hostname: file.hostname ?? '', epoch: epochOf(claim), savedAtMs: takenAtMs };
}

function epochOf({ file }: StoredSnapshot): number {
  const stated = readFact(file.tags, 'epoch') ?? '';
  return /^\d{1,15}$/.test(stated) ? Number(stated) : 0;
}

export function isConfiguration(tags: readonly string[]): boolean {
  return readFact(tags, 'kind') === 'configuration';
}

function isConfigurationOf(tags: readonly string[], tenant: string): boolean {
  return isConfiguration(tags) && readFact(tags, 'tenant') === tenant;
}

async function readDocument(pool: ReadPool, { id, file }: StoredSnapshot): Promise<unknown> {
  const damaged = new HoldfastError('STORED_FILE_DAMAGED', `The configuration in snapshots/${id} is not readable.`);
  const node = await findNode(pool.reader, file.tree, `/${fileName}`, `/${fileName}`);
  if (node === null || node.size > maximumDocumentBytes) throw damaged;
  const pieces: Buffer[] = [];
  let bytes = 0;
  for (const blob of node.content ?? []) {
    const piece = await pool.reader.load('data', blob);
    bytes += piece.length;
    // What the tree says of the size may be a lie.
    if (bytes > maximumDocumentBytes) throw damaged;
    pieces.push(piece);
  }
  const document = parseJson(Buffer.concat(pieces));
  if (document === undefined) throw damaged;
  return document;
}

/** One data and one tree pack, and an index of both: too little to start threads for. */
async function storeBlobs(repository: Repository, pieces: readonly Buffer[], tree: Buffer): Promise<void> {
  const packs: FinishedPack[] = [];
  const outlet = { deliver: (pack: FinishedPack) => packs.push(pack), reclaim: () => undefined };
  for (const [type, plains] of [
    ['data', pieces],
    ['tree', [tree]],
  ] as const) {
    const builder = new PackBuilder(new BlobCodec(repository.key, repository.config.version), type, 1, outlet);
    for (const plain of plains) builder.add(blobId(plain), plain);
    builder.flush();
  }
  for (const { id, data } of packs) await repository.backend.save({ type: 'data', name: id }, data);
  await repository.saveUnpacked('index', encodeIndex(packs.map(({ indexEntry }) => indexEntry)));
}
