/**
 * What of a repository can be relied on. Index files say what packs should hold, packs that are read say what they do hold,
 * and what is sound of both stands in one index: a blob that is not in it has no intact copy here.
 */
import { isAsleep } from '../../../../shared/model/s3-archive.ts';
import type { Issue, Progress } from '../../../../shared/contract/common.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { StoredFile } from '../backend/backend.ts';
import type { BlobIndex } from '../blob-index.ts';
import { countEntries, packEntries, unpackEntries } from '../format/packed-entries.ts';
import type { PackedBlob } from '../format/pack.ts';
import { createIndexOf } from '../index-loading.ts';
import type { Repository } from '../repository.ts';
import type { PackJudgement } from './protocol.ts';
import type { RepairThreads } from './threads.ts';

export type DamagedPack = {
  readonly id: string;
  /** False where the file is gone. */
  readonly isThere: boolean;
  /** Whether an index file lists it. */
  readonly isListed: boolean;
  /** It is there, but its disk does not give it: nobody knows what is in it, and another time it may be read. */
  readonly isUnreadable: boolean;
  readonly faults: readonly string[];
  /** Blobs of it that can be read, and have no other place: they go to new packs. */
  readonly salvage: Uint8Array<ArrayBuffer>;
  /** Blobs of it that cannot be read. */
  readonly lost: Uint8Array<ArrayBuffer>;
};

/** Packs that may be damaged, and blobs that could not be read: of these, the packs they lie in. */
export type Suspects = { readonly packs: readonly string[]; readonly blobs: readonly string[] };

export type SurveyRequest = {
  readonly repository: Repository;
  readonly threads: RepairThreads;
  /** What to read whole; null: all. Other packs count as sound where they are there and have their size. */
  readonly suspects: Suspects | null;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onIssue: (issue: Issue) => void;
};

export type Survey = {
  /** Whoever has the survey closes it. */
  readonly sound: BlobIndex;
  /** By the name of each index file that can be read: the packs it lists. */
  readonly indexFiles: Map<string, readonly string[]>;
  readonly damagedIndexes: readonly Issue[];
  readonly damagedPacks: readonly DamagedPack[];
  /** Whole packs that no index file lists, and what is in them. */
  readonly unlisted: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** Their numbers in the index of what is sound. */
  readonly unlistedNumbers: ReadonlySet<number>;
  readonly packsRead: number;
  readonly bytesRead: number;
};

/** Fewer packs may well be lost together. */
const suspiciouslyMany = 8;
/** A file that is gone, is not what it should be, or that its disk does not give any more. */
const lossCodes: ReadonlySet<string> = new Set(['STORED_FILE_MISSING', 'STORED_FILE_DAMAGED', 'IO_ERROR']);

export async function surveyRepository(request: SurveyRequest): Promise<Survey> {
  return new Surveyor(request).run();
}

type ListedOnce = { readonly lists: Uint8Array<ArrayBuffer>[]; leastSize: number };

class Surveyor {
  readonly #request: SurveyRequest;
  readonly #listed = new Map<string, ListedOnce>();
  readonly #indexFiles = new Map<string, readonly string[]>();
  readonly #damagedIndexes: Issue[] = [];
  readonly #judged = new Map<string, PackJudgement>();
  readonly #unreadable = new Map<string, string>();
  #bytesRead = 0;
  #packsRead = 0;

  constructor(request: SurveyRequest) {
    this.#request = request;
  }

  async run(): Promise<Survey> {
    const { backend } = this.#request.repository;
    await this.#loadIndexes();
    // Packs after indexes: what an index lists was there before it.
    const files = await backend.list('data');
    const sizes = new Map(files.map(({ name, size }) => [name, size]));
    const states = new Map(files.map((file) => [file.name, file]));
    await this.#confirmMissing(sizes);
    await this.#judgePacks([...sizes].map(([name, size]) => ({ ...states.get(name), name, size })));
    const { index: sound } = await createIndexOf(backend);
    try {
      return { sound, ...this.#weigh(sound, sizes), indexFiles: this.#indexFiles, ...this.#totals() };
    } catch (error) {
      sound.close();
      throw error;
    }
  }

  #totals(): Pick<Survey, 'damagedIndexes' | 'packsRead' | 'bytesRead'> {
    return { damagedIndexes: this.#damagedIndexes, packsRead: this.#packsRead, bytesRead: this.#bytesRead };
  }

  async #loadIndexes(): Promise<void> {
    const { repository, threads, signal } = this.#request;
    const names = (await repository.backend.list('index')).map(({ name }) => name);
    await threads.through(names, async (thread, name) => {
      signal.throwIfAborted();
      const loaded = await loadIndex(repository, thread, name);
      if ('code' in loaded) {
        this.#damagedIndexes.push({ path: `index/${name}`, ...loaded });
        this.#request.onIssue({ path: `index/${name}`, ...loaded });
        return;
      }
      this.#indexFiles.set(
        name,
        loaded.packs.map(({ id }) => id),
      );
      for (const { id, entries, leastSize } of loaded.packs) {
        const known = this.#listed.get(id);
        if (known === undefined) this.#listed.set(id, { lists: [entries], leastSize });
        else if (!known.lists.some((list) => Buffer.compare(list, entries) === 0)) {
          known.lists.push(entries);
          known.leastSize = Math.max(known.leastSize, leastSize);
        }
      }
    });
  }

  /**
   * A listing may be short: a pack is missing only where it cannot be read either. Where all are, the place is more likely to
   * be away than the packs.
   */
  async #confirmMissing(sizes: Map<string, number>): Promise<void> {
    const { backend } = this.#request.repository;
    const missing = [...this.#listed.keys()].filter((id) => !sizes.has(id));
    if (missing.length >= suspiciouslyMany && missing.length === this.#listed.size) {
      const text = `None of the ${missing.length} packs is at ${backend.location}: is all of it mounted?`;
      throw new HoldfastError('REPOSITORY_UNREACHABLE', text);
    }
    for (const id of missing) {
      this.#request.signal.throwIfAborted();
      try {
        await backend.load({ type: 'data', name: id }, { offset: 0, length: 1, mayEndEarly: true });
        sizes.set(id, this.#listed.get(id)?.leastSize ?? 0);
      } catch (error) {
        if (!(error instanceof HoldfastError) || !lossCodes.has(error.code)) throw error;
      }
    }
  }

  /** Reads what is asked for, what no index lists, and what has not the size it should have. */
  async #judgePacks(files: readonly StoredFile[]): Promise<void> {
    const { suspects, threads, signal, onProgress } = this.#request;
    const packs = new Set(suspects?.packs);
    const blobs = new Set(suspects?.blobs);
    const chosen = files.filter(({ name, size, archived }) => {
      const listed = this.#listed.get(name);
      const fits =
        listed !== undefined && (size === listed.leastSize || (size > listed.leastSize && listed.lists.length > 1));
      // What nobody can read now is as its index says, until it can be read.
      if (fits && isAsleep({ archived })) return false;
      return suspects === null || packs.has(name) || !fits || (blobs.size > 0 && listsAny(listed.lists, blobs));
    });
    const totalBytes = chosen.reduce((sum, { size }) => sum + size, 0);
    await threads.through(chosen, async (thread, file) => {
      signal.throwIfAborted();
      const bytes = await this.#judge(thread, file);
      this.#bytesRead += bytes;
      this.#packsRead += 1;
      onProgress({
        phase: 'Reading packs',
        doneItems: this.#packsRead,
        totalItems: chosen.length,
        doneBytes: this.#bytesRead,
        totalBytes: Math.max(totalBytes, this.#bytesRead),
        currentItem: `data/${file.name}`,
        issues: this.#unreadable.size,
      });
    });
  }

  async #judge(thread: RepairThreads['all'][number], { name, size }: StoredFile): Promise<number> {
    const expected = this.#listed.get(name)?.lists ?? [];
    try {
      const first = await thread.call('judge', { packId: name, size, expected });
      // A fault of the way here, or of memory, is not there the second time.
      const judged = first.whole ? first : await thread.call('judge', { packId: name, size, expected });
      this.#judged.set(name, judged);
      return judged.bytes;
    } catch (error) {
      if (!(error instanceof HoldfastError) || !lossCodes.has(error.code)) throw error;
      this.#unreadable.set(name, error.message);
      return 0;
    }
  }

  #weigh(
    sound: BlobIndex,
    sizes: ReadonlyMap<string, number>,
  ): Pick<Survey, 'damagedPacks' | 'unlisted' | 'unlistedNumbers'> {
    const unlisted = new Map<string, Uint8Array<ArrayBuffer>>();
    const unlistedNumbers = new Set<number>();
    const damaged: string[] = [];
    for (const [id, { lists }] of this.#listed) {
      const judged = this.#judged.get(id);
      if (judged?.whole === true) addPack(sound, id, judged.intact);
      else if (judged !== undefined || !sizes.has(id) || this.#unreadable.has(id)) damaged.push(id);
      else for (const list of lists) addPack(sound, id, list);
    }
    for (const id of sizes.keys()) {
      if (this.#listed.has(id)) continue;
      const judged = this.#judged.get(id);
      if (judged?.whole === true) {
        unlistedNumbers.add(addPack(sound, id, judged.intact));
        unlisted.set(id, judged.intact);
      } else damaged.push(id);
    }
    // After all that is whole: only what has no other place has to be taken over from these.
    const damagedPacks = damaged.map((id) => this.#describe(sound, id, sizes.has(id)));
    return { damagedPacks, unlisted, unlistedNumbers };
  }

  #describe(sound: BlobIndex, id: string, isThere: boolean): DamagedPack {
    const judged = this.#judged.get(id);
    const lists = this.#listed.get(id)?.lists ?? [];
    const salvage = judged === undefined ? [] : unpackEntries(judged.intact).filter((blob) => !holds(sound, blob));
    const packed = packEntries(salvage);
    if (salvage.length > 0) addPack(sound, id, packed);
    const lost = judged?.lost ?? packEntries(lists.flatMap(unpackEntries));
    const faults = judged?.faults ?? [this.#unreadable.get(id) ?? 'The pack is missing.'];
    const isUnreadable = isThere && judged === undefined;
    const pack = { id, isThere, isListed: lists.length > 0, isUnreadable, faults, salvage: packed, lost };
    const message = `${faults[0] ?? ''} ${countEntries(lost)} of its blobs cannot be read.`.trim();
    this.#request.onIssue({
      path: `data/${id}`,
      code: isThere ? 'STORED_FILE_DAMAGED' : 'STORED_FILE_MISSING',
      message,
    });
    return pack;
  }
}

function listsAny(lists: readonly Uint8Array[], blobs: ReadonlySet<string>): boolean {
  return lists.some((list) => unpackEntries(list).some(({ id }) => blobs.has(id)));
}

type LoadedIndex =
  | {
      readonly packs: readonly {
        readonly id: string;
        readonly entries: Uint8Array<ArrayBuffer>;
        readonly leastSize: number;
      }[];
    }
  | Pick<Issue, 'code' | 'message'>;

/** What an index file lists, or why it cannot be relied on. */
export async function loadIndex(
  { backend }: Repository,
  thread: RepairThreads['all'][number],
  name: string,
): Promise<LoadedIndex> {
  try {
    const sealed = await backend.load({ type: 'index', name });
    const { intact, packs } = await thread.call('listIndex', { sealed }, [sealed.buffer]);
    if (intact) return { packs };
    return { code: 'STORED_FILE_DAMAGED', message: 'The index file does not hold what was written to it.' };
  } catch (error) {
    if (!(error instanceof HoldfastError) || !lossCodes.has(error.code)) throw error;
    return { code: error.code, message: error.message };
  }
}

/** Returns the number the pack got. Blobs that are known stay where they are, unless the new place is the better one. */
export function addPack(index: BlobIndex, id: string, entries: Uint8Array, isBetter = false): number {
  const blobs = unpackEntries(entries);
  const ids = Buffer.allocUnsafe(blobs.length * 32);
  for (const [position, blob] of blobs.entries()) ids.write(blob.id, position * 32, 'hex');
  const pack = index.addPack(Buffer.from(id, 'hex'));
  const known: [entry: number, blob: PackedBlob][] = [];
  index.addBlobs(pack, blobs, ids, (position, entry) => known.push([entry, blobs[position] as PackedBlob]));
  if (isBetter) for (const [entry, blob] of known) index.relocate(entry, { ...blob, pack });
  return pack;
}

function holds(index: BlobIndex, { type, id }: PackedBlob): boolean {
  return index.findHex(type, id) >= 0;
}
