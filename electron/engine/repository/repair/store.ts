/** Saves what threads of repair have packed. An index names a pack only once it has been read back from where it lies. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { maximumIndexBlobs } from '../format/index-file.ts';
import { countEntries } from '../format/packed-entries.ts';
import type { RepositoryLock } from '../lock.ts';
import type { Repository } from '../repository.ts';
import type { RepairPack, SealedFile } from './protocol.ts';
import type { RepairThreads } from './threads.ts';

type SavedPack = { readonly id: string; readonly entries: Uint8Array<ArrayBuffer>; readonly bytes: number };

export type StoreRequest = {
  readonly repository: Repository;
  readonly threads: RepairThreads;
  /** Nothing is written then. */
  readonly dryRun: boolean;
};

export class RepairStore {
  readonly #request: StoreRequest;
  #lock: RepositoryLock | null = null;
  #waiting: SavedPack[] = [];
  #failure: unknown = null;
  /** Told of each pack whose blobs can be relied on from now on. */
  stored: (id: string, entries: Uint8Array<ArrayBuffer>) => void = () => undefined;

  constructor(request: StoreRequest) {
    this.#request = request;
    request.threads.onPack = (pack) => this.#save(pack);
  }

  /** Nothing is written without a lock. */
  under(lock: RepositoryLock): void {
    this.#lock = lock;
  }

  /** Whole packs that no index lists are listed with the next index. */
  list(packs: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): void {
    for (const [id, entries] of packs) this.#waiting.push({ id, entries, bytes: 0 });
  }

  /** When this returns, all that threads were given is durable, has been read back, and is in an index. */
  async commit(): Promise<void> {
    const { threads, dryRun } = this.#request;
    await threads.flush();
    if (this.#failure !== null) throw this.#failure;
    const packs = this.#waiting.splice(0);
    if (!dryRun) {
      await threads.through(packs, async (thread, { id, entries, bytes: size }) => {
        if (size === 0) return;
        const judged = await thread.call('judge', { packId: id, size, expected: [entries] });
        if (!judged.whole) throw unfaithful(`data/${id}`);
      });
      for (const group of groupsOf(packs)) await this.#index(group);
    }
    for (const { id, entries, bytes } of packs) if (bytes > 0) this.stored(id, entries);
  }

  /** Durable and read back. */
  async saveIndex({ id, data }: SealedFile): Promise<void> {
    const { backend } = this.#request.repository;
    await this.#mayWrite();
    await backend.save({ type: 'index', name: id }, data);
    const there = await backend.load({ type: 'index', name: id });
    if (!there.equals(data)) throw unfaithful(`index/${id}`);
  }

  async #save({ id, data, entries }: RepairPack): Promise<void> {
    // After a failure nothing more is written; `commit` throws it.
    if (this.#failure !== null) return;
    try {
      if (!this.#request.dryRun) {
        await this.#mayWrite();
        await this.#request.repository.backend.save({ type: 'data', name: id }, data);
      }
      this.#waiting.push({ id, entries, bytes: data.length });
    } catch (error) {
      this.#failure = error;
    }
  }

  async #index(packs: readonly SavedPack[]): Promise<void> {
    const { file } = await this.#request.threads.any().call('sealIndex', { packs });
    await this.saveIndex(file);
  }

  async #mayWrite(): Promise<void> {
    await this.#lock?.confirmed;
    this.#lock?.signal.throwIfAborted();
  }
}

/** As many as one index file may list. */
function groupsOf(packs: readonly SavedPack[]): readonly (readonly SavedPack[])[] {
  const groups: SavedPack[][] = [];
  let blobs = 0;
  for (const pack of packs) {
    const count = countEntries(pack.entries);
    const group = groups.at(-1);
    if (group === undefined || blobs + count > maximumIndexBlobs) {
      groups.push([pack]);
      blobs = count;
    } else {
      group.push(pack);
      blobs += count;
    }
  }
  return groups;
}

function unfaithful(path: string): HoldfastError {
  const text = `${path} was written, but does not read back as it was written: the disk or the way to it cannot be relied on.`;
  return new HoldfastError('STORED_FILE_DAMAGED', text);
}
