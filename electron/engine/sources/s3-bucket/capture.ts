/** A bucket into the repository: the list goes by, what is not as it was is read, and trees are made of it. */
import type { S3Client } from '@aws-sdk/client-s3';
import type { Issue } from '../../../../shared/contract/common.ts';
import { HoldfastError, toHoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import { AwsFailure } from '../../aws/failures.ts';
import type { ObjectReads } from '../../aws/object-reads.ts';
import { displayRaw, type RawPath } from '../../platform/raw-path.ts';
import type { BlobIndex } from '../../repository/blob-index.ts';
import type { BlobReader } from '../../repository/blob-reader.ts';
import { parseGoTime } from '../../repository/format/go-time.ts';
import { formatMadeFile, formatMadeFolder } from '../../repository/format/made-node.ts';
import { findNode } from '../../repository/tree-lookup.ts';
import { hexIds, type StreamStore } from '../../repository/stream-store.ts';
import { Slots } from '../parallel.ts';
import type { CaptureCounts, CapturedItem } from '../source.ts';
import { bucketFile, formatBucketFile, readBucketFile, versionsFolder } from './bucket-file.ts';
import { fetchCurrent } from './fetch-object.ts';
import { nameOfVersion, pathOfKey } from './key-path.ts';
import { KeyTree, type Made, type Slot } from './key-tree.ts';
import { listObjects } from './listing.ts';
import { ObjectFacts, recordOf } from './object-facts.ts';
import type { Found } from './parent-folder.ts';
import { fingerprintOf, type ListedObject } from './record.ts';
import { refuseShrunk } from './shrunk.ts';

export type BucketWanted = {
  readonly bucket: string;
  readonly prefix: string;
  readonly versions: boolean;
  readonly objectTags: boolean;
  readonly acls: boolean;
  /** The operator knows that there is much less than before. */
  readonly allowShrunk: boolean;
};

export type BucketTools = {
  readonly s3: S3Client;
  readonly reads: ObjectReads;
  readonly streams: StreamStore;
  readonly reader: BlobReader;
  readonly index: BlobIndex;
  readonly signal: AbortSignal;
  readonly onIssue: (issue: Issue) => void;
  readonly onNotice: (text: string) => void;
};

export type CapturedBucket = {
  readonly tree: string;
  readonly counts: CaptureCounts;
  readonly items: readonly CapturedItem[];
  readonly complete: boolean;
};

/** Objects that are read at the same time. */
const objectsAtOnce = 48;
/** Parts that freshness is kept for. */
const mostItems = 1_000;
const namedIssues = 1_000;

export class BucketCapture {
  doneItems = 0;
  doneBytes = 0;
  currentItem: RawPath | null = null;
  /** Known once the list has ended. */
  totals: { readonly items: number; readonly bytes: number } | null = null;
  readonly #wanted: BucketWanted;
  readonly #tools: BucketTools;
  readonly #facts: ObjectFacts;
  readonly #slots = new Slots(objectsAtOnce);
  readonly #items = new Map<string, boolean>();
  readonly #files = { new: 0, changed: 0, unmodified: 0 };
  readonly #told = new Set<string>();
  #issues = 0;
  #bytes = 0;
  readonly #listed = { items: 0, bytes: 0 };
  /** What keys are now. */
  #objects = 0;
  readonly #classes = new Map<string, { objects: number; bytes: number }>();
  /** What ends the run, whatever else goes on. */
  #fatal: HoldfastError | null = null;

  constructor(wanted: BucketWanted, tools: BucketTools) {
    this.#wanted = wanted;
    this.#tools = tools;
    const { bucket, objectTags: tags, acls } = wanted;
    this.#facts = new ObjectFacts({ ...tools, bucket }, { tags, acls });
  }

  /** SOURCE_EMPTIED, AWS_…; null as parent: everything is read. */
  async run(parentTree: string | null): Promise<CapturedBucket> {
    const { streams, reader } = this.#tools;
    const { bucket, prefix, versions, allowShrunk } = this.#wanted;
    const before = await readBucketFile(reader, parentTree);
    const present = new KeyTree(streams, reader, await subtree(reader, parentTree, bucket));
    const old = new KeyTree(streams, reader, await subtree(reader, parentTree, versionsFolder));
    for await (const page of listObjects({ ...this.#wanted, s3: this.#tools.s3, signal: this.#tools.signal })) {
      for (const object of page) await this.#take(object, present, old);
    }
    this.totals = this.#listed;
    if (!allowShrunk && before?.prefix === prefix) refuseShrunk(bucket, before, this.#objects);
    const [current, earlier] = [await present.finish(), await old.finish()];
    if (this.#fatal !== null) throw this.#fatal;
    const classes = Object.fromEntries([...this.#classes].toSorted(([a], [b]) => (a < b ? -1 : 1)));
    const facts = { ...this.#wanted, objects: this.#objects, bytes: this.#listed.bytes, classes };
    const nodes = [
      ...(await this.#bucketFile(facts)),
      ...(versions ? [formatMadeFolder(versionsFolder, earlier.tree)] : []),
      formatMadeFolder(bucket, current.tree),
    ];
    const folders = { new: 0, changed: 0, unmodified: 0 };
    for (const { counts } of [present, old])
      for (const kind of ['new', 'changed', 'unmodified'] as const) folders[kind] += counts[kind];
    return {
      tree: await streams.tree(nodes),
      counts: { files: { ...this.#files }, folders, bytes: this.#bytes },
      items: this.#itemsNow(),
      complete: this.#issues === 0,
    };
  }

  async #take(object: ListedObject, present: KeyTree, old: KeyTree): Promise<void> {
    if (this.#fatal !== null) throw this.#fatal;
    const { key, isLatest, isMarker, versionId } = object;
    this.#listed.items += 1;
    this.#listed.bytes += object.size;
    const isPresent = isLatest && !isMarker;
    if (isPresent) this.#countPresent(object);
    const more = isPresent ? null : nameOfVersion(versionId ?? '');
    const slot = await (isPresent ? present : old).slot(key, more);
    this.#noteItem(key);
    const same = await this.#unchanged(object, slot, isPresent ? null : present, old);
    if (same !== null) {
      this.#count('unmodified', object.size);
      slot.put(same);
      return;
    }
    if (isMarker) {
      this.#count(slot.before === null ? 'new' : 'changed', 0);
      slot.put(madeOf(slot.name, object, [], null));
      return;
    }
    if (object.isArchived) {
      const { storageClass } = object;
      const message = `It is in the class ${storageClass ?? ''}: it has to be restored in S3 before it can be read.`;
      slot.put(this.#kept(slot, key, 'S3_ARCHIVED', message));
      return;
    }
    // The list waits for as many as are under way.
    const entered = Promise.withResolvers<void>();
    slot.put(
      this.#slots.hold(async () => {
        entered.resolve();
        return this.#fetch(object, slot);
      }),
    );
    await entered.promise;
  }

  /** Null where it is not what it was. A version may have stood elsewhere before: it was what the key was, or is now. */
  async #unchanged(object: ListedObject, slot: Slot, present: KeyTree | null, old: KeyTree): Promise<Made | null> {
    if (this.#isSame(object, slot.before)) {
      const { node, leaf } = slot.before as Found;
      return { ...madeOf(slot.name, object, node.content ?? [], () => leaf.record(slot.name)), as: leaf };
    }
    if (!this.#wanted.versions || object.isMarker) return null;
    const place =
      present === null
        ? await old.slot(object.key, nameOfVersion(object.versionId ?? ''))
        : await present.slot(object.key);
    if (!this.#isSame(object, place.before)) return null;
    const { node, leaf } = place.before as Found;
    return madeOf(slot.name, object, node.content ?? [], async () => {
      const record = await leaf.record(place.name);
      if (record === undefined) return undefined;
      const { old: _, ...facts } = record;
      return { ...facts, name: slot.name, ...(present === null ? {} : { old: true as const }) };
    });
  }

  #isSame(object: ListedObject, before: Found | null): boolean {
    if (before === null) return false;
    const { type, size, mtime, inode, content } = before.node;
    return (
      type === 'file' &&
      size === object.size &&
      inode === fingerprintOf(object) &&
      parseGoTime(mtime) === BigInt(Math.trunc(object.lastModifiedMs)) * 1_000_000n &&
      (content ?? []).every((id) => this.#tools.index.findHex('data', id) >= 0)
    );
  }

  async #fetch(object: ListedObject, slot: Slot): Promise<Made | null> {
    const { bucket } = this.#wanted;
    const { s3, reads, streams, signal } = this.#tools;
    const key = textOf(object.key);
    const tools = { s3, reads, bucket, streams, signal };
    this.currentItem = this.#pathOf(object.key);
    try {
      const { content, answer, now } = await fetchCurrent(tools, key, object);
      const record = recordOf(slot.name, key, now, answer);
      const facts = await this.#facts.of(key, now, answer).catch((error: unknown) => {
        this.#notAll(object.key, error);
        return {};
      });
      this.#count(slot.before === null ? 'new' : 'changed', now.size);
      return madeOf(slot.name, now, hexIds(content.ids), async () => ({ ...record, ...facts }));
    } catch (error) {
      return this.#failed(slot, object.key, error);
    }
  }

  /** What was read of it before stays, with what was known of it then. */
  #kept({ name, before }: Slot, key: string, code: ErrorCode, message: string): Made | null {
    this.#report(key, code, message);
    if (before === null || before.node.type !== 'file') return null;
    const { node, leaf } = before;
    const { size, content, inode } = node;
    this.#count('unmodified', size);
    const mtimeMs = Number((parseGoTime(node.mtime) ?? 0n) / 1_000_000n);
    const file = { name, size, mtimeMs, inode, content: content ?? [] };
    return { node: () => formatMadeFile(file), record: () => leaf.record(name), as: leaf };
  }

  #failed(slot: Slot, key: string, error: unknown): Made | null {
    const failure = toHoldfastError(error);
    const awsCode = failure instanceof AwsFailure ? failure.awsCode : null;
    if (failure instanceof AwsFailure && failure.status === 412)
      return this.#kept(slot, key, 'FILE_CHANGED', 'It was replaced each time while it was read.');
    if (awsCode === 'InvalidObjectState')
      return this.#kept(slot, key, 'S3_ARCHIVED', 'It is archived: it has to be restored in S3 before it can be read.');
    const isOfAll = endsAll.has(failure.code) && !(failure.code === 'AWS_UNREACHABLE' && awsCode !== null);
    if (isOfAll || !failure.code.startsWith('AWS_')) {
      this.#fatal ??= failure;
      throw failure;
    }
    return this.#kept(slot, key, failure.code, failure.message);
  }

  /** Its content is stored; what belongs to it is not all known. */
  #notAll(key: string, error: unknown): void {
    const failure = toHoldfastError(error);
    if (!failure.code.startsWith('AWS_')) throw failure;
    this.#report(key, failure.code, `Its content is stored, but not all that belongs to it. ${failure.message}`);
  }

  #report(key: string, code: ErrorCode, message: string): void {
    this.#issues += 1;
    const item = this.#itemOf(key);
    if (this.#items.has(item)) this.#items.set(item, false);
    this.#items.set(`/${this.#wanted.bucket}`, false);
    if (this.#issues > namedIssues) {
      const more = `More objects than the ${namedIssues} that are named could not be read, or not wholly.`;
      if (!this.#told.has(more)) this.#tools.onIssue({ path: `/${this.#wanted.bucket}`, code, message: more });
      this.#told.add(more);
      return;
    }
    this.#tools.onIssue({ path: displayRaw(this.#pathOf(key)), code, message });
  }

  #count(kind: 'new' | 'changed' | 'unmodified', bytes: number): void {
    this.#files[kind] += 1;
    this.#bytes += bytes;
    this.doneItems += 1;
    this.doneBytes += bytes;
  }

  #countPresent({ storageClass, size }: ListedObject): void {
    this.#objects += 1;
    const before = this.#classes.get(storageClass ?? 'STANDARD') ?? { objects: 0, bytes: 0 };
    this.#classes.set(storageClass ?? 'STANDARD', { objects: before.objects + 1, bytes: before.bytes + size });
  }

  #noteItem(key: string): void {
    const item = this.#itemOf(key);
    if (!this.#items.has(item) && this.#items.size < mostItems) this.#items.set(item, true);
  }

  /** The first folder that its key is in. */
  #itemOf(key: string): string {
    const [first] = pathOfKey(key).folders;
    return displayRaw(first === undefined ? `/${this.#wanted.bucket}` : `/${this.#wanted.bucket}/${first.name}`);
  }

  #itemsNow(): readonly CapturedItem[] {
    return [...this.#items].map(([path, complete]) => ({ path, complete }));
  }

  #pathOf(key: string): RawPath {
    const { folders, name } = pathOfKey(key);
    return `/${[this.#wanted.bucket, ...folders.map((folder) => folder.name), name].join('/')}`;
  }

  async #bucketFile(facts: Parameters<typeof formatBucketFile>[0]): Promise<readonly string[]> {
    const content = formatBucketFile(facts);
    const { ids, size } = await this.#tools.streams.content(whole(content), content.length);
    return [formatMadeFile({ name: bucketFile, size, mtimeMs: 0, content: hexIds(ids) })];
  }
}

/** They say nothing about one object. */
const endsAll: ReadonlySet<ErrorCode> = new Set(['AWS_CREDENTIAL', 'AWS_LIMITED', 'AWS_UNREACHABLE']);

function madeOf(name: RawPath, object: ListedObject, content: readonly string[], record: Made['record']): Made {
  const { size, lastModifiedMs: mtimeMs } = object;
  const node = (): string => formatMadeFile({ name, size, mtimeMs, content, inode: fingerprintOf(object) });
  return {
    node,
    record: record ?? (async () => recordOf(name, textOf(object.key), object, null)),
    as: null,
  };
}

function textOf(key: string): string {
  return Buffer.from(key, 'latin1').toString('utf8');
}

async function subtree(reader: BlobReader, tree: string | null, name: RawPath): Promise<string | null> {
  if (tree === null) return null;
  try {
    return (await findNode(reader, tree, `/${name}`, name))?.subtree ?? null;
  } catch (error) {
    if (error instanceof HoldfastError) return null;
    throw error;
  }
}

async function* whole(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}
