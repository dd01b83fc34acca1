/**
 * Object Lock: until when the store lets nobody remove a file. Given with each file that is written but locks, and put off
 * by whoever knows that a file is still needed.
 */
import { DeleteObjectCommand, HeadObjectCommand, PutObjectRetentionCommand } from '@aws-sdk/client-s3';
import { HoldfastError } from '../../../../../shared/model/errors.ts';
import type { AccessSettings } from '../../../../../shared/model/repository-access.ts';
import { describeHandle, type FileHandle, type Retention } from '../backend.ts';
import { storedPath } from '../stored-path.ts';
import type { BucketPlace } from './bucket-place.ts';
import { codeOf, isMissing } from './failures.ts';
import type { ObjectFacts } from './object-upload.ts';

const dayMs = 24 * 3_600_000;

export class ObjectLock implements Retention {
  readonly #place: BucketPlace;
  readonly mode: 'governance' | 'compliance';
  readonly days: number;

  private constructor(place: BucketPlace, mode: ObjectLock['mode'], days: number) {
    this.#place = place;
    this.mode = mode;
    this.days = days;
  }

  /** Null where none is asked for. */
  static from(place: BucketPlace, { lockMode, lockDays }: AccessSettings): ObjectLock | null {
    if (lockMode === undefined || lockDays === undefined) return null;
    return new ObjectLock(place, lockMode, lockDays);
  }

  get #mode(): 'GOVERNANCE' | 'COMPLIANCE' {
    return this.mode === 'compliance' ? 'COMPLIANCE' : 'GOVERNANCE';
  }

  /** For a file that is written now. */
  facts(): ObjectFacts {
    return { ObjectLockMode: this.#mode, ObjectLockRetainUntilDate: new Date(Date.now() + this.days * dayMs) };
  }

  async heldUntilMs(handle: FileHandle): Promise<number | null> {
    return (await this.#look(handle))?.untilMs ?? null;
  }

  async lockOn(handle: FileHandle): ReturnType<Retention['lockOn']> {
    const { untilMs = null, mode } = (await this.#look(handle)) ?? {};
    if (untilMs === null || mode === undefined) return null;
    return { mode: mode === 'COMPLIANCE' ? 'compliance' : 'governance', untilMs };
  }

  async tryRemoving(handle: FileHandle, override: boolean): Promise<'refused' | 'removed'> {
    const { version } = (await this.#look(handle)) ?? {};
    // Without versions there is no Object Lock, and a removal is one.
    const at = {
      Bucket: this.#place.bucket,
      Key: this.#place.key(storedPath(handle)),
      ...(version === undefined ? {} : { VersionId: version }),
      ...(override ? { BypassGovernanceRetention: true } : {}),
    };
    try {
      await this.#place.ask(`trying to remove ${describeHandle(handle)}`, (s3) => s3.send(new DeleteObjectCommand(at)));
      return 'removed';
    } catch (error) {
      if (codeOf(error) === 'AccessDenied') return 'refused';
      throw error;
    }
  }

  async holdUntil(handle: FileHandle, untilMs: number): Promise<void> {
    const at = { Bucket: this.#place.bucket, Key: this.#place.key(storedPath(handle)) };
    const Retention = { Mode: this.#mode, RetainUntilDate: new Date(untilMs) };
    try {
      await this.#place.ask(`holding ${describeHandle(handle)}`, (s3) =>
        // Old rules of S3 want a checksum of what locks something.
        s3.send(new PutObjectRetentionCommand({ ...at, Retention, ChecksumAlgorithm: 'SHA256' })),
      );
    } catch (error) {
      if (!isMissing(error)) throw error;
      throw new HoldfastError('STORED_FILE_MISSING', `${describeHandle(handle)} is missing.`, { cause: error });
    }
  }

  /**
   * The bytes themselves, and not only their name: in a bucket with versions a plain removal hides them and goes on costing.
   * STORED_FILE_HELD.
   */
  async remove(handle: FileHandle): Promise<void> {
    const found = await this.#look(handle);
    if (found === null) return;
    const { untilMs, version } = found;
    const what = describeHandle(handle);
    if (untilMs !== null && untilMs > Date.now() && handle.type !== 'locks') throw held(what, untilMs);
    const at = { Bucket: this.#place.bucket, Key: this.#place.key(storedPath(handle)) };
    const isGone = await this.#delete(what, { ...at, ...(version === undefined ? {} : { VersionId: version }) });
    if (isGone) return;
    // A lock file that the bucket's own setting holds on to is out of everybody's way once it is hidden.
    if (handle.type !== 'locks') throw held(what, untilMs);
    await this.#delete(what, at);
  }

  async #delete(what: string, input: { readonly Bucket: string; readonly Key: string; readonly VersionId?: string }) {
    try {
      await this.#place.ask(`removing ${what}`, (s3) => s3.send(new DeleteObjectCommand(input)));
      return true;
    } catch (error) {
      if (isMissing(error)) return true;
      // S3 says no more of a lock than that it is not allowed.
      if (input.VersionId !== undefined && codeOf(error) === 'AccessDenied') return false;
      throw error;
    }
  }

  async #look(handle: FileHandle) {
    const at = { Bucket: this.#place.bucket, Key: this.#place.key(storedPath(handle)) };
    try {
      const head = await this.#place.ask(`looking at ${describeHandle(handle)}`, (s3) =>
        s3.send(new HeadObjectCommand(at)),
      );
      const { ObjectLockRetainUntilDate: until, ObjectLockMode: mode, VersionId: version } = head;
      return { untilMs: until?.getTime() ?? null, mode, version };
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }
}

function held(what: string, untilMs: number | null): HoldfastError {
  const until = untilMs === null ? '' : ` until ${new Date(untilMs).toISOString()}`;
  return new HoldfastError('STORED_FILE_HELD', `${what} is locked in the store${until}.`);
}
