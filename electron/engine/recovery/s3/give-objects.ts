/** Objects of a snapshot into a bucket: several at a time, in bounded memory, each decided by what is there already. */
import { createHash } from 'node:crypto';
import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { Issue } from '../../../../shared/contract/common.ts';
import { HoldfastError, toHoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import { AwsFailure } from '../../aws/failures.ts';
import type { Room } from '../../platform/room.ts';
import type { BlobReader } from '../../repository/blob-reader.ts';
import { findNode } from '../../repository/tree-lookup.ts';
import { Slots } from '../../sources/parallel.ts';
import { readBucketFile, versionsFolder } from '../../sources/s3-bucket/bucket-file.ts';
import { storedObjects, type StoredObject } from '../../sources/s3-bucket/stored-objects.ts';
import { storedVersions, type VersionsOfKey } from '../../sources/s3-bucket/stored-versions.ts';
import { claimIn, isOfParts } from '../../sources/s3-bucket/verify.ts';
import { Comparison, isMarkerOf } from './comparison.ts';
import type { GiveOptions, Given } from './give-protocol.ts';
import { headersOf, notGivenBackOf } from './headers-of.ts';
import { partsOf } from './object-content.ts';
import { partBytes, type Sent, type TargetBucket } from './target-bucket.ts';
import type { FollowTarget } from './follow-target.ts';
import type { UploadJournal } from './upload-journal.ts';

export type GiveTools = {
  readonly target: TargetBucket;
  readonly journal: UploadJournal;
  readonly reader: BlobReader;
  readonly room: Room;
  readonly signal: AbortSignal;
  readonly onIssue: (issue: Issue) => void;
  /** Of a target that is to hold nothing else. */
  readonly follows: FollowTarget | null;
};

const objectsAtOnce = 32;
const namedConflicts = 1_000;
/** They say nothing about one object. */
const endsAll: ReadonlySet<ErrorCode> = new Set(['AWS_CREDENTIAL', 'AWS_LIMITED', 'CANCELLED']);

export class ObjectGiving {
  doneItems = 0;
  doneBytes = 0;
  currentItem: string | null = null;
  readonly #options: GiveOptions;
  readonly #tools: GiveTools;
  readonly #notGivenBack = new Set<string>();
  readonly #conflicts = { kept: 0, replaced: 0, newer: 0, named: [] as Given['conflicts']['named'] };
  readonly #counts = { objects: 0, bytes: 0, unchanged: 0, verified: 0 };
  #fatal: HoldfastError | null = null;
  #isSameBucket = false;
  #issues = 0;
  readonly #comparison: Comparison;

  constructor(options: GiveOptions, tools: GiveTools) {
    this.#options = options;
    this.#tools = tools;
    this.#comparison = new Comparison(tools);
  }

  /** PATH_NOT_IN_SNAPSHOT where it holds no bucket; AWS_… */
  async run(): Promise<Given> {
    const { tree, from, only, bucket, prefix, dryRun } = this.#options;
    const wanted = only === undefined ? null : new Set(only);
    const { reader, journal, target } = this.#tools;
    const facts = await readBucketFile(reader, tree);
    if (facts === null) throw new HoldfastError('PATH_NOT_IN_SNAPSHOT', 'The snapshot is of no bucket.');
    if (facts.versions && this.#options.versions === 'all') await target.mustKeepVersions();
    const node = await findNode(reader, tree, `/${facts.bucket}`, facts.bucket);
    this.#isSameBucket = facts.bucket === bucket && prefix === '';
    const olds = facts.versions ? await findNode(reader, tree, `/${versionsFolder}`, versionsFolder) : null;
    const trees = { present: node?.subtree ?? '', old: olds?.subtree ?? null };
    const slots = new Slots(objectsAtOnce);
    const giving = new Set<Promise<void>>();
    const onBad = (name: string): void => this.#issue(name, 'TREE_INVALID', 'It has a name that no key has.');
    for await (const object of this.#keys(trees, rawOf(from), onBad)) {
      if (this.#fatal !== null) break;
      if (wanted?.has(object.key) === false) continue;
      const entered = Promise.withResolvers<void>();
      const give: Promise<void> = slots
        .hold(async () => {
          entered.resolve();
          await this.#giveOne(object);
        })
        .finally(() => giving.delete(give));
      giving.add(give);
      await entered.promise;
    }
    await Promise.all(giving);
    if (this.#fatal !== null) throw this.#fatal;
    if (!dryRun) await this.#giveUpLeftovers(journal, target);
    const removed = await this.#removeOthers();
    return {
      dryRun,
      bucket,
      prefix,
      ...this.#counts,
      conflicts: { ...this.#conflicts },
      notGivenBack: [...this.#notGivenBack],
      removed,
    };
  }

  /** What could not be given may be what is there under its key. */
  async #removeOthers(): Promise<number> {
    const { follows, target } = this.#tools;
    if (follows === null || this.#issues > 0) return 0;
    await follows.removeOthers((key) => target.remove(key));
    if (follows.notKept > 0) this.#notGivenBack.add(tooLarge);
    return follows.removed;
  }

  /** What is given back of each key. */
  async *#keys(
    { present, old }: { readonly present: string; readonly old: string | null },
    from: string,
    onBad: (name: string) => void,
  ): AsyncGenerator<VersionsOfKey> {
    const { reader } = this.#tools;
    if (old !== null && this.#options.versions === 'all') {
      yield* storedVersions(reader, { present, old }, from, onBad);
      return;
    }
    if (old !== null) this.#notGivenBack.add(onlyNewest);
    if (old === null && this.#options.versions === 'all') this.#notGivenBack.add(noVersions);
    for await (const object of storedObjects(reader, present, from, onBad))
      yield { key: object.key, versions: [object], isOrderGuessed: false };
  }

  /** What it meets is told; what is about all objects ends the rest. */
  async #giveOne({ key: raw, versions, isOrderGuessed }: VersionsOfKey): Promise<void> {
    const key = this.#options.prefix + Buffer.from(raw, 'latin1').toString('utf8');
    this.currentItem = key;
    this.#tools.follows?.want(key);
    try {
      if (Buffer.byteLength(key) > 1024)
        throw new HoldfastError('AWS_DECLINED', 'With the prefix the key is longer than S3 takes.');
      if (isOrderGuessed) this.#notGivenBack.add(guessedOrder);
      const [only, ...others] = versions;
      if (only !== undefined && others.length === 0 && this.#options.versions === 'newest')
        await this.#decide(key, only);
      else await this.#decideAll(key, versions);
      this.doneItems += versions.length;
      for (const { node } of versions) this.doneBytes += node.size;
    } catch (error) {
      const failure = toHoldfastError(error);
      const awsCode = failure instanceof AwsFailure ? failure.awsCode : null;
      if (failure instanceof AwsFailure && failure.status === 412) return this.#keep(key, false);
      const isSilent = failure.code === 'AWS_UNREACHABLE' && awsCode === null;
      if (endsAll.has(failure.code) || awsCode === 'NoSuchBucket' || isSilent) this.#fatal ??= failure;
      else this.#issue(key, failure.code, failure.message);
    }
  }

  async #decide(key: string, object: StoredObject): Promise<void> {
    const { overwrite } = this.#options;
    const there = await this.#tools.target.look(key);
    const newer = there !== null && this.#isNewer(object, there);
    if (there !== null) {
      if (await this.#isSame(key, object, there)) {
        this.#counts.unchanged += 1;
        return;
      }
      if (overwrite === 'never') return this.#keep(key, newer);
    }
    if (there !== null) await this.#tools.follows?.keepAside(key, there.ContentLength ?? 0);
    await this.#write(key, object, there !== null);
    if (there !== null) this.#replaced(key, newer);
  }

  /** In their order. A bucket that has the first of them from a try before gets those that follow. */
  async #decideAll(key: string, versions: readonly StoredObject[]): Promise<void> {
    const there = await this.#tools.target.versions(key);
    const had = await this.#comparison.firstOf(key, versions, there);
    if (had === null && this.#options.overwrite === 'never') return this.#keep(key, false);
    this.#counts.unchanged += had ?? 0;
    let mayReplace = there.length > 0;
    for (const version of versions.slice(had ?? 0)) {
      await this.#write(key, version, mayReplace);
      mayReplace = true;
    }
    if (had === null) this.#replaced(key, false);
  }

  async #write(key: string, object: StoredObject, mayReplace: boolean): Promise<void> {
    const { dryRun, verify } = this.#options;
    if (!dryRun && isMarkerOf(object)) await this.#tools.target.remove(key);
    else if (!dryRun) {
      const sent = await this.#send(key, object, mayReplace);
      if (verify) await this.#verify(key, object, sent);
    }
    this.#counts.objects += 1;
    this.#counts.bytes += object.node.size;
    for (const sentence of notGivenBackOf(object.record)) this.#notGivenBack.add(sentence);
  }

  async #send(key: string, { node, record }: StoredObject, mayReplace: boolean): Promise<Sent> {
    const { target, room, reader } = this.#tools;
    const headers = headersOf(record);
    const { size } = node;
    if (size > partBytes) {
      const content = createHash('sha256')
        .update(JSON.stringify([node.content, headers]))
        .digest('hex');
      return target.putParts(key, { size, content }, (bytes) => partsOf(reader, node, bytes), headers, mayReplace);
    }
    await room.take(size);
    try {
      for await (const whole of partsOf(reader, node, partBytes))
        return await target.put(key, whole, headers, mayReplace);
      throw new HoldfastError('INTERNAL', 'An object has no content, not even an empty one.');
    } finally {
      room.giveBack(size);
    }
  }

  /** Asked of S3 once more: length, and what its ETag should be where that says something of the content. */
  async #verify(key: string, { node }: StoredObject, { etag }: Sent): Promise<void> {
    const now = await this.#tools.target.look(key);
    const isKept = now !== null && now.ContentLength === node.size;
    const claim = now === null ? null : claimIn(now);
    const hasEtag = now !== null && (claim?.by === 'md5' || isOfParts(now));
    if (!isKept || (hasEtag && now.ETag?.replaceAll('"', '') !== etag))
      throw new HoldfastError(
        'VERIFY_FAILED',
        'What S3 keeps now is not what was sent; somebody may have written to it.',
      );
    this.#counts.verified += 1;
  }

  /** By what S3 says of it, held against the content in the snapshot. `always` replaces without a look. */
  async #isSame(key: string, object: StoredObject, there: HeadObjectCommandOutput): Promise<boolean> {
    return this.#options.overwrite !== 'always' && (await this.#comparison.isSame(key, object, there));
  }

  #isNewer({ record }: StoredObject, there: HeadObjectCommandOutput): boolean {
    const then = record === null ? Number.NaN : Date.parse(record.lastModified);
    return this.#isSameBucket && (there.LastModified?.getTime() ?? 0) > then;
  }

  #keep(key: string, newer: boolean): void {
    this.#conflicts.kept += 1;
    this.#name(key, 'kept', newer);
  }

  #replaced(key: string, newer: boolean): void {
    this.#conflicts.replaced += 1;
    if (newer) this.#conflicts.newer += 1;
    this.#name(key, 'replaced', newer);
  }

  #name(key: string, action: 'kept' | 'replaced', newer: boolean): void {
    if (this.#conflicts.named.length < namedConflicts) this.#conflicts.named.push({ key, action, newer });
  }

  #issue(path: string, code: ErrorCode, message: string): void {
    this.#issues += 1;
    this.#tools.onIssue({ path, code, message });
  }

  /** Uploads that an earlier try has begun, and this one had no use for. */
  async #giveUpLeftovers(journal: UploadJournal, target: TargetBucket): Promise<void> {
    for (const left of journal.left) await target.abort(left);
    journal.remove();
  }
}

const onlyNewest = 'What each key is now is given back; earlier versions and markers of what was deleted are not.';
const noVersions = 'The snapshot holds no earlier versions: what each key was is given back.';
const tooLarge = 'What is larger than 5 GiB, or has too long a key, was replaced without being kept aside.';
const guessedOrder = 'Earlier versions of one second were given back in an order that may not have been theirs.';

function rawOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
