/** Fetches what is lost, from wherever it is intact: this repository itself, the source as it is now, replicas in order. */
import type { Progress } from '../../../../shared/contract/common.ts';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import type { RawPath } from '../../platform/raw-path.ts';
import { unpackEntries } from '../format/packed-entries.ts';
import type { StoredSnapshot } from '../snapshots.ts';
import type { Donors, Replica } from './donors.ts';
import type { Need } from './need.ts';
import type { RepairStore } from './store.ts';
import type { DamagedPack } from './survey.ts';
import type { RepairThreads } from './threads.ts';

/** Blobs, and the bytes they take where they came from. */
export type Fetched = { readonly from: string; readonly blobs: number; readonly bytes: number };

export const sameRepository = 'this repository';
export const liveSource = 'the source itself';

export type RescuePorts = {
  readonly donors: Donors;
  readonly threads: RepairThreads;
  readonly store: RepairStore;
  /** Where on this machine a file of a snapshot lies, if its source is here. */
  readonly liveFile: (snapshot: StoredSnapshot, path: RawPath) => RawPath | null;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onNotice: (text: string) => void;
};

export class Rescue {
  readonly #ports: RescuePorts;
  readonly #fetched = new Map<string, { blobs: number; bytes: number }>();
  readonly #trees = new Set<string>();

  constructor(ports: RescuePorts) {
    this.#ports = ports;
  }

  get fetched(): readonly Fetched[] {
    return [...this.#fetched].map(([from, numbers]) => ({ from, ...numbers }));
  }

  /** Whether a folder was fetched. */
  has(tree: string): boolean {
    return this.#trees.has(tree);
  }

  /** The plain bytes of a folder that is lost here, on its way into a new pack; null where nobody has it. */
  async tree(id: string): Promise<Buffer | null> {
    const { donors, threads } = this.#ports;
    const found = await donors.load('tree', id);
    if (found === null) return null;
    if (!this.#trees.has(id)) {
      await threads.any().call('give', { type: 'tree', id, plain: Uint8Array.from(found.plain) });
      this.#trees.add(id);
      this.#count(found.from, 1, found.plain.length);
    }
    return found.plain;
  }

  /** What can be read in damaged packs, and has no other place. */
  async salvage(packs: readonly DamagedPack[]): Promise<void> {
    const { threads, signal } = this.#ports;
    const waiting = packs.filter(({ salvage }) => salvage.length > 0);
    await threads.through(waiting, async (thread, { id, salvage }) => {
      signal.throwIfAborted();
      const { failed } = await thread.call('take', { place: 0, packId: id, entries: salvage });
      if (failed.length > 0)
        throw new HoldfastError('BLOB_DAMAGED', `data/${id} has lost more while it was read; repair it again.`);
      const blobs = unpackEntries(salvage);
      const bytes = blobs.reduce((sum, { length }) => sum + length, 0);
      this.#count(sameRepository, blobs.length, bytes);
    });
  }

  /** Data that snapshots need. When this returns, what could be had of it is stored. */
  async data(need: Need, snapshots: readonly StoredSnapshot[]): Promise<void> {
    const { donors, store } = this.#ports;
    const left = new Set(need.missingData());
    if (left.size === 0) return;
    await this.#fromLiveSource(need, snapshots, left);
    await store.commit();
    for (const [at, replica] of donors.replicas.entries()) {
      if (left.size === 0) return;
      await this.#fromReplica(at, replica, left);
      await store.commit();
    }
  }

  async #fromLiveSource(need: Need, snapshots: readonly StoredSnapshot[], left: Set<string>): Promise<void> {
    const byId = new Map(snapshots.map((snapshot) => [snapshot.id, snapshot]));
    const wanted = new Map<RawPath, Set<string>>();
    for (const [id, places] of need.lostData) {
      for (const { snapshot, path } of places) {
        const stored = byId.get(snapshot);
        const file = stored === undefined ? null : this.#ports.liveFile(stored, path);
        if (file !== null) wanted.set(file, (wanted.get(file) ?? new Set()).add(id));
      }
    }
    let done = 0;
    for (const [path, ids] of wanted) {
      this.#ports.signal.throwIfAborted();
      const open = [...ids].filter((id) => left.has(id));
      if (open.length > 0) await this.#cutLive(path, open, left);
      this.#say('Reading the source', ++done, wanted.size);
    }
  }

  async #cutLive(path: RawPath, wanted: readonly string[], left: Set<string>): Promise<void> {
    try {
      const { found } = await this.#ports.threads.any().call('cut', { path, wanted });
      for (const { id, bytes } of found) {
        left.delete(id);
        this.#count(liveSource, 1, bytes);
      }
    } catch (error) {
      // It is gone from the source, or has become something else: others may have it.
      if (toHoldfastError(error).code === 'CANCELLED') throw error;
    }
  }

  async #fromReplica(at: number, replica: Replica, left: Set<string>): Promise<void> {
    const { donors, threads, signal, onNotice } = this.#ports;
    const packs = await donors.locate(replica, 'data', left);
    let done = 0;
    let isSilent = false;
    await threads.through(packs, async (thread, { packId, entries }) => {
      signal.throwIfAborted();
      if (isSilent) return;
      try {
        const { failed } = await thread.call('take', { place: at + 1, packId, entries });
        const not = new Set(failed.map(({ id }) => id));
        for (const { id, length } of unpackEntries(entries)) {
          if (not.has(id)) continue;
          left.delete(id);
          this.#count(replica.name, 1, length);
        }
      } catch (error) {
        const { code, message } = toHoldfastError(error);
        if (code === 'CANCELLED' || code === 'INTERNAL') throw error;
        isSilent = true;
        onNotice(`${replica.name} does not answer any more. ${message}`);
      }
      this.#say(`Fetching from ${replica.name}`, ++done, packs.length);
    });
  }

  #count(from: string, blobs: number, bytes: number): void {
    const before = this.#fetched.get(from) ?? { blobs: 0, bytes: 0 };
    this.#fetched.set(from, { blobs: before.blobs + blobs, bytes: before.bytes + bytes });
  }

  #say(phase: string, doneItems: number, totalItems: number): void {
    const none = { doneBytes: 0, totalBytes: null, currentItem: null, issues: 0 };
    this.#ports.onProgress({ phase, doneItems, totalItems, ...none });
  }
}
