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
import { encodeFact, readFact, readFacts, type SnapshotFact } from './format/snapshot.ts';
import { encodeTree } from './format/tree.ts';
import { beginLock } from './lock.ts';
import { PackBuilder, type FinishedPack } from './pack-builder.ts';
import { encodeIndex } from './format/index-file.ts';
import { ReadPool } from './read-pool.ts';
import type { Repository } from './repository.ts';
import { parseJson } from './unpacked.ts';
import { loadSnapshots, type SnapshotListing, type StoredSnapshot } from './snapshots.ts';
import type { TreeNode } from './format/tree-node.ts';
import { findNode, loadTree } from './tree-lookup.ts';

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
  readonly attached?: Attached;
};

/** What goes along: files beside the document, and facts that can be read without opening anything. */
export type Attached = {
  readonly facts: readonly (readonly [name: SnapshotFact, value: string])[];
  readonly files: readonly AttachedFile[];
  /** A snapshot of this repository with some of it: its blobs are not stored again while it is there. */
  readonly before: SavedConfiguration | null;
};
export type AttachedFile = { readonly name: string; readonly bytes: Buffer };

export type SavedConfiguration = {
  /** Id of its snapshot. */
  readonly snapshot: string;
  /** Ids of the blobs of what was attached. */
  readonly blobs: readonly string[];
};

/** What a home keeps beside its catalog and wants to have kept where its configuration is: its chains of evidence. */
export interface ConfigurationCompany {
  /** For a configuration of the tenant that is saved in that repository. */
  attach(tenant: string, repository: string): Promise<Attached>;
  /** It was saved. */
  attached(tenant: string, repository: string, saved: SavedConfiguration): Promise<void>;
  /** From a repository whose configuration this home goes on with. */
  takeOver(tenant: string, files: readonly AttachedFile[]): Promise<void>;
}

const fileName = 'configuration.json';
const maximumDocumentBytes = 16 * 1024 * 1024;
const pieceBytes = 1024 * 1024;
/** Files beside the document that are read. */
const maximumAttached = 1_000;
const maximumAttachedBytes = 128 * 1024 * 1024;
/** Of very many, those that gave way last are stated outside the document. */
const statedReplaced = 100;

/** Stores a document durably. BAD_USAGE for one too large to be read again. */
export async function saveConfiguration(
  repository: Repository,
  caller: Caller,
  document: ConfigurationDocument,
): Promise<SavedConfiguration> {
  const json = Buffer.from(`${JSON.stringify(document.content)}\n`, 'utf8');
  if (json.length > maximumDocumentBytes)
    throw new HoldfastError('BAD_USAGE', 'The configuration is larger than the 16 MiB that it may have.');
  const lock = await beginLock(repository);
  try {
    const time = formatGoTimeNs(BigInt(document.savedAtMs) * 1_000_000n);
    const { facts = [], files = [], before = null } = document.attached ?? {};
    const beside = files.map(({ name, bytes }) => ({ name, size: bytes.length, pieces: piecesOf(bytes) }));
    const all = [{ name: fileName, size: json.length, pieces: piecesOf(json) }, ...beside];
    const tree = encodeTree(all.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((file) => fileNode(file, time)));
    await lock.confirmed;
    const stored = new Set(before !== null && (await isThere(repository, before.snapshot)) ? before.blobs : []);
    const missing = all.flatMap(({ pieces }) => pieces).filter(({ id }) => !stored.has(id));
    await storeBlobs(
      repository,
      missing.map(({ bytes }) => bytes),
      tree,
    );
    const { hostname, username, uid, gid } = processIdentity();
    const snapshot = await repository.saveSnapshot({
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
        ...facts.map(([name, value]) => encodeFact(name, value)),
      ],
    });
    return { snapshot, blobs: beside.flatMap(({ pieces }) => pieces.map(({ id }) => id)) };
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
  /** What lies beside it. */
  attached(): Promise<readonly AttachedFile[]>;
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
  const pool = async (): Promise<ReadPool> => {
    if (pools.length === 0) pools.push(ReadPool.open(repository, { threads: 1 }));
    return pools[0] as Promise<ReadPool>;
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
      read: async () => readDocument(await pool(), snapshot),
      attached: async () => readAttached(await pool(), snapshot),
    }));
  try {
    return await body(stored, unreadable);
  } finally {
    await Promise.allSettled(pools.map(async (opened) => (await opened).close()));
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
  const bytes = node === null ? null : await readContent(pool, node, maximumDocumentBytes);
  const document = bytes === null ? undefined : parseJson(bytes);
  if (document === undefined) throw damaged;
  return document;
}

async function readAttached(pool: ReadPool, { file }: StoredSnapshot): Promise<readonly AttachedFile[]> {
  const files: AttachedFile[] = [];
  let left = maximumAttachedBytes;
  for (const { nodes } of await loadTree(pool.reader, file.tree)) {
    for (const node of nodes) {
      if (node.type !== 'file' || node.name === fileName || files.length >= maximumAttached) continue;
      const bytes = await readContent(pool, node, Math.min(left, maximumDocumentBytes));
      if (bytes === null) continue;
      left -= bytes.length;
      files.push({ name: node.name, bytes });
    }
  }
  return files;
}

/** Null for what is larger: what the tree says of the size may be a lie. */
async function readContent(
  pool: ReadPool,
  { size, content }: Pick<TreeNode, 'size' | 'content'>,
  maximumBytes: number,
): Promise<Buffer | null> {
  if (size > maximumBytes) return null;
  const pieces: Buffer[] = [];
  let bytes = 0;
  for (const blob of content ?? []) {
    const piece = await pool.reader.load('data', blob);
    bytes += piece.length;
    if (bytes > maximumBytes) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

type Piece = { readonly id: string; readonly bytes: Buffer };

function piecesOf(bytes: Buffer): readonly Piece[] {
  return Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, at) => {
    const piece = bytes.subarray(at * pieceBytes, (at + 1) * pieceBytes);
    return { id: blobId(piece).toString('hex'), bytes: piece };
  });
}

function fileNode(
  { name, size, pieces }: { readonly name: string; readonly size: number; readonly pieces: readonly Piece[] },
  time: string,
): string {
  const node = {
    name,
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
    size,
    links: 1,
    linkTarget: null,
  } as const;
  const content = formatNodeTail(
    pieces.map(({ id }) => id),
    null,
  );
  return formatNodeStart(node) + formatNodeAttributes([], '0') + content;
}

async function isThere({ backend }: Repository, snapshot: string): Promise<boolean> {
  return backend.load({ type: 'snapshots', name: snapshot }).then(
    () => true,
    () => false,
  );
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
