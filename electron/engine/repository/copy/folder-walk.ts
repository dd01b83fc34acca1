/** The main thread's half of finding out what the target lacks: folders that wait to be looked into, spread over the threads. */
import { throwIfCancelled } from '../../../../shared/model/errors.ts';
import { DamageList, type RescuedBlobs } from './damage.ts';
import { standing, type FolderList, type Walked, type WalkCounts, type WalkFault } from './protocol.ts';
import type { CopyPool, CopyThread } from './threads.ts';
import type { RepositoryWriter } from '../writer.ts';

const foldersAtOnce = 64;

export type WalkContext = {
  readonly pool: CopyPool;
  readonly writer: RepositoryWriter;
  readonly rescued: RescuedBlobs;
  readonly signal: AbortSignal;
  readonly onFolders: (counts: WalkCounts) => void;
};

/** A snapshot, and one that the target has whole. */
export type Root = { readonly tree: string; readonly baseTree: string | null };

export type WalkOutcome = {
  readonly damage: DamageList;
  /** By root: bytes of the files in folders that nobody had looked into. */
  readonly fileBytes: readonly number[];
  readonly missingBlobs: number;
  readonly missingBytes: number;
};

export async function walkRoots(context: WalkContext, roots: readonly Root[]): Promise<WalkOutcome> {
  const walk = new FolderWalk(context, roots.length);
  return walk.run(roots);
}

class FolderWalk {
  readonly #context: WalkContext;
  readonly #waiting = { trees: [] as number[], bases: [] as number[], roots: [] as number[], paths: [] as string[] };
  readonly #given = new Set<string>();
  readonly #damage = new DamageList();
  readonly #fileBytes: number[];
  #missingBlobs = 0;
  #missingBytes = 0;
  #outstanding = 0;
  #failed = false;
  #news = Promise.withResolvers<void>();

  constructor(context: WalkContext, roots: number) {
    this.#context = context;
    this.#fileBytes = Array.from({ length: roots }, () => 0);
  }

  async run(roots: readonly Root[]): Promise<WalkOutcome> {
    const { pool, writer } = this.#context;
    const [first] = pool.threads;
    for (const [root, { tree, baseTree }] of roots.entries()) {
      if (first !== undefined) await this.#begin(first, root, tree, baseTree);
    }
    await writer.guard(pool.everywhere((thread) => this.#work(thread)));
    const { missingBlobs, missingBytes } = { missingBlobs: this.#missingBlobs, missingBytes: this.#missingBytes };
    return { damage: this.#damage, fileBytes: this.#fileBytes, missingBlobs, missingBytes };
  }

  async #begin(thread: CopyThread, root: number, tree: string, baseTree: string | null): Promise<void> {
    const { pool, writer } = this.#context;
    if (tree === baseTree && writer.index.findHex('tree', tree) >= 0) return;
    const base = baseTree === null ? -1 : pool.index.findHex('tree', baseTree);
    const entry = pool.index.findHex('tree', tree);
    if (entry < 0 || this.#judgeRoot(entry, tree) === standing.lost) {
      const told = { code: 'BLOB_MISSING', message: 'It is in no index, or could not be read.' } as const;
      await this.#meet(thread, { type: 'tree', blob: tree, root, base, path: '/', ...told });
      return;
    }
    if (Atomics.exchange(pool.walked, entry, 1) === 1) return;
    this.#push({ trees: Int32Array.of(entry), bases: Int32Array.of(base), roots: Int32Array.of(root), paths: ['/'] });
  }

  #judgeRoot(entry: number, tree: string): number {
    const { pool, writer } = this.#context;
    const found = writer.index.findHex('tree', tree) >= 0 ? standing.present : standing.needed;
    const before = Atomics.compareExchange(pool.standings, entry, standing.unknown, found);
    if (before !== standing.unknown) return before;
    if (found === standing.needed) {
      this.#missingBlobs += 1;
      this.#missingBytes += pool.index.lengthOf(entry);
    }
    return found;
  }

  async #work(thread: CopyThread): Promise<void> {
    for (;;) {
      throwIfCancelled(this.#context.signal);
      if (this.#failed) return;
      if (this.#waiting.trees.length > 0) await this.#step(thread);
      else if (this.#outstanding === 0) return;
      else await this.#news.promise;
    }
  }

  async #step(thread: CopyThread): Promise<void> {
    const asked = this.#take();
    this.#outstanding += 1;
    try {
      await this.#receive(thread, asked, await thread.call('walk', asked));
    } catch (error) {
      this.#failed = true;
      throw error;
    } finally {
      this.#outstanding -= 1;
      this.#news.resolve();
      this.#news = Promise.withResolvers();
    }
  }

  /** Those that came last: few wait then. A share for each thread, while there is little. */
  #take(): FolderList {
    const { trees, bases, roots, paths } = this.#waiting;
    const share = Math.ceil(trees.length / (2 * this.#context.pool.threads.length));
    const at = trees.length - Math.max(1, Math.min(foldersAtOnce, share));
    return {
      trees: Int32Array.from(trees.splice(at)),
      bases: Int32Array.from(bases.splice(at)),
      roots: Int32Array.from(roots.splice(at)),
      paths: paths.splice(at),
    };
  }

  #push({ trees, bases, roots, paths }: FolderList): void {
    for (const [at, tree] of trees.entries()) {
      this.#waiting.trees.push(tree);
      this.#waiting.bases.push(bases[at] ?? -1);
      this.#waiting.roots.push(roots[at] ?? 0);
      this.#waiting.paths.push(paths[at] ?? '/');
    }
  }

  async #receive(thread: CopyThread, asked: FolderList, { found, fileBytes, counts, faults }: Walked): Promise<void> {
    this.#push(found);
    for (const [at, bytes] of fileBytes.entries()) {
      const root = asked.roots[at] ?? 0;
      this.#fileBytes[root] = (this.#fileBytes[root] ?? 0) + bytes;
    }
    this.#missingBlobs += counts.missingBlobs;
    this.#missingBytes += counts.missingBytes;
    this.#context.onFolders(counts);
    for (const fault of faults) await this.#meet(thread, fault);
  }

  async #meet(thread: CopyThread, fault: WalkFault): Promise<void> {
    const { type, blob, code, message } = fault;
    const found = await this.#context.rescued.find(thread, { type, blob, code, message });
    if (found === null) this.#addDamage(fault);
    else if (found.folder !== null && !this.#given.has(blob)) {
      this.#given.add(blob);
      await this.#lookIntoGiven(thread, fault, found.folder);
    }
  }

  #addDamage({ type, blob, root, path, ...told }: WalkFault): void {
    const { code, message } = this.#context.rescued.reasonFor({ type, blob, ...told });
    this.#damage.add(root, code, { type, blob, path, message });
  }

  async #lookIntoGiven(thread: CopyThread, { blob, root, base, path }: WalkFault, plain: Uint8Array): Promise<void> {
    const columns = { trees: Int32Array.of(-1), bases: Int32Array.of(base), roots: Int32Array.of(root) };
    const folder: FolderList = { ...columns, paths: [path] };
    const walked = await thread.call('walkGiven', { folder, plain });
    // It is what its id says, and still no folder: nobody will have a better one.
    const own = walked.faults.filter((fault) => fault.blob === '');
    for (const { code, message } of own) this.#damage.add(root, code, { type: 'tree', blob, path, message });
    await this.#receive(thread, folder, { ...walked, faults: walked.faults.filter((fault) => fault.blob !== '') });
  }
}
