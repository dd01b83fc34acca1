/** Which blobs snapshots need that have no intact copy here, and where they belong. */
import type { Progress } from '../../../../shared/contract/common.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { displayRaw, joinRaw, type RawPath } from '../../platform/raw-path.ts';
import type { BlobIndex, BlobType } from '../blob-index.ts';
import { parseWholeTree, type TreePiece } from '../format/tree.ts';
import { ReadPool } from '../read-pool.ts';
import type { Repository } from '../repository.ts';

export type Root = { readonly snapshot: string; readonly tree: string };

type Place = { readonly tree: string; readonly path: RawPath };

/** A file that a lost blob is part of. */
export type NeedPlace = { readonly snapshot: string; readonly path: RawPath };

export type NeedGround = {
  readonly sound: BlobIndex;
  readonly unlistedNumbers: ReadonlySet<number>;
};

export type NeedPorts = {
  /** The plain bytes of a tree that is lost here; null where nobody has it. */
  readonly rescueTree: (id: string) => Promise<Buffer | null>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
};

/** Of one blob: a file that is unchanged is enough, and many may have the same content. */
const placesOfBlob = 8;

const damageCodes: ReadonlySet<string> = new Set([
  'BLOB_DAMAGED',
  'STORED_FILE_DAMAGED',
  'STORED_FILE_MISSING',
  'IO_ERROR',
]);

/** A pack that counted as sound is not: it has to be read before anybody relies on it. */
export class NotSound extends Error {
  readonly packId: string;

  constructor(packId: string) {
    super('a pack that was not read is damaged');
    this.packId = packId;
  }
}

export class Need {
  readonly #pool: ReadPool;
  readonly #sound: BlobIndex;
  /** Numbers of packs that no index file lists. */
  readonly #unlisted: ReadonlySet<number>;
  readonly #ports: NeedPorts;
  readonly #seen = new Set<string>();
  /** Data by id, with files it is part of. */
  readonly lostData = new Map<string, NeedPlace[]>();
  /** Folders that nobody has, with where they belong. */
  readonly lostTrees = new Map<string, NeedPlace>();
  #rescued = 0;

  /** Whether something that is needed lies in a pack that no index file lists. */
  needsUnlisted = false;

  constructor(repository: Repository, { sound, unlistedNumbers }: NeedGround, ports: NeedPorts) {
    this.#pool = ReadPool.over(repository, sound);
    this.#sound = sound;
    this.#unlisted = unlistedNumbers;
    this.#ports = ports;
  }

  /** Whether anything is not where an index says it is. */
  get isLacking(): boolean {
    return this.lostData.size + this.lostTrees.size + this.#rescued > 0 || this.needsUnlisted;
  }

  /** Of the lost data, what is not stored again yet. */
  missingData(): Iterable<string> {
    return this.lostData.keys().filter((id) => this.#sound.findHex('data', id) < 0);
  }

  /** Every tree is looked at once, however often this is called. */
  async walk(roots: readonly Root[]): Promise<void> {
    for (const { snapshot, tree } of roots) {
      const stack: Place[] = [{ tree, path: '/' }];
      for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
        if (this.#seen.has(next.tree)) continue;
        this.#seen.add(next.tree);
        this.#ports.signal.throwIfAborted();
        const below: Place[] = [];
        for await (const { nodes } of this.#nodes(next.tree, { snapshot, path: next.path })) {
          for (const { name, content, subtree } of nodes) {
            const path = joinRaw(next.path, name);
            if (subtree !== null) below.push({ tree: subtree, path });
            for (const id of content ?? []) this.#needData(id, { snapshot, path });
          }
        }
        // In the order they were stored: what is read ahead of one serves the next.
        for (let folder = below.pop(); folder !== undefined; folder = below.pop()) stack.push(folder);
        if ((this.#seen.size & 63) === 0) this.#say(`${snapshot.slice(0, 8)}:${displayRaw(next.path)}`);
      }
    }
  }

  /** Whether a folder is here, or somebody else has it. */
  async canReach(tree: string): Promise<boolean> {
    return this.#sound.findHex('tree', tree) >= 0 || (await this.#ports.rescueTree(tree)) !== null;
  }

  async close(): Promise<void> {
    await this.#pool.endThreads();
  }

  async *#nodes(id: string, place: NeedPlace): AsyncGenerator<TreePiece, void> {
    if (this.#isSound('tree', id)) {
      try {
        yield* this.#pool.tree(id);
        return;
      } catch (error) {
        if (!(error instanceof HoldfastError)) throw error;
        // Its bytes are what its name says, but it is no folder: no copy would be better.
        if (error.code === 'TREE_INVALID') return;
        if (!damageCodes.has(error.code)) throw error;
        const entry = this.#sound.findHex('tree', id);
        throw new NotSound(this.#sound.packId(this.#sound.packOf(entry)));
      }
    }
    const plain = await this.#ports.rescueTree(id);
    if (plain === null) this.lostTrees.set(id, place);
    else {
      this.#rescued += 1;
      yield parseWholeTree(plain);
    }
  }

  #isSound(type: BlobType, id: string): boolean {
    const entry = this.#sound.findHex(type, id);
    if (entry < 0) return false;
    if (this.#unlisted.size > 0 && this.#unlisted.has(this.#sound.packOf(entry))) this.needsUnlisted = true;
    return true;
  }

  #needData(id: string, place: NeedPlace): void {
    if (this.#isSound('data', id)) return;
    const places = this.lostData.get(id);
    if (places === undefined) this.lostData.set(id, [place]);
    else if (places.length < placesOfBlob) places.push(place);
  }

  #say(currentItem: string): void {
    const unknown = { totalItems: null, doneBytes: 0, totalBytes: null };
    const issues = this.lostData.size + this.lostTrees.size;
    this.#ports.onProgress({
      phase: 'Looking for lost data',
      doneItems: this.#seen.size,
      ...unknown,
      currentItem,
      issues,
    });
  }
}
