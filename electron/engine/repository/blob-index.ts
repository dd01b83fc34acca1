/**
 * Which blob lies where: one table shared by all threads, 48 bytes a blob and no object per blob. Lookups take no lock;
 * inserts do.
 *
 * It lies in four buffers, in 32-bit words: header and what is known of the files; pack ids (8 each); entries (12 each);
 * slot regions. The last three grow as they fill (growing-memory.ts), under the lock and before anything tells of what
 * comes there. A slot holds an entry's number plus one. When the active slot region fills up, all entries are hashed into
 * the next, twice as large; a reader that still uses the old one misses newer blobs at worst, and the insert that follows
 * looks again.
 *
 * An index that is too large for memory goes to files as it is loaded (index-disk.ts): whenever a run of entries has come
 * together, all of it. Entries keep their numbers. That happens in `addBlobs` only, while nobody looks anything up without
 * the lock; what a run claims stays in memory.
 */

import { placeWords, type IndexColumns } from './format/index-scan.ts';
import { GrowingMemory } from './growing-memory.ts';
import { closeIndexFiles, type IndexFiles } from './index-files.ts';
import { diskLayout, diskWords, entryWords, IndexDisk, type DiskLayout } from './index-disk.ts';

export type BlobType = 'data' | 'tree';

const headerWords = 16;
const wordLock = 0;
const wordEntries = 1;
const wordPacks = 2;
const wordRegion = 3;
/** Entries that lie in files; those in memory have the numbers after them. */
const wordSpilled = 4;
/** Changes whenever an entry in the files does. */
const wordEpoch = 5;

const packWords = 8;
const treeBit = 0x4000_0000;
/** Pack number of a blob that some thread has claimed and not stored yet. */
const pendingPack = 0x3fff_ffff;
const firstRegionLog2 = 15;
const regions = 12;

/** Blobs one run may add before it stops remembering new ones (it then stores duplicates, which is harmless). */
const freshBlobs = 12_000_000;
const freshPacks = 4_000_000;

/** There is memory for so many at first. Many indexes are open at once, of small repositories most of them. */
const firstBlobs = 16_384;
const firstPacks = 4096;

export type SharedBlobIndex = {
  readonly header: SharedArrayBuffer;
  /** These grow; see GrowingMemory. */
  readonly packs: SharedArrayBuffer;
  readonly entries: SharedArrayBuffer;
  readonly slots: SharedArrayBuffer;
  /** Entries there may be in all. */
  readonly entryCapacity: number;
  /** Of these, in memory. */
  readonly memoryCapacity: number;
  readonly packCapacity: number;
  readonly regionLog2: number;
  /** Null where all of it is in memory. */
  readonly disk: DiskLayout | null;
};

export type BlobLocation = {
  /** Number for `packId`. */
  readonly pack: number;
  readonly offset: number;
  /** Sealed bytes in the pack. */
  readonly length: number;
  /** Plain bytes; 0 where the blob is stored without compression. */
  readonly uncompressedLength: number;
};

export class BlobIndex {
  readonly shared: SharedBlobIndex;
  readonly #header: Int32Array;
  readonly #packs: GrowingMemory;
  readonly #entries: GrowingMemory;
  readonly #slots: GrowingMemory;
  readonly #disk: IndexDisk | null;
  #isClosed = false;
  /** What `#wordsOf` has found: the memory in which an entry lies. */
  #row: Int32Array;
  readonly #probe = new Int32Array(8);
  readonly #probeBytes = Buffer.from(this.#probe.buffer);

  private constructor(shared: SharedBlobIndex) {
    this.shared = shared;
    const { header, disk } = shared;
    this.#header = new Int32Array(header, 0, headerWords);
    this.#packs = new GrowingMemory(shared.packs);
    this.#entries = new GrowingMemory(shared.entries);
    this.#slots = new GrowingMemory(shared.slots);
    this.#disk = disk === null ? null : new IndexDisk(disk, new Int32Array(header, headerWords * 4));
    this.#row = this.#entries.words(0);
  }

  /**
   * An empty index with room for `loadedBlobs` that will be loaded, and for those a run adds. The files become its own;
   * what lies in their base counts as there already (the caller fills in the packs, the filter and the base's table).
   */
  static create(loadedBlobs: number, files: IndexFiles | null = null): BlobIndex {
    const base = files?.base ?? null;
    const knownBlobs = loadedBlobs + (base?.blobs ?? 0);
    const loadedInMemory = files === null ? loadedBlobs : Math.min(loadedBlobs, files.runBlobs);
    const memoryCapacity = loadedInMemory + freshBlobs;
    const packCapacity = (base?.packs ?? 0) + Math.ceil(loadedBlobs / 2) + freshPacks;
    const regionLog2 = Math.max(firstRegionLog2, Math.ceil(Math.log2(Math.max(1, loadedInMemory) * 1.5)));
    const disk = files === null ? null : diskLayout(files, knownBlobs);
    const layout = { entryCapacity: knownBlobs + freshBlobs, memoryCapacity, packCapacity, regionLog2, disk };
    const firstWords = { packs: ((base?.packs ?? 0) + firstPacks) * packWords, entries: firstBlobs * entryWords };
    const index = new BlobIndex({
      header: new SharedArrayBuffer((headerWords + (disk === null ? 0 : diskWords(disk))) * 4),
      packs: GrowingMemory.reserve(firstWords.packs, packCapacity * packWords).buffer,
      entries: GrowingMemory.reserve(firstWords.entries, memoryCapacity * entryWords).buffer,
      slots: GrowingMemory.reserve(2 ** regionLog2, slotWords(layout)).buffer,
      ...layout,
    });
    if (base !== null) {
      Atomics.store(index.#header, wordSpilled, base.blobs);
      Atomics.store(index.#header, wordPacks, base.packs);
    }
    return index;
  }

  static attach(shared: SharedBlobIndex): BlobIndex {
    return new BlobIndex(shared);
  }

  /** Only by whoever made it, when no thread looks anything up any more. */
  close(): void {
    if (this.shared.disk !== null && !this.#isClosed) closeIndexFiles(this.shared.disk.files);
    this.#isClosed = true;
  }

  get blobCount(): number {
    return this.spilledCount + Atomics.load(this.#header, wordEntries);
  }

  /** How many of the blobs lie in files. */
  get spilledCount(): number {
    return Atomics.load(this.#header, wordSpilled);
  }

  get packCount(): number {
    return Atomics.load(this.#header, wordPacks);
  }

  /** Entry number of a blob given as 32 bytes in `id` at `offset`, or -1. */
  find(type: BlobType, id: Uint8Array, offset = 0): number {
    this.#probeBytes.set(offset === 0 && id.length === 32 ? id : id.subarray(offset, offset + 32));
    return this.#lookup(type === 'tree' ? treeBit : 0);
  }

  findHex(type: BlobType, hexId: string): number {
    this.#probeBytes.write(hexId, 'hex');
    return this.#lookup(type === 'tree' ? treeBit : 0);
  }

  /** True when the blob was unknown: the caller has claimed it and must store it. */
  claim(type: BlobType, id: Uint8Array): boolean {
    const typeBit = type === 'tree' ? treeBit : 0;
    this.#probeBytes.set(id);
    if (this.#lookup(typeBit) >= 0) return false;
    this.#lock();
    try {
      if (this.#lookup(typeBit) >= 0) return false;
      this.#insert(pendingPack | typeBit, 0, 0, 0);
      return true;
    } finally {
      this.#unlock();
    }
  }

  /** Registers a pack and returns its number. */
  addPack(id: Uint8Array): number {
    this.#lock();
    try {
      return this.#registerPack(id);
    } finally {
      this.#unlock();
    }
  }

  /** Loads what packs list; a blob that is known already keeps its first place. */
  addColumns({ packs, packIds, packEnds, ids, places }: IndexColumns): void {
    const probe = this.#probe;
    this.#lock();
    try {
      let blob = 0;
      for (let listed = 0; listed < packs; listed++) {
        const pack = this.#registerPack(packIds.subarray(listed * 32, listed * 32 + 32));
        for (const end = packEnds[listed] as number; blob < end; blob++) {
          for (let word = 0; word < 8; word++) probe[word] = ids[blob * 8 + word] as number;
          const place = blob * placeWords;
          const typeBit = places[place] === 1 ? treeBit : 0;
          if (this.#lookup(typeBit) >= 0) continue;
          this.#makeRoom();
          const [offset, length, plain] = [places[place + 1], places[place + 2], places[place + 3]];
          this.#insert(pack | typeBit, offset as number, length as number, plain as number);
        }
      }
    } finally {
      this.#unlock();
    }
  }

  /**
   * Loads entries of one pack: `ids` holds 32 bytes each; a blob that is known already keeps its first place, and
   * `onKnown` gets its entry.
   */
  addBlobs(
    pack: number,
    blobs: readonly {
      readonly type: BlobType;
      readonly offset: number;
      readonly length: number;
      readonly uncompressedLength: number;
    }[],
    ids: Uint8Array,
    onKnown?: (position: number, entry: number) => void,
  ): void {
    this.#lock();
    try {
      for (const [position, blob] of blobs.entries()) {
        const typeBit = blob.type === 'tree' ? treeBit : 0;
        this.#probeBytes.set(ids.subarray(position * 32, position * 32 + 32));
        const known = this.#lookup(typeBit);
        if (known < 0) {
          this.#makeRoom();
          this.#insert(pack | typeBit, blob.offset, blob.length, blob.uncompressedLength);
        } else onKnown?.(position, known);
      }
    } finally {
      this.#unlock();
    }
  }

  /** Where an entry lies, or null while it waits to be stored. */
  location(entry: number): BlobLocation | null {
    const base = this.#wordsOf(entry);
    const row = this.#row;
    const pack = (row[base + 8] as number) & ~treeBit;
    if (pack === pendingPack) return null;
    return {
      pack,
      offset: (row[base + 9] as number) >>> 0,
      length: (row[base + 10] as number) >>> 0,
      uncompressedLength: (row[base + 11] as number) >>> 0,
    };
  }

  /** The pack an entry lies in, without making an object; -1 while it waits to be stored. */
  packOf(entry: number): number {
    const base = this.#wordsOf(entry);
    const pack = (this.#row[base + 8] as number) & ~treeBit;
    return pack === pendingPack ? -1 : pack;
  }

  /** Sealed bytes of an entry. */
  lengthOf(entry: number): number {
    const base = this.#wordsOf(entry);
    return (this.#row[base + 10] as number) >>> 0;
  }

  /** Gives an entry another place; only while no other thread reads it. */
  relocate(entry: number, { pack, offset, length, uncompressedLength }: BlobLocation): void {
    const base = this.#wordsOf(entry);
    const typeBit = (this.#row[base + 8] as number) & treeBit;
    const place = Int32Array.of(pack | typeBit, offset, length, uncompressedLength);
    if (this.#row === this.#disk?.blocks) {
      this.#disk.rewrite(entry, place);
      Atomics.add(this.#header, wordEpoch, 1);
    } else this.#row.set(place, base + 8);
  }

  /** Plain bytes of an entry's blob. */
  plainLength(entry: number): number {
    const base = this.#wordsOf(entry);
    const uncompressed = (this.#row[base + 11] as number) >>> 0;
    return uncompressed === 0 ? ((this.#row[base + 10] as number) >>> 0) - 32 : uncompressed;
  }

  blobId(entry: number): string {
    const base = this.#wordsOf(entry);
    const words = this.#row.slice(base, base + 8);
    return Buffer.from(words.buffer).toString('hex');
  }

  blobType(entry: number): BlobType {
    const base = this.#wordsOf(entry);
    return ((this.#row[base + 8] as number) & treeBit) === 0 ? 'data' : 'tree';
  }

  packId(pack: number): string {
    const end = (pack + 1) * packWords;
    return this.#packs.bytes(end).toString('hex', pack * packWords * 4, end * 4);
  }

  /** The ids of all packs until that one, 32 bytes each; the memory itself. */
  packIds(packs: number): Uint8Array {
    const end = packs * packWords;
    return this.#packs.bytes(end).subarray(0, end * 4);
  }

  /** Entries in memory until that one, of those that are not in files; the memory itself. */
  entriesInMemory(until: number): Int32Array {
    const end = (until - this.spilledCount) * entryWords;
    return this.#entries.words(end).subarray(0, end);
  }

  /** What lies in files, for whoever keeps it or fills it. */
  get disk(): IndexDisk | null {
    return this.#disk;
  }

  #registerPack(id: Uint8Array): number {
    const pack = Atomics.load(this.#header, wordPacks);
    if (pack >= this.shared.packCapacity) throw new RangeError('the index has more packs than blobs');
    const end = (pack + 1) * packWords;
    this.#packs.reach(end);
    this.#packs.bytes(end).set(id, pack * packWords * 4);
    Atomics.store(this.#header, wordPacks, pack + 1);
    return pack;
  }

  /** Where the words of an entry begin in `#row`. */
  #wordsOf(entry: number): number {
    const spilled = this.spilledCount;
    if (entry >= spilled || this.#disk === null) {
      const at = (entry - spilled) * entryWords;
      this.#row = this.#entries.words(at + entryWords);
      return at;
    }
    this.#row = this.#disk.blocks;
    return this.#disk.locate(entry, Atomics.load(this.#header, wordEpoch));
  }

  #lookup(typeBit: number): number {
    const spilled = this.spilledCount;
    const inMemory = this.#lookupInMemory(typeBit);
    if (inMemory >= 0) return spilled + inMemory;
    return this.#disk === null || spilled === 0 ? -1 : this.#lookupOnDisk(this.#disk, typeBit, spilled);
  }

  #lookupOnDisk(disk: IndexDisk, typeBit: number, spilled: number): number {
    if (!disk.filter.mayHold(this.#probe)) return -1;
    for (const entry of disk.candidates(this.#probe, spilled)) {
      const at = this.#wordsOf(entry);
      const row = this.#row;
      const isSame = this.#probe.every((word, position) => row[at + position] === word);
      if (isSame && ((row[at + 8] as number) & treeBit) === typeBit) return entry;
    }
    return -1;
  }

  #lookupInMemory(typeBit: number): number {
    const probe = this.#probe;
    const region = Atomics.load(this.#header, wordRegion);
    const base = this.#regionBase(region);
    const mask = 2 ** (this.shared.regionLog2 + region) - 1;
    const slots = this.#slots.words(base + mask + 1);
    let entries = this.#entries.words(0);
    const first = probe[0] as number;
    const second = probe[1] as number;
    for (let slot = (first ^ typeBit) & mask; ; slot = (slot + 1) & mask) {
      const entry = Atomics.load(slots, base + slot) - 1;
      if (entry < 0) return -1;
      const at = entry * entryWords;
      // Another thread has made room for it.
      if (at >= entries.length) entries = this.#entries.words(at + entryWords);
      if (
        entries[at] === first &&
        entries[at + 1] === second &&
        entries[at + 2] === probe[2] &&
        entries[at + 3] === probe[3] &&
        entries[at + 4] === probe[4] &&
        entries[at + 5] === probe[5] &&
        entries[at + 6] === probe[6] &&
        entries[at + 7] === probe[7] &&
        ((entries[at + 8] as number) & treeBit) === typeBit
      ) {
        return entry;
      }
    }
  }

  /** Words before a region: each is twice as large as the one before it. */
  #regionBase(region: number): number {
    return 2 ** this.shared.regionLog2 * (2 ** region - 1);
  }

  /** Sends what is in memory to the files when a run of it has come together. */
  #makeRoom(): void {
    const disk = this.#disk;
    const spilled = this.spilledCount;
    if (disk === null || Atomics.load(this.#header, wordEntries) < disk.runBlobs || !disk.hasRoom(spilled)) return;
    disk.spill(this.#entries.words(disk.runBlobs * entryWords), spilled);
    const region = Atomics.load(this.#header, wordRegion);
    const end = this.#regionBase(region + 1);
    this.#slots.words(end).fill(0, 0, end);
    Atomics.store(this.#header, wordRegion, 0);
    Atomics.store(this.#header, wordEntries, 0);
    Atomics.store(this.#header, wordSpilled, spilled + disk.runBlobs);
    // A block at the end of the file has become longer.
    Atomics.add(this.#header, wordEpoch, 1);
  }

  #insert(packAndType: number, offset: number, length: number, uncompressedLength: number): void {
    const count = Atomics.load(this.#header, wordEntries);
    if (count >= this.shared.memoryCapacity) return;
    const region = Atomics.load(this.#header, wordRegion);
    const isFull = count + 1 > 2 ** (this.shared.regionLog2 + region) * 0.75;
    const grows = isFull && region + 1 < regionsFor(this.shared.regionLog2, this.shared.memoryCapacity);
    // What the system refuses leaves everything as it was.
    this.#entries.reach((count + 1) * entryWords);
    if (grows) this.#slots.reach(this.#regionBase(region + 2));
    const at = count * entryWords;
    const entries = this.#entries.words(at + entryWords);
    entries.set(this.#probe, at);
    entries[at + 8] = packAndType;
    entries[at + 9] = offset;
    entries[at + 10] = length;
    entries[at + 11] = uncompressedLength;
    Atomics.store(this.#header, wordEntries, count + 1);
    if (grows) this.#rehash(region + 1, count + 1);
    else this.#place(region, count);
  }

  #place(region: number, entry: number): void {
    const base = this.#regionBase(region);
    const mask = 2 ** (this.shared.regionLog2 + region) - 1;
    const slots = this.#slots.words(base + mask + 1);
    const at = entry * entryWords;
    const entries = this.#entries.words(at + entryWords);
    let slot = ((entries[at] as number) ^ ((entries[at + 8] as number) & treeBit)) & mask;
    while (slots[base + slot] !== 0) slot = (slot + 1) & mask;
    Atomics.store(slots, base + slot, entry + 1);
  }

  #rehash(region: number, count: number): void {
    for (let entry = 0; entry < count; entry++) this.#place(region, entry);
    Atomics.store(this.#header, wordRegion, region);
  }

  #lock(): void {
    while (Atomics.compareExchange(this.#header, wordLock, 0, 1) !== 0) Atomics.wait(this.#header, wordLock, 1, 1);
  }

  #unlock(): void {
    Atomics.store(this.#header, wordLock, 0);
    Atomics.notify(this.#header, wordLock, 1);
  }
}

function slotWords({ regionLog2, memoryCapacity }: Pick<SharedBlobIndex, 'regionLog2' | 'memoryCapacity'>): number {
  return 2 ** regionLog2 * (2 ** regionsFor(regionLog2, memoryCapacity) - 1);
}

/** Regions needed so that the last one holds `entries` with room to spare. */
function regionsFor(regionLog2: number, entries: number): number {
  return Math.min(regions, Math.max(1, Math.ceil(Math.log2(entries / 0.75)) - regionLog2 + 1));
}
