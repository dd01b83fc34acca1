/** A repository in a bucket of AWS or of anything that speaks S3, laid out as restic's S3 backend does. */
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  RestoreObjectCommand,
} from '@aws-sdk/client-s3';
import { HoldfastError } from '../../../../../shared/model/errors.ts';
import type { S3Location } from '../../../../../shared/model/location.ts';
import type { AccessSettings } from '../../../../../shared/model/repository-access.ts';
import type { Pace } from '../../../platform/network-throttle.ts';
import type { BackendAccess } from '../access.ts';
import {
  configHandle,
  type Backend,
  type ByteRange,
  type FileHandle,
  type FileType,
  type StoredFile,
  type UnfinishedFile,
  type WakeOrder,
} from '../backend.ts';
import { handleAt, storedPath } from '../stored-path.ts';
import { holdsObjects, listObjects, listUploads } from './bucket-lists.ts';
import { BucketPlace } from './bucket-place.ts';
import { codeOf, isMissing, isTaken } from './failures.ts';
import { readObject } from './object-download.ts';
import { ObjectLock } from './object-lock.ts';
import { ObjectUploads, type ObjectFacts } from './object-upload.ts';

/** What restic waits, whatever the place. AWS itself shows at once what was written. */
const otherStoresDelayMs = 200;

/** As `BucketPlace.reach`. */
export async function openS3Backend(location: S3Location, access: BackendAccess): Promise<Backend> {
  return new S3Backend(await BucketPlace.reach(location, access), access.settings, null);
}

class S3Backend implements Backend {
  readonly location: string;
  readonly localFolder = null;
  readonly retention: ObjectLock | undefined;
  readonly #place: BucketPlace;
  readonly #settings: AccessSettings;
  readonly #pace: Pace | null;
  readonly #uploads: ObjectUploads;
  /** Whether anything was seen here in an archive class. */
  #hasArchive = false;

  constructor(place: BucketPlace, settings: AccessSettings, pace: Pace | null) {
    this.location = place.location;
    this.#place = place;
    this.#settings = settings;
    this.#pace = pace;
    this.#uploads = new ObjectUploads(place, pace);
    this.retention = ObjectLock.from(place, settings) ?? undefined;
  }

  paced(pace: Pace): Backend {
    return new S3Backend(this.#place, this.#settings, pace);
  }

  listingDelayMs(): Promise<number> {
    return Promise.resolve(this.#place.isAws ? 0 : otherStoresDelayMs);
  }

  async create(): Promise<void> {
    const found = await this.list('config');
    if (found.length > 0) throw new HoldfastError('REPOSITORY_EXISTS', `There is a repository at ${this.location}.`);
    for (const type of ['snapshots', 'data'] as const) {
      // A new master key over the packs of a repository that only lost its config would make them unreadable for ever.
      if (!(await holdsObjects(this.#place, type, (path) => handleAt(path) !== null))) continue;
      const text = `There is a repository at ${this.location}, but its config is missing.`;
      throw new HoldfastError('REPOSITORY_DAMAGED', text);
    }
  }

  async save(handle: FileHandle, data: Uint8Array): Promise<void> {
    const path = storedPath(handle);
    const facts = this.#factsOf(handle);
    if (handle.type === 'config') await this.#saveConfig(data, facts);
    else await this.#uploads.put(path, data, facts);
  }

  async load(handle: FileHandle, range?: ByteRange): Promise<Buffer<ArrayBuffer>> {
    return readObject(this.#place, storedPath(handle), range, this.#pace);
  }

  async list(type: FileType): Promise<readonly StoredFile[]> {
    if (type === 'config') return this.#findConfig();
    const found: StoredFile[] = [];
    const knowsArchives = this.#hasArchive;
    for await (const { path, size, archived } of listObjects(this.#place, type, knowsArchives)) {
      const handle = handleAt(path);
      if (handle === null) continue;
      found.push({ name: handle.name, size, ...(archived === null ? {} : { archived }) });
      this.#hasArchive ||= archived !== null;
    }
    // What was brought back is said only to who asks for it.
    return this.#hasArchive === knowsArchives ? found : this.list(type);
  }

  async remove(handle: FileHandle): Promise<void> {
    const path = storedPath(handle);
    if (this.retention !== undefined) return this.retention.remove(handle);
    const input = { Bucket: this.#place.bucket, Key: this.#place.key(path) };
    try {
      await this.#place.ask(`removing ${path}`, (s3) => s3.send(new DeleteObjectCommand(input)));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  async wake(handle: FileHandle, { tier, days }: WakeOrder): Promise<void> {
    const path = storedPath(handle);
    const RestoreRequest = { Days: days, GlacierJobParameters: { Tier: tier } };
    const input = { Bucket: this.#place.bucket, Key: this.#place.key(path), RestoreRequest };
    try {
      await this.#place.ask(`asking for ${path}`, (s3) => s3.send(new RestoreObjectCommand(input)));
    } catch (error) {
      if (codeOf(error) !== 'RestoreAlreadyInProgress') throw error;
    }
  }

  /** Uploads in parts: whatever else is written appears whole or not at all. */
  async listUnfinished(): Promise<readonly UnfinishedFile[]> {
    const found: UnfinishedFile[] = [];
    const now = Date.now();
    for await (const { path, uploadId, beganAtMs } of listUploads(this.#place)) {
      // What it has taken so far would cost a call for each.
      if (handleAt(path) !== null) found.push({ path: `${path}#${uploadId}`, size: 0, ageMs: now - beganAtMs });
    }
    return found;
  }

  async removeUnfinished(unfinished: string): Promise<void> {
    const at = unfinished.indexOf('#');
    const [path, UploadId] = [unfinished.slice(0, Math.max(at, 0)), unfinished.slice(at + 1)];
    if (handleAt(path) === null || UploadId === '')
      throw new HoldfastError('INTERNAL', 'An unfinished upload was to be removed by a name it cannot have.');
    const input = { Bucket: this.#place.bucket, Key: this.#place.key(path), UploadId };
    try {
      await this.#place.ask(`removing ${path}`, (s3) => s3.send(new AbortMultipartUploadCommand(input)));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  #factsOf({ type }: FileHandle): ObjectFacts {
    const { storageClass } = this.#settings;
    return {
      // All others are read each time the repository is opened, and some are removed soon.
      ...(type === 'data' && storageClass !== undefined ? { StorageClass: storageClass } : {}),
      ...(type === 'locks' ? {} : this.retention?.facts()),
    };
  }

  /** Once: of two that come at the same time, one wins, also where the store knows no conditions. */
  async #saveConfig(data: Uint8Array, facts: ObjectFacts): Promise<void> {
    try {
      await this.#uploads.put('config', data, { ...facts, IfNoneMatch: '*' });
    } catch (error) {
      if (codeOf(error) !== 'NotImplemented') throw isTaken(error) ? this.#exists(error) : error;
      if ((await this.#findConfig()).length > 0) throw this.#exists(error);
      await this.#uploads.put('config', data, facts);
    }
    // Some take the condition and do not keep to it.
    if (!(await this.load(configHandle)).equals(data)) throw this.#exists();
  }

  async #findConfig(): Promise<readonly StoredFile[]> {
    const input = { Bucket: this.#place.bucket, Key: this.#place.key('config') };
    try {
      const { ContentLength = 0 } = await this.#place.ask('looking for a config', (s3) =>
        s3.send(new HeadObjectCommand(input)),
      );
      return [{ name: 'config', size: ContentLength }];
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  #exists(cause?: unknown): HoldfastError {
    return new HoldfastError('REPOSITORY_EXISTS', `There is a repository at ${this.location}.`, { cause });
  }
}
