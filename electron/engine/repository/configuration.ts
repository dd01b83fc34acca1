/**
 * Configuration snapshots: what the console knows besides snapshots (sources, profiles, sites, holds) lives in the same
 * repository, as a snapshot of one JSON file, so that a lost workstation can be rebuilt from repository and password.
 * Versioned by being snapshots; stock restic can read them too. Credentials are in them only sealed under the recovery
 * passphrase.
 */
import { z } from 'zod';
import type { Caller } from '../../../shared/contract/common.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { processIdentity } from '../platform/identity.ts';
import { BlobCodec, blobId } from './blob-codec.ts';
import { formatNodeAttributes, formatNodeStart, formatNodeTail } from './format/tree-node.ts';
import { formatGoTimeNs } from './format/go-time.ts';
import { toGoMode } from './format/go-mode.ts';
import { encodeFact, readFact } from './format/snapshot.ts';
import { encodeTree } from './format/tree.ts';
import { beginLock } from './lock.ts';
import { PackBuilder, type FinishedPack } from './pack-builder.ts';
import { encodeIndex } from './format/index-file.ts';
import { ReadPool } from './read-pool.ts';
import type { Repository } from './repository.ts';
import { parseJson } from './unpacked.ts';
import { loadSnapshots, type StoredSnapshot } from './snapshots.ts';
import { findNode } from './tree-lookup.ts';

/** The only thing known of every document: later issues add what they own, and old ones stay readable. */
const documentSchema = z.looseObject({
  version: z.literal(1),
  tenant: z.string(),
  /** ISO-8601 UTC. */
  savedAt: z.string(),
});
export type ConfigurationDocument = z.infer<typeof documentSchema>;

const fileName = 'configuration.json';

/** Stores a document durably and returns the id of its snapshot. */
export async function saveConfiguration(
  repository: Repository,
  caller: Caller,
  document: ConfigurationDocument,
): Promise<string> {
  const lock = await beginLock(repository);
  try {
    const timeNs = BigInt(Date.parse(document.savedAt)) * 1_000_000n;
    const json = Buffer.from(`${JSON.stringify(document)}\n`, 'utf8');
    const time = formatGoTimeNs(timeNs);
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
    const content = formatNodeTail([blobId(json).toString('hex')], null);
    const tree = encodeTree([formatNodeStart(node) + formatNodeAttributes([], '0') + content]);
    await lock.confirmed;
    await storeBlobs(repository, json, tree);
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
      ],
    });
  } finally {
    await lock.release();
  }
}

/** The newest document of a tenant, or null where none was saved. A damaged one gives way to the one before it. */
export async function loadConfiguration(repository: Repository, tenant: string): Promise<ConfigurationDocument | null> {
  const { snapshots } = await loadSnapshots(repository);
  const saved = snapshots.filter(({ file }) => isConfigurationOf(file.tags, tenant));
  if (saved.length === 0) return null;
  const pool = await ReadPool.open(repository, { threads: 1 });
  try {
    let fault: unknown;
    for (const snapshot of saved.toReversed()) {
      try {
        return await readDocument(pool, snapshot);
      } catch (error) {
        fault ??= error;
      }
    }
    throw fault;
  } finally {
    await pool.close();
  }
}

function isConfigurationOf(tags: readonly string[], tenant: string): boolean {
  return readFact(tags, 'kind') === 'configuration' && readFact(tags, 'tenant') === tenant;
}

async function readDocument(pool: ReadPool, { id, file }: StoredSnapshot): Promise<ConfigurationDocument> {
  const node = await findNode(pool.reader, file.tree, `/${fileName}`, `/${fileName}`);
  const pieces: Buffer[] = [];
  for (const blob of node?.content ?? []) pieces.push(await pool.reader.load('data', blob));
  const document = documentSchema.safeParse(parseJson(Buffer.concat(pieces)));
  if (document.success) return document.data;
  throw new HoldfastError('STORED_FILE_DAMAGED', `The configuration in snapshots/${id} is not readable.`);
}

/** One data and one tree pack, and an index of both: too little to start threads for. */
async function storeBlobs(repository: Repository, json: Buffer, tree: Buffer): Promise<void> {
  const packs: FinishedPack[] = [];
  const outlet = { deliver: (pack: FinishedPack) => packs.push(pack), reclaim: () => undefined };
  for (const [type, plain] of [
    ['data', json],
    ['tree', tree],
  ] as const) {
    const builder = new PackBuilder(new BlobCodec(repository.key, repository.config.version), type, 1, outlet);
    builder.add(blobId(plain), plain);
    builder.flush();
  }
  for (const { id, data } of packs) await repository.backend.save({ type: 'data', name: id }, data);
  await repository.saveUnpacked('index', encodeIndex(packs.map(({ indexEntry }) => indexEntry)));
}
