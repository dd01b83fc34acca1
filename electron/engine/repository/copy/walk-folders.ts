/** The thread's half of finding out what the target lacks: looks into folders of the source, beside those the target has. */
import { HoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import { joinRaw } from '../../platform/raw-path.ts';
import type { BlobIndex, BlobType } from '../blob-index.ts';
import { goUnquote } from '../format/go-quote.ts';
import { parseWholeTreeValues } from '../format/tree.ts';
import type { BlobSource } from '../upkeep/blob-source.ts';
import { standing, type FolderList, type Walked, type WalkFault } from './protocol.ts';

export type WalkTools = {
  readonly index: BlobIndex;
  readonly target: BlobIndex;
  readonly source: BlobSource;
  readonly standings: Uint8Array;
  readonly walked: Uint8Array;
  /** Whether packs are files of this machine, which the thread reads into memory of its own, one at a time. */
  readonly isLocal: boolean;
};

/** Where each has to be fetched from elsewhere. */
const readAtOnce = 8;
const blobName = /^[0-9a-f]{64}$/;

type NamedBlobs = {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly size?: unknown;
  readonly content?: unknown;
  readonly subtree?: unknown;
};
type Values = Iterable<readonly unknown[]>;

export async function walkFolders(tools: WalkTools, folders: FolderList): Promise<Walked> {
  const look = new Look(tools, folders);
  const waiting = Array.from(folders.trees.keys());
  const work = async (): Promise<void> => {
    for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) await look.into(at);
  };
  await Promise.all(Array.from({ length: tools.isLocal ? 1 : readAtOnce }, work));
  return look.result();
}

export async function walkGiven(tools: WalkTools, folder: FolderList, plain: Uint8Array): Promise<Walked> {
  const look = new Look(tools, folder);
  await look.into(0, [parseWholeTreeValues(Buffer.from(plain.buffer, plain.byteOffset, plain.length))]);
  return look.result();
}

class Look {
  readonly #tools: WalkTools;
  readonly #folders: FolderList;
  readonly #found: { trees: number[]; bases: number[]; roots: number[]; paths: string[] };
  readonly #fileBytes: Float64Array;
  readonly #faults: WalkFault[] = [];
  readonly #counts = { folders: 0, files: 0, updatedFiles: 0, missingBlobs: 0, missingBytes: 0 };

  constructor(tools: WalkTools, folders: FolderList) {
    this.#tools = tools;
    this.#folders = folders;
    this.#found = { trees: [], bases: [], roots: [], paths: [] };
    this.#fileBytes = new Float64Array(folders.trees.length);
  }

  result(): Walked {
    const { trees, bases, roots, paths } = this.#found;
    const columns = { trees: Int32Array.from(trees), bases: Int32Array.from(bases), roots: Int32Array.from(roots) };
    return { found: { ...columns, paths }, fileBytes: this.#fileBytes, counts: this.#counts, faults: this.#faults };
  }

  async into(at: number, given?: Values): Promise<void> {
    const { trees, bases } = this.#folders;
    const tree = trees[at] ?? -1;
    try {
      const known = await this.#subfolders(bases[at] ?? -1);
      for (const values of given ?? (await this.#tools.source.treeValues(tree))) {
        for (const value of values) this.#node(at, value, known);
      }
      this.#counts.folders += 1;
    } catch (error) {
      if (!(error instanceof HoldfastError) || !isDamage(error.code, this.#tools.isLocal)) throw error;
      const blob = tree < 0 ? '' : this.#tools.index.blobId(tree);
      this.#addFault(at, 'tree', blob, this.#folders.paths[at] ?? '/', error);
    }
  }

  /** By their stored names. A base that cannot be read is none. */
  async #subfolders(base: number): Promise<ReadonlyMap<string, string>> {
    const known = new Map<string, string>();
    if (base < 0) return known;
    try {
      for (const values of await this.#tools.source.treeValues(base)) {
        for (const value of values) {
          const { name, subtree } = (value ?? {}) as NamedBlobs;
          if (typeof name === 'string' && typeof subtree === 'string') known.set(name, subtree);
        }
      }
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
    }
    return known;
  }

  /**
   * Whatever it names is needed, also where the node around it is none that a restore would accept. What does not say
   * clearly what it needs makes the folder damaged: a copy of it could lack anything.
   */
  #node(at: number, value: unknown, known: ReadonlyMap<string, string>): void {
    const node = typeof value === 'object' && value !== null ? (value as NamedBlobs) : invalid();
    const { content, subtree } = node;
    if (node.type === 'file') {
      this.#counts.files += 1;
      this.#fileBytes[at] = (this.#fileBytes[at] ?? 0) + (typeof node.size === 'number' ? node.size : 0);
    }
    if (content !== undefined && content !== null) this.#content(at, node, content);
    if (subtree !== undefined && subtree !== null) this.#subfolder(at, node, subtree, known);
  }

  #content(at: number, node: NamedBlobs, content: unknown): void {
    let isUpdated = false;
    for (const id of Array.isArray(content) ? (content as readonly unknown[]) : invalid()) {
      const blob = nameOf(id);
      const entry = this.#tools.index.findHex('data', blob);
      const now = this.#standingOf(entry, 'data', blob);
      if (now === standing.lost) this.#addFault(at, 'data', blob, this.#pathOf(at, node), missing(entry));
      isUpdated ||= now === standing.needed || now === standing.sent;
    }
    if (isUpdated) this.#counts.updatedFiles += 1;
  }

  #subfolder(at: number, node: NamedBlobs, subtree: unknown, known: ReadonlyMap<string, string>): void {
    const { index, target, walked } = this.#tools;
    const blob = nameOf(subtree);
    const before = typeof node.name === 'string' ? known.get(node.name) : undefined;
    // Below a snapshot that the target has, everything is there: its snapshot file was written last. A folder alone says
    // nothing: a copy that was cut off leaves some without what is in them.
    if (before === blob && target.findHex('tree', blob) >= 0) return;
    const entry = index.findHex('tree', blob);
    const path = this.#pathOf(at, node);
    const base = before === undefined ? -1 : index.findHex('tree', before);
    if (entry < 0 || this.#standingOf(entry, 'tree', blob) === standing.lost) {
      this.#addFault(at, 'tree', blob, path, missing(entry), base);
      return;
    }
    // Whoever comes first looks into it.
    if (Atomics.exchange(walked, entry, 1) === 1) return;
    this.#found.trees.push(entry);
    this.#found.bases.push(base);
    this.#found.roots.push(this.#folders.roots[at] ?? 0);
    this.#found.paths.push(path);
  }

  #standingOf(entry: number, type: BlobType, id: string): number {
    const { target } = this.#tools;
    if (entry < 0) return target.findHex(type, id) >= 0 ? standing.present : standing.lost;
    const known = Atomics.load(this.#tools.standings, entry);
    return known === standing.unknown ? this.#firstStanding(entry, type, id) : known;
  }

  #firstStanding(entry: number, type: BlobType, id: string): number {
    const { index, target, standings } = this.#tools;
    const found = target.findHex(type, id) >= 0 ? standing.present : standing.needed;
    const before = Atomics.compareExchange(standings, entry, standing.unknown, found);
    if (before !== standing.unknown) return before;
    if (found === standing.needed) {
      this.#counts.missingBlobs += 1;
      this.#counts.missingBytes += index.lengthOf(entry);
    }
    return found;
  }

  #addFault(at: number, type: BlobType, blob: string, path: string, error: HoldfastError, base?: number): void {
    const { code, message } = error;
    const { roots, bases } = this.#folders;
    this.#faults.push({ type, blob, root: roots[at] ?? 0, base: base ?? bases[at] ?? -1, path, code, message });
  }

  #pathOf(at: number, { name }: NamedBlobs): string {
    const raw = typeof name === 'string' ? goUnquote(name) : null;
    return joinRaw(this.#folders.paths[at] ?? '/', raw ?? '?');
  }
}

function nameOf(id: unknown): string {
  return typeof id === 'string' && blobName.test(id) ? id : invalid();
}

function missing(entry: number): HoldfastError {
  if (entry < 0) return new HoldfastError('BLOB_MISSING', 'It is in no index.');
  return new HoldfastError('BLOB_DAMAGED', 'It could not be read.');
}

function invalid(): never {
  throw new HoldfastError('TREE_INVALID', 'It does not say clearly what it needs.');
}

const damage: readonly ErrorCode[] = [
  'BLOB_DAMAGED',
  'BLOB_MISSING',
  'TREE_INVALID',
  'STORED_FILE_DAMAGED',
  'STORED_FILE_MISSING',
];
/** A disk that cannot read some of its sectors still reads others. */
const localDamage: readonly ErrorCode[] = ['IO_ERROR', 'NO_PERMISSION'];

/** Whether one blob is at fault, and not the way to all of them. */
export function isDamage(code: ErrorCode, isLocal: boolean): boolean {
  return damage.includes(code) || (isLocal && localDamage.includes(code));
}
