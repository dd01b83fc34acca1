/** One object into a bucket: what is there is looked at, what is sent carries its MD5, and nothing is replaced unasked. */
import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  HeadObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  type HeadObjectCommandInput,
  type HeadObjectCommandOutput,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { asked, AwsFailure } from '../../aws/failures.ts';
import { rawFromUtf8 } from '../../platform/raw-path.ts';
import type { Room } from '../../platform/room.ts';
import { listObjects } from '../../sources/s3-bucket/listing.ts';
import type { ListedObject } from '../../sources/s3-bucket/record.ts';
import type { BegunUpload, UploadJournal } from './upload-journal.ts';

export type Headers = Omit<PutObjectCommandInput, 'Bucket' | 'Key' | 'Body' | 'Tagging'> & {
  readonly Tagging?: string;
};

export type Which = Pick<HeadObjectCommandInput, 'PartNumber' | 'VersionId'>;

export type TargetTools = {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly room: Room;
  readonly journal: UploadJournal;
  readonly signal: AbortSignal;
};

/** Objects up to it go in one request. */
export const partBytes = 16 * 1024 * 1024;
/** S3 takes ten thousand. */
const mostParts = 9_000;
const partsAtOnce = 3;
/** Of one part, that is counted: of the largest objects it is more. */
const mostHeld = 64 * 1024 * 1024;

/** What has been sent of an object: the ETag that says so, where S3 keeps it under keys of its own. */
export type Sent = { readonly etag: string };

export class TargetBucket {
  readonly #tools: TargetTools;

  constructor(tools: TargetTools) {
    this.#tools = tools;
  }

  /** AWS_DECLINED where it does not: only the newest would be left of what is written. */
  async mustKeepVersions(): Promise<void> {
    const { s3, bucket: Bucket, signal } = this.#tools;
    const { Status } = await asked('GetBucketVersioning', () =>
      s3.send(new GetBucketVersioningCommand({ Bucket }), { abortSignal: signal }),
    );
    if (Status === 'Enabled') return;
    const text = `${Bucket} keeps no versions: turn that on, or give back what each key is now.`;
    throw new HoldfastError('AWS_DECLINED', text);
  }

  /** Null where there is none. */
  async look(Key: string, which: Which = {}): Promise<HeadObjectCommandOutput | null> {
    const { s3, bucket: Bucket, signal } = this.#tools;
    const input = { Bucket, Key, ChecksumMode: 'ENABLED' as const, ...which };
    try {
      return await asked('HeadObject', () => s3.send(new HeadObjectCommand(input), { abortSignal: signal }));
    } catch (error) {
      if (error instanceof HoldfastError && error.code === 'AWS_NOT_FOUND') return null;
      throw error;
    }
  }

  /** All that the bucket keeps of a key, in no order. */
  async versions(key: string): Promise<readonly ListedObject[]> {
    const found: ListedObject[] = [];
    const raw = rawFromUtf8(key);
    for await (const page of listObjects({ ...this.#tools, prefix: key, versions: true })) {
      // Longer keys follow.
      const own = page.filter((one) => one.key === raw);
      found.push(...own);
      if (own.length < page.length) break;
    }
    return found;
  }

  /** Where versions are kept, a marker says that the key was deleted. */
  async remove(Key: string): Promise<void> {
    const { s3, bucket: Bucket, signal } = this.#tools;
    await asked('DeleteObject', () => s3.send(new DeleteObjectCommand({ Bucket, Key }), { abortSignal: signal }));
  }

  /** `mayReplace`: false where nothing may be there. Its AWS code is `PreconditionFailed` where something is. */
  async put(Key: string, Body: Buffer, headers: Headers, mayReplace: boolean): Promise<Sent> {
    const { s3, bucket: Bucket, signal } = this.#tools;
    const md5 = createHash('md5').update(Body).digest();
    const input = { ...headers, Bucket, Key, Body, ContentMD5: md5.toString('base64'), ...unlessThere(mayReplace) };
    await asked('PutObject', () => s3.send(new PutObjectCommand(input), { abortSignal: signal }));
    return { etag: md5.toString('hex') };
  }

  /** In parts, several at a time; goes on with an upload of the same content that was begun before. */
  async putParts(
    Key: string,
    what: { readonly size: number; readonly content: string },
    parts: (bytes: number) => AsyncIterable<Buffer>,
    headers: Headers,
    mayReplace: boolean,
  ): Promise<Sent> {
    const { room } = this.#tools;
    const { begun, there } = await this.#upload(Key, what, headers);
    const md5s: Buffer[] = [];
    const etags: string[] = [];
    const sending = new Set<Promise<void>>();
    const source = parts(begun.partBytes)[Symbol.asyncIterator]();
    try {
      for (let number = 1; (number - 1) * begun.partBytes < what.size; number++) {
        const length = Math.min(begun.partBytes, what.size - (number - 1) * begun.partBytes);
        const held = Math.min(length, mostHeld);
        // The room is asked for before the part is read, and only while this one holds none that it waits with.
        while (sending.size >= partsAtOnce || (sending.size > 0 && !room.isFree(held))) await Promise.race(sending);
        await room.take(held);
        const body = await this.#next(source, held);
        md5s.push(createHash('md5').update(body).digest());
        const send = this.#sendPart(begun, number, body, md5s[number - 1] as Buffer, there)
          .then((etag) => void (etags[number - 1] = etag))
          .finally(() => room.giveBack(held));
        const tracked: Promise<void> = send.finally(() => sending.delete(tracked));
        tracked.catch(() => undefined);
        sending.add(tracked);
      }
      await Promise.all(sending);
    } finally {
      await Promise.allSettled(sending);
      await source.return?.();
    }
    await this.#complete(begun, etags, mayReplace);
    return { etag: `${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-${md5s.length}` };
  }

  async #next(source: AsyncIterator<Buffer>, held: number): Promise<Buffer> {
    try {
      const next = await source.next();
      if (next.done !== true) return next.value;
      throw new HoldfastError('BLOB_DAMAGED', 'The snapshot holds less of it than its length says.');
    } catch (error) {
      this.#tools.room.giveBack(held);
      throw error;
    }
  }

  async abort({ key: Key, upload: UploadId }: BegunUpload): Promise<void> {
    const { s3, bucket: Bucket, journal, signal } = this.#tools;
    const input = { Bucket, Key, UploadId };
    try {
      await asked('AbortMultipartUpload', () =>
        s3.send(new AbortMultipartUploadCommand(input), { abortSignal: signal }),
      );
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    journal.settle(UploadId);
  }

  /** One that was begun for the same content, with the parts that are there; else a new one. */
  async #upload(Key: string, { size, content }: { readonly size: number; readonly content: string }, headers: Headers) {
    const { s3, bucket: Bucket, journal, signal } = this.#tools;
    const before = journal.find(Key, content);
    const there = before === null ? null : await this.#partsThere(before);
    if (before !== null && there !== null) return { begun: before, there };
    if (before !== null) journal.settle(before.upload);
    const { UploadId: upload = '' } = await asked('CreateMultipartUpload', () =>
      s3.send(new CreateMultipartUploadCommand({ ...headers, Bucket, Key }), { abortSignal: signal }),
    );
    const mib = 1024 * 1024;
    const bytes = Math.max(partBytes, Math.ceil(size / mostParts / mib) * mib);
    const begun = { key: Key, upload, content, partBytes: bytes };
    journal.add(begun);
    return { begun, there: new Map<number, string>() };
  }

  /** ETags by number; null where the upload is gone. */
  async #partsThere({ key: Key, upload: UploadId }: BegunUpload): Promise<Map<number, string> | null> {
    const { s3, bucket: Bucket, signal } = this.#tools;
    const there = new Map<number, string>();
    let marker: string | undefined;
    for (let pages = 0; pages <= mostParts; pages++) {
      const more = marker === undefined ? {} : { PartNumberMarker: marker };
      try {
        const page = await asked('ListParts', () =>
          s3.send(new ListPartsCommand({ Bucket, Key, UploadId, ...more }), { abortSignal: signal }),
        );
        for (const { PartNumber = 0, ETag = '' } of page.Parts ?? []) there.set(PartNumber, ETag.replaceAll('"', ''));
        if (page.IsTruncated !== true || page.NextPartNumberMarker === undefined) return there;
        marker = page.NextPartNumberMarker;
      } catch (error) {
        if (isGone(error)) return null;
        throw error;
      }
    }
    return there;
  }

  async #sendPart(
    { key: Key, upload: UploadId }: BegunUpload,
    PartNumber: number,
    Body: Buffer,
    md5: Buffer,
    there: ReadonlyMap<number, string>,
  ): Promise<string> {
    const { s3, bucket: Bucket, signal } = this.#tools;
    if (there.get(PartNumber) === md5.toString('hex')) return md5.toString('hex');
    const input = { Bucket, Key, UploadId, PartNumber, Body, ContentMD5: md5.toString('base64') };
    const { ETag = '' } = await asked('UploadPart', () =>
      s3.send(new UploadPartCommand(input), { abortSignal: signal }),
    );
    return ETag.replaceAll('"', '');
  }

  async #complete({ key: Key, upload: UploadId }: BegunUpload, etags: readonly string[], mayReplace: boolean) {
    const { s3, bucket: Bucket, journal, signal } = this.#tools;
    const Parts = etags.map((etag, at) => ({ PartNumber: at + 1, ETag: `"${etag}"` }));
    const input = { Bucket, Key, UploadId, MultipartUpload: { Parts }, ...unlessThere(mayReplace) };
    await asked('CompleteMultipartUpload', () =>
      s3.send(new CompleteMultipartUploadCommand(input), { abortSignal: signal }),
    );
    journal.settle(UploadId);
  }
}

function unlessThere(mayReplace: boolean): { readonly IfNoneMatch?: string } {
  return mayReplace ? {} : { IfNoneMatch: '*' };
}

function isGone(error: unknown): boolean {
  return error instanceof AwsFailure && (error.awsCode === 'NoSuchUpload' || error.status === 404);
}
