/** Replicas that blobs are fetched from, whatever their keys: a blob's id is that of its plain content everywhere. */
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import type { BlobType } from '../blob-index.ts';
import { packEntries } from '../format/packed-entries.ts';
import type { PackedBlob } from '../format/pack.ts';
import { beginReadLock, type RepositoryLock } from '../lock.ts';
import { ReadPool } from '../read-pool.ts';
import type { Repository } from '../repository.ts';
import { loadSnapshots, type StoredSnapshot } from '../snapshots.ts';

export type Replica = {
  /** For people. */
  readonly name: string;
  readonly repository: Repository;
};

/** Blobs of one pack of a replica. */
export type DonorPack = { readonly packId: string; readonly entries: Uint8Array<ArrayBuffer>; readonly bytes: number };

export class Donors {
  readonly replicas: readonly Replica[];
  readonly #open = new Map<Replica, Promise<OpenReplica | null>>();
  readonly #onNotice: (text: string) => void;

  constructor(replicas: readonly Replica[], onNotice: (text: string) => void) {
    this.replicas = replicas;
    this.#onNotice = onNotice;
  }

  /** The plain bytes of a blob from the first that has it intact. */
  async load(type: BlobType, id: string): Promise<{ readonly plain: Buffer; readonly from: string } | null> {
    for (const replica of this.replicas) {
      const open = await this.#opened(replica);
      if (open === null || open.pool.index.findHex(type, id) < 0) continue;
      try {
        return { plain: await open.pool.reader.load(type, id), from: replica.name };
      } catch (error) {
        if (!(error instanceof HoldfastError)) throw error;
      }
    }
    return null;
  }

  /** Where a replica has these blobs, pack by pack. */
  async locate(replica: Replica, type: BlobType, ids: Iterable<string>): Promise<readonly DonorPack[]> {
    const open = await this.#opened(replica);
    if (open === null) return [];
    const { index } = open.pool;
    const packs = new Map<number, PackedBlob[]>();
    for (const id of ids) {
      const entry = index.findHex(type, id);
      const location = entry < 0 ? null : index.location(entry);
      if (location === null) continue;
      const { pack, ...place } = location;
      const blobs = packs.get(pack) ?? [];
      blobs.push({ type, id, ...place });
      packs.set(pack, blobs);
    }
    return [...packs].map(([pack, blobs]) => ({
      packId: index.packId(pack),
      entries: packEntries(blobs),
      bytes: blobs.reduce((sum, { length }) => sum + length, 0),
    }));
  }

  async snapshots(replica: Replica): Promise<readonly StoredSnapshot[]> {
    return (await this.#opened(replica))?.snapshots() ?? [];
  }

  async close(): Promise<void> {
    for (const opening of this.#open.values()) await (await opening)?.close();
  }

  #opened(replica: Replica): Promise<OpenReplica | null> {
    const known = this.#open.get(replica);
    if (known !== undefined) return known;
    const opening = OpenReplica.open(replica.repository, this.#onNotice).catch((error: unknown) => {
      this.#onNotice(`Nothing can be fetched from ${replica.name}. ${toHoldfastError(error).message}`);
      return null;
    });
    this.#open.set(replica, opening);
    return opening;
  }
}

class OpenReplica {
  readonly pool: ReadPool;
  readonly #repository: Repository;
  readonly #lock: RepositoryLock;
  #snapshots: Promise<readonly StoredSnapshot[]> | null = null;

  private constructor(repository: Repository, pool: ReadPool, lock: RepositoryLock) {
    this.#repository = repository;
    this.pool = pool;
    this.#lock = lock;
  }

  static async open(repository: Repository, onNotice: (text: string) => void): Promise<OpenReplica> {
    const lock = await beginReadLock(repository, onNotice);
    try {
      const pool = await ReadPool.open(repository, { threads: 1 });
      return new OpenReplica(repository, pool, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  snapshots(): Promise<readonly StoredSnapshot[]> {
    this.#snapshots ??= loadSnapshots(this.#repository).then(({ snapshots }) => snapshots);
    return this.#snapshots;
  }

  async close(): Promise<void> {
    await this.pool.close();
    await this.#lock.release();
  }
}
