/**
 * Lists folders ahead of the walk, in its order: at first in the thread that will walk, while the key is derived and the
 * index is loaded, and then, where there is more of it, in a thread beside the walk. On an unchanged source listing is a
 * third of the work, and the other processor has nothing to do.
 */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { EntryStats, statEntry } from '../../platform/file-stat.ts';
import { joinRaw, type RawPath } from '../../platform/raw-path.ts';
import type { CaptureOptions } from './capture-protocol.ts';
import { compileExcludes, isCacheDirectory } from './excludes.ts';
import { listFolder, type Listing } from './listing.ts';
import { below, contains, walkKey } from './roots.ts';
import type { ScoutedFolder } from './scout-protocol.ts';

/** What waits for the walk, at most, in entries and folders: some 10 MB, and 100 MB where each folder has one entry. */
export const scoutedEntries = 120_000;

/** Of one folder; one that is empty takes memory too. */
export function weightOf({ names }: Listing): number {
  return names.length + 1;
}

export type Listed = { readonly path: RawPath; readonly listing: Listing };

/** Whether a folder below one of the roots will not be walked: nothing is looked at there. */
export type Skips = (path: RawPath, listing: Listing, position: number) => boolean;

export function skipsOf(options: CaptureOptions, neverRead: readonly RawPath[] = []): Skips {
  const never = new Set(neverRead);
  const roots = options.roots.map((root) => ({
    root,
    rules: compileExcludes(options.excludes, { root }),
    device: options.oneFileSystem ? deviceOf(root) : null,
  }));
  return (path, { stats }, position) => {
    if (never.has(path)) return true;
    const within = roots.find(({ root }) => contains(root, path));
    if (within === undefined) return false;
    const { root, rules, device } = within;
    if (rules.matches(below(root, path), true)) return true;
    if (device !== null && stats.at(position).device !== device) return true;
    return options.excludeCaches && isCacheDirectory(path);
  };
}

/** Folders one after the other, depth first. What cannot be listed is left out: the walk meets it again, and names it. */
export class FolderLister {
  /** The next one at the end. */
  readonly #ahead: RawPath[];
  readonly #skips: Skips;

  constructor(ahead: readonly RawPath[], skips: Skips) {
    this.#ahead = [...ahead];
    this.#skips = skips;
  }

  get ahead(): readonly RawPath[] {
    return this.#ahead;
  }

  next(): Listed | null {
    for (let path = this.#ahead.pop(); path !== undefined; path = this.#ahead.pop()) {
      try {
        const listing = listFolder(path);
        this.#pushFolders(path, listing);
        return { path, listing };
      } catch {
        // See above.
      }
    }
    return null;
  }

  #pushFolders(path: RawPath, listing: Listing): void {
    for (let at = listing.names.length - 1; at >= 0; at--) {
      if (!listing.stats.isFolder(at)) continue;
      const child = joinRaw(path, listing.names[at] as RawPath);
      if (!this.#skips(child, listing, at)) this.#ahead.push(child);
    }
  }
}

/** Where two threads see how many entries the walk has dealt with, and whether it is over. */
export class ScoutGauge {
  readonly memory: SharedArrayBuffer;
  readonly #numbers: Int32Array;

  constructor(memory = new SharedArrayBuffer(8)) {
    this.memory = memory;
    this.#numbers = new Int32Array(memory);
  }

  get isOver(): boolean {
    return Atomics.load(this.#numbers, 1) === 1;
  }

  add(entries: number): void {
    Atomics.add(this.#numbers, 0, entries);
    Atomics.notify(this.#numbers, 0);
  }

  end(): void {
    Atomics.store(this.#numbers, 1, 1);
    Atomics.notify(this.#numbers, 0);
  }

  /** Blocks until fewer than `most` of the `sent` entries wait, or it is over. */
  waitForRoom(sent: number, most: number): void {
    for (;;) {
      const done = Atomics.load(this.#numbers, 0);
      // The count goes round after two thousand million entries; the difference stays right.
      if (this.isOver || ((sent - done) | 0) < most) return;
      Atomics.wait(this.#numbers, 0, done, waitMs);
    }
  }
}

/** An end that comes between the look and the wait is met after this. */
const waitMs = 20;

/** What the walk takes its listings from. */
export class FolderScout {
  readonly #lister: FolderLister;
  /** In the order of the walk. */
  readonly #listings = new Map<RawPath, Listing>();
  #entries = 0;
  #beside: { readonly line: MessagePort; readonly gauge: ScoutGauge } | null = null;

  constructor(lister: FolderLister) {
    this.#lister = lister;
  }

  /** Lists one more folder; false when there is none, enough has been listed, or another thread goes on with it. */
  step(): boolean {
    if (this.#entries >= scoutedEntries || this.#beside !== null) return false;
    const listed = this.#lister.next();
    if (listed === null) return false;
    this.#keep(listed);
    return true;
  }

  /** What is still to be listed, the next one at the end. */
  get ahead(): readonly RawPath[] {
    return this.#lister.ahead;
  }

  /** From now on that is listed at the other end of the line. */
  handOver(line: MessagePort, gauge: ScoutGauge): void {
    this.#beside = { line, gauge };
    // They were not sent there, and will be counted when they are taken.
    gauge.add(-this.#entries);
  }

  /** What was listed of a folder, once. */
  take(path: RawPath): Listing | undefined {
    this.#receive();
    const found = this.#listings.get(path);
    const here = walkKey(path);
    // Whatever comes before it the walk has gone past: its own listing is none of those that wait.
    for (const [other, listing] of this.#listings) {
      if (walkKey(other) > here) break;
      this.#listings.delete(other);
      this.#entries -= weightOf(listing);
      this.#beside?.gauge.add(weightOf(listing));
    }
    return found;
  }

  #receive(): void {
    if (this.#beside === null) return;
    const { line } = this.#beside;
    for (let next = receiveMessageOnPort(line); next !== undefined; next = receiveMessageOnPort(line)) {
      const { path, names, stats } = next.message as ScoutedFolder;
      this.#keep({ path, listing: { names, stats: EntryStats.unpack(stats) } });
    }
  }

  #keep({ path, listing }: Listed): void {
    this.#listings.set(path, listing);
    this.#entries += weightOf(listing);
  }
}

function deviceOf(root: RawPath): string | null {
  try {
    return statEntry(root).device;
  } catch {
    // The walk says what is wrong with it.
    return null;
  }
}
