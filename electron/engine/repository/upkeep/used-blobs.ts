/** What the snapshots of a repository need: every tree is read, and whatever it names is marked in the shared `used` bytes. */
import type { Issue } from '../../../../shared/contract/common.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { readFact } from '../format/snapshot.ts';
import type { Repository } from '../repository.ts';
import type { UpkeepPool, UpkeepThread } from './pool.ts';
import type { MarkFault } from './protocol.ts';

const snapshotsAtOnce = 16;
const treesAtOnce = 64;
/** More names than this help nobody; the first is reason enough to stop. */
const namedFaults = 100;

type Root = { readonly id: string; readonly tree: string; readonly source: string };

export type MarkVoice = {
  readonly signal: AbortSignal;
  readonly onIssue: (issue: Issue) => void;
  readonly onTrees: (done: number) => void;
};

export class UsedBlobs {
  readonly #pool: UpkeepPool;
  readonly #repository: Repository;
  readonly #snapshots = new Set<string>();
  #trees = 0;

  constructor(pool: UpkeepPool, repository: Repository) {
    this.#pool = pool;
    this.#repository = repository;
  }

  get snapshotCount(): number {
    return this.#snapshots.size;
  }

  /** Whether what a snapshot needs has been marked. */
  knows(id: string): boolean {
    return this.#snapshots.has(id);
  }

  /**
   * The snapshots that have come since the last call, the configuration's too, but those left out. Throws where one cannot be
   * read.
   */
  async newSnapshots(
    onIssue: (issue: Issue) => void,
    leftOut: ReadonlySet<string> = new Set(),
  ): Promise<readonly Root[]> {
    const listed = await this.#repository.backend.list('snapshots');
    const names = listed.map(({ name }) => name).filter((name) => !this.#snapshots.has(name) && !leftOut.has(name));
    const roots: Root[] = [];
    const faults: HoldfastError[] = [];
    const load = async (): Promise<void> => {
      for (let id = names.pop(); id !== undefined; id = names.pop()) {
        try {
          const { tree, tags, paths } = await this.#repository.loadSnapshot(id);
          roots.push({ id, tree, source: readFact(tags, 'source') ?? paths.join(' + ') });
        } catch (error) {
          if (!(error instanceof HoldfastError)) throw error;
          // Removed by another program since the listing.
          if (error.code === 'STORED_FILE_MISSING') continue;
          onIssue({ path: `snapshots/${id}`, code: error.code, message: error.message });
          faults.push(error);
        }
      }
    };
    await Promise.all(Array.from({ length: snapshotsAtOnce }, load));
    const [fault] = faults;
    if (fault === undefined) return roots;
    const text = `${fault.message} Nobody can say what that snapshot needs, so nothing was removed.`;
    throw new HoldfastError(fault.code, text, { cause: fault });
  }

  /** Marks what these snapshots need. Throws, naming them as issues, where a snapshot's folders cannot be relied on. */
  async mark(roots: readonly Root[], voice: MarkVoice): Promise<void> {
    const faults: MarkFault[] = [];
    const walk = new MarkWalk(this.#pool, voice, {
      onFaults: (found) => faults.push(...found.slice(0, namedFaults - faults.length)),
      onTrees: (count) => {
        this.#trees += count;
        voice.onTrees(this.#trees);
      },
    });
    for (const [root, { tree }] of roots.entries()) {
      const entry = this.#pool.index.findHex('tree', tree);
      const message = `The folder ${tree.slice(0, 8)}, its root, is in no index.`;
      if (entry < 0) faults.push({ root, code: 'BLOB_MISSING', message });
      else walk.add(entry, root);
    }
    await walk.run();
    this.#refuse(faults, roots, voice);
    for (const { id } of roots) this.#snapshots.add(id);
  }

  #refuse(faults: readonly MarkFault[], roots: readonly Root[], { onIssue }: MarkVoice): void {
    const [first] = faults;
    if (first === undefined) return;
    const nameOf = ({ root }: MarkFault): string => `snapshot ${roots[root]?.id.slice(0, 8)} of ${roots[root]?.source}`;
    for (const fault of faults) onIssue({ path: nameOf(fault), code: fault.code, message: fault.message });
    const names = [...new Set(faults.map(nameOf))];
    const whose = names.length === 1 ? names[0] : `${names[0]} and ${names.length - 1} more`;
    const text = `What ${whose} needs cannot be told, so nothing was removed: ${first.message}`;
    throw new HoldfastError(first.code, text);
  }
}

type WalkListener = {
  readonly onFaults: (faults: readonly MarkFault[]) => void;
  readonly onTrees: (count: number) => void;
};

/** Trees waiting to be read, newest first, spread over the threads. */
export class MarkWalk {
  readonly #pool: UpkeepPool;
  readonly #signal: AbortSignal;
  readonly #listener: WalkListener;
  readonly #trees: number[] = [];
  readonly #roots: number[] = [];
  #outstanding = 0;
  #news = Promise.withResolvers<void>();

  constructor(pool: UpkeepPool, { signal }: { readonly signal: AbortSignal }, listener: WalkListener) {
    this.#pool = pool;
    this.#signal = signal;
    this.#listener = listener;
  }

  add(tree: number, root: number): void {
    if (Atomics.exchange(this.#pool.used, tree, 1) === 1) return;
    this.#trees.push(tree);
    this.#roots.push(root);
  }

  async run(): Promise<void> {
    await this.#pool.everywhere((thread) => this.#work(thread));
  }

  async #work(thread: UpkeepThread): Promise<void> {
    for (;;) {
      this.#signal.throwIfAborted();
      if (this.#trees.length > 0) await this.#step(thread);
      else if (this.#outstanding === 0) return;
      else await this.#news.promise;
    }
  }

  async #step(thread: UpkeepThread): Promise<void> {
    // A share for each thread, while there is little.
    const count = Math.max(1, Math.min(treesAtOnce, Math.ceil(this.#trees.length / (2 * this.#pool.threads.length))));
    const at = this.#trees.length - count;
    const trees = Int32Array.from(this.#trees.splice(at));
    const roots = Int32Array.from(this.#roots.splice(at));
    this.#outstanding += 1;
    try {
      const found = await thread.call('mark', { trees, roots });
      for (const tree of found.trees) this.#trees.push(tree);
      for (const root of found.roots) this.#roots.push(root);
      this.#listener.onFaults(found.faults);
      this.#listener.onTrees(count);
    } finally {
      this.#outstanding -= 1;
      this.#news.resolve();
      this.#news = Promise.withResolvers();
    }
  }
}
