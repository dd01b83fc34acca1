/**
 * The tree of a snapshot out of keys in their order: folders are opened and closed as the list goes by, and each is stored as
 * soon as all in it is known. What holds what it held before is taken over whole.
 */
import type { RawPath } from '../../platform/raw-path.ts';
import { formatMadeFile, formatMadeFolder } from '../../repository/format/made-node.ts';
import type { BlobReader } from '../../repository/blob-reader.ts';
import { hexIds, type StreamStore } from '../../repository/stream-store.ts';
import { EntryList } from './entry-list.ts';
import { pathOfKey, recordsName, type KeyStep } from './key-path.ts';
import { ParentFolder, type Found, type ParentLeaf } from './parent-folder.ts';
import { formatRecord, type ObjectRecord } from './record.ts';

/** An entry as it will be stored. */
export type Made = {
  readonly node: () => string;
  /** Of a folder there is none. */
  readonly record: (() => Promise<ObjectRecord | undefined>) | null;
  /** Where exactly it stood before; null: nowhere. */
  readonly as: ParentLeaf | null;
};

type Entry = { readonly name: RawPath; /** Null: it is left out. */ readonly made: Made | Promise<Made | null> };
type Folder = KeyStep & { readonly before: Promise<ParentFolder | null>; readonly entries: EntryList<Entry> };

/** A place for an object, and what stood there. */
export type Slot = {
  readonly name: RawPath;
  readonly before: Found | null;
  /** Null leaves it out. */
  readonly put: (made: Made | Promise<Made | null> | null) => void;
};

export type FolderCounts = { new: number; changed: number; unmodified: number };

/** Folders on their way to be stored. */
const mostPending = 64;

export class KeyTree {
  readonly counts: FolderCounts = { new: 0, changed: 0, unmodified: 0 };
  readonly #streams: StreamStore;
  readonly #reader: BlobReader;
  readonly #stack: Folder[];
  readonly #pending = new Set<Promise<unknown>>();
  /** What went wrong in a folder that was closed already. */
  #failure: { readonly error: unknown } | null = null;

  constructor(streams: StreamStore, reader: BlobReader, parentTree: string | null) {
    this.#streams = streams;
    this.#reader = reader;
    this.#stack = [this.#folder({ name: '', prefix: '' }, ParentFolder.open(reader, parentTree))];
  }

  /** In the order of the keys; several of one key, by `more`, below a folder of its name. */
  async slot(key: string, more: RawPath | null = null): Promise<Slot> {
    const path = pathOfKey(key);
    const steps = more === null ? path.folders : [...path.folders, { name: `${path.name}%+`, prefix: key }];
    await this.#close(steps, key);
    const folder = await this.#open(steps);
    const name = more ?? path.name;
    const before = (await (await folder.before)?.find(name)) ?? null;
    const put = (made: Made | Promise<Made | null> | null): void => {
      if (made === null) return;
      // Looked at when the folder is complete, which may be later than it fails.
      if (made instanceof Promise) made.catch(() => undefined);
      folder.entries.push({ name, made });
    };
    return { name, before, put };
  }

  /** The id of the whole; whether there is anything in it. */
  async finish(): Promise<{ readonly tree: string; readonly isEmpty: boolean }> {
    while (this.#stack.length > 1) this.#closeTop();
    const entries = this.#stack[0]?.entries.finish() ?? [];
    const { tree } = await this.#store(entries);
    await Promise.all(this.#pending);
    this.#mustBeSound();
    return { tree, isEmpty: entries.length === 0 };
  }

  /** A folder that the key is not in is complete. One that is longer than its way may stay open: keys in it may follow. */
  async #close(steps: readonly KeyStep[], key: string): Promise<void> {
    const isOn = ({ prefix, name }: Folder, depth: number): boolean =>
      key.startsWith(prefix) &&
      (steps[depth] === undefined || (steps[depth].name === name && steps[depth].prefix === prefix));
    let kept = 0;
    while (kept + 1 < this.#stack.length && isOn(this.#stack[kept + 1] as Folder, kept)) kept += 1;
    while (this.#stack.length > kept + 1) this.#closeTop();
    while (this.#pending.size > mostPending) await Promise.race(this.#pending);
    this.#mustBeSound();
  }

  async #open(steps: readonly KeyStep[]): Promise<Folder> {
    for (const step of steps.slice(this.#stack.length - 1)) {
      const above = this.#stack.at(-1) as Folder;
      const before = (await (await above.before)?.find(step.name)) ?? null;
      this.#stack.push(this.#folder(step, ParentFolder.open(this.#reader, before?.node.subtree ?? null)));
    }
    return this.#stack[steps.length] as Folder;
  }

  #folder(step: KeyStep, before: Promise<ParentFolder | null>): Folder {
    const part = (entries: readonly Entry[], name: RawPath): Entry => ({
      name,
      made: this.#storeFolder(name, entries, null),
    });
    return { ...step, before, entries: new EntryList(part) };
  }

  #closeTop(): void {
    const folder = this.#stack.pop() as Folder;
    const above = this.#stack.at(-1) as Folder;
    const { name } = folder;
    const found = above.before.then((before) => before?.find(name) ?? null);
    above.entries.push({ name, made: this.#storeFolder(name, folder.entries.finish(), found) });
  }

  #storeFolder(name: RawPath, entries: readonly Entry[], found: Promise<Found | null> | null): Promise<Made | null> {
    const storing = this.#made(name, entries, found);
    this.#pending.add(storing);
    storing.catch((error: unknown) => void (this.#failure ??= { error })).finally(() => this.#pending.delete(storing));
    return storing;
  }

  async #made(name: RawPath, entries: readonly Entry[], found: Promise<Found | null> | null): Promise<Made | null> {
    const before = await found;
    const { tree, isEmpty } = await this.#store(entries);
    // Nothing of it could be read.
    if (isEmpty) return null;
    const isSame = before?.node.subtree === tree;
    if (found !== null) this.counts[before === null ? 'new' : isSame ? 'unmodified' : 'changed'] += 1;
    return { node: () => formatMadeFolder(name, tree), record: null, as: isSame ? (before?.leaf ?? null) : null };
  }

  async #store(entries: readonly Entry[]): Promise<{ readonly tree: string; readonly isEmpty: boolean }> {
    const made: (readonly [RawPath, Made])[] = [];
    for (const { name, made: one } of entries) {
      const ready = await one;
      if (ready !== null) made.push([name, ready]);
    }
    const leaf = made[0]?.[1].as ?? null;
    if (leaf !== null && leaf.nodes.size === made.length && made.every(([, { as }]) => as === leaf))
      return { tree: leaf.tree, isEmpty: false };
    made.sort(([a], [b]) => (a < b ? -1 : 1));
    const nodes = made.map(([name, { node }]) => [name, node()] as const);
    const records = await this.#records(made.map(([, one]) => one));
    if (records !== null) nodes.push([recordsName, records]);
    const sorted = nodes.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, node]) => node);
    return { tree: await this.#streams.tree(sorted), isEmpty: made.length === 0 };
  }

  /** The node of the file of records; null where none is of an object. */
  async #records(made: readonly Made[]): Promise<string | null> {
    const lines: Buffer[] = [];
    for (const { record } of made) {
      const known = await record?.();
      if (known !== undefined) lines.push(Buffer.from(formatRecord(known)));
    }
    if (lines.length === 0) return null;
    const { ids, size } = await this.#streams.content(
      iterate(lines),
      lines.reduce((sum, { length }) => sum + length, 0),
    );
    return formatMadeFile({ name: recordsName, size, mtimeMs: 0, content: hexIds(ids) });
  }

  #mustBeSound(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}

async function* iterate(lines: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* lines;
}
