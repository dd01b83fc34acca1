/** What a prune takes away, alone in the repository, each time after a last look at whether it may go. */
import type { StoredFile, UnfinishedFile } from '../backend/backend.ts';
import type { PruneKnown } from './prune-known.ts';
import type { Turn } from './prune-request.ts';
import { removePacks } from './remove-packs.ts';
import { moveEntry, type Survey } from './survey.ts';
import { forEachEntry } from './yielding.ts';

/**
 * A temporary file of this age is nobody's: alone in the repository nobody saves anything but a lock or a key, and that
 * takes seconds.
 */
const abandonedMs = 24 * 60 * 60 * 1000;

export class PruneRemoval {
  readonly #known: PruneKnown;

  constructor(known: PruneKnown) {
    this.#known = known;
  }

  /** Before a further copy of a blob goes, the one that stays is read; where it is damaged, the other stays too. */
  async verifyCopies({ copied }: Survey, going: ReadonlySet<number>, signal: AbortSignal): Promise<void> {
    const doubtful = [...copied].filter(([entry, others]) => {
      const stays = !going.has(this.#known.table.packOf(entry));
      return stays && others.some(({ listed }) => going.has(this.#known.table.ofListed(listed)));
    });
    const waiting = doubtful.map(([entry]) => entry);
    const total = waiting.length;
    await this.#known.pool.everywhere(async (thread) => {
      for (let entries = waiting.splice(-256); entries.length > 0; entries = waiting.splice(-256)) {
        signal.throwIfAborted();
        for (const { entry, fault } of await thread.call('verify', { entries: Int32Array.from(entries) })) {
          this.#known.nameDamage(entry, fault);
          const [other] = copied.get(entry) ?? [];
          // `remove` leaves a pack alone in which something needed lies.
          if (other !== undefined) moveEntry(this.#known.pool, other);
        }
        this.#known.sayItems('Comparing copies', total - waiting.length, total);
      }
    });
  }

  async remove({ facts }: Pick<Survey, 'facts'>, packs: readonly number[], { signal, ready }: Turn): Promise<void> {
    const going = await this.#withoutNeeded(packs, signal);
    let removed = 0;
    const isThere = (pack: number): boolean => (facts.fileBytes[pack] ?? -1) >= 0;
    await removePacks(
      {
        repository: this.#known.request.repository,
        pool: this.#known.pool,
        table: this.#known.table,
        mayWrite: async () => {
          await ready;
          signal.throwIfAborted();
        },
        isThere,
        onRemoved: (pack) => {
          if (isThere(pack)) this.#countRemoved(facts.fileBytes[pack] ?? 0);
          this.#known.sayItems('Removing packs', ++removed, going.size);
        },
      },
      going,
    );
  }

  /** The last look before anything goes: a pack in which anything needed still lies, for whatever reason, stays. */
  async #withoutNeeded(packs: readonly number[], signal: AbortSignal): Promise<ReadonlySet<number>> {
    const going = new Set(packs);
    const isGoing = new Uint8Array(this.#known.table.packCount);
    for (const pack of packs) isGoing[pack] = 1;
    const { index, used } = this.#known.pool;
    await forEachEntry(index.blobCount, signal, (entry) => {
      if (used[entry] !== 1) return;
      const pack = this.#known.table.packOf(entry);
      if (isGoing[pack] === 1) going.delete(pack);
    });
    return going;
  }

  /** What is still in no index now that nobody else is there was left by a run that broke off. */
  async removeUnlisted(files: readonly StoredFile[], { signal, ready }: Turn): Promise<void> {
    if (files.length > 0) await ready;
    const orphans = files.filter(({ name }) => this.#known.table.find(name) < 0);
    for (const [at, { name, size }] of orphans.entries()) {
      signal.throwIfAborted();
      await this.#known.request.repository.backend.remove({ type: 'data', name });
      this.#countRemoved(size);
      this.#known.sayItems('Removing leftovers', at + 1, orphans.length);
    }
  }

  /** Listed once more: who wrote to one since is still there. */
  async removeAbandoned({ signal, ready }: Turn): Promise<void> {
    await ready;
    const files = await this.abandoned();
    for (const [at, { path, size }] of files.entries()) {
      signal.throwIfAborted();
      await this.#known.request.repository.backend.removeUnfinished(path);
      this.#known.totals.removedBytes += size;
      this.#known.sayItems('Removing temporary files', at + 1, files.length);
    }
  }

  async abandoned(): Promise<readonly UnfinishedFile[]> {
    const unfinished = await this.#known.request.repository.backend.listUnfinished();
    return unfinished.filter(({ ageMs }) => ageMs >= abandonedMs);
  }

  #countRemoved(bytes: number): void {
    this.#known.totals.removedPacks += 1;
    this.#known.totals.removedBytes += bytes;
  }
}
