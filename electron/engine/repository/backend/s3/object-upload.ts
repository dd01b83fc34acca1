/** Objects as they are written: whole, or in parts where they are large; the store holds the bytes against checksums of ours. */
import { hash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { HoldfastError } from '../../../../../shared/model/errors.ts';
import { paceSliceBytes, type Pace } from '../../../platform/network-throttle.ts';
import type { BucketPlace } from './bucket-place.ts';

/** A cut then costs one part, not all of it. */
const largeBytes = 64 * 1024 * 1024;
const partBytes = 16 * 1024 * 1024;
const partsAtOnce = 3;

/** What is said of an object beside its bytes. */
export type ObjectFacts = Pick<
  PutObjectCommandInput,
  'IfNoneMatch' | 'StorageClass' | 'ObjectLockMode' | 'ObjectLockRetainUntilDate'
>;

export class ObjectUploads {
  readonly #place: BucketPlace;
  readonly #pace: Pace | null;
  /** False once the store has refused what it should have held the bytes against; their SHA-256 in the signature stays. */
  #knowsChecksums = true;

  constructor(place: BucketPlace, pace: Pace | null) {
    this.#place = place;
    this.#pace = pace;
  }

  /** Durable when it returns. As `BucketPlace.ask`. */
  async put(path: string, data: Uint8Array, facts: ObjectFacts): Promise<void> {
    const put = (checksums: boolean): Promise<void> =>
      data.length > largeBytes
        ? this.#putInParts(path, data, facts, checksums)
        : this.#putWhole(path, data, facts, checksums);
    if (!this.#knowsChecksums) return put(false);
    try {
      await put(true);
    } catch (error) {
      const isRefused = error instanceof HoldfastError && error.code === 'REPOSITORY_DECLINED';
      if (!isRefused || this.#place.isAws || facts.IfNoneMatch !== undefined) throw error;
      await put(false);
      this.#knowsChecksums = false;
    }
  }

  async #putWhole(path: string, data: Uint8Array, facts: ObjectFacts, checksums: boolean): Promise<void> {
    const digest = hash('sha256', data, 'buffer');
    const command = new PutObjectCommand({
      ...this.#at(path),
      ...facts,
      ...this.#sent(data, facts, digest, checksums),
    });
    await this.#send(`writing ${path}`, (s3) => s3.send(withDigest(command, digest)));
  }

  async #putInParts(path: string, data: Uint8Array, facts: ObjectFacts, checksums: boolean): Promise<void> {
    const what = `writing ${path}`;
    const at = this.#at(path);
    const algorithm = checksums ? ({ ChecksumAlgorithm: 'SHA256' } as const) : {};
    const begin = new CreateMultipartUploadCommand({ ...at, ...facts, ...algorithm });
    const { UploadId } = await this.#send(what, (s3) => s3.send(begin));
    try {
      const Parts = await this.#putParts(what, { ...at, UploadId }, data, checksums);
      const end = new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } });
      await this.#send(what, (s3) => s3.send(end));
    } catch (error) {
      // What cannot be taken back now is found among what is unfinished.
      await this.#send(what, (s3) => s3.send(new AbortMultipartUploadCommand({ ...at, UploadId }))).catch(
        () => undefined,
      );
      throw error;
    }
  }

  /** In the order of their numbers. */
  async #putParts(
    what: string,
    upload: { readonly Bucket: string; readonly Key: string; readonly UploadId: string | undefined },
    data: Uint8Array,
    checksums: boolean,
  ) {
    const count = Math.ceil(data.length / partBytes);
    const parts = Array.from({ length: count }, (_, at) => ({ PartNumber: at + 1 }));
    const waiting = [...parts];
    const sendNext = async (): Promise<void> => {
      for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
        const { PartNumber } = part;
        const bytes = data.subarray((PartNumber - 1) * partBytes, PartNumber * partBytes);
        const digest = hash('sha256', bytes, 'buffer');
        const command = new UploadPartCommand({ ...upload, PartNumber, ...this.#sent(bytes, {}, digest, checksums) });
        const { ETag } = await this.#send(what, (s3) => s3.send(withDigest(command, digest)));
        Object.assign(part, { ETag, ...(checksums ? { ChecksumSHA256: digest.toString('base64') } : {}) });
      }
    };
    const ended = await Promise.allSettled(Array.from({ length: partsAtOnce }, sendNext));
    for (const outcome of ended) if (outcome.status === 'rejected') throw outcome.reason;
    return parts;
  }

  #sent(data: Uint8Array, { ObjectLockMode }: ObjectFacts, digest: Buffer, checksums: boolean) {
    return {
      Body: this.#pace === null ? data : Readable.from(paced(data, this.#pace), { objectMode: false }),
      ContentLength: data.length,
      ...(checksums ? { ChecksumSHA256: digest.toString('base64') } : {}),
      // Without any checksum S3 locks nothing.
      ...(!checksums && ObjectLockMode !== undefined ? { ContentMD5: hash('md5', data, 'base64') } : {}),
    };
  }

  #at(path: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#place.bucket, Key: this.#place.key(path) };
  }

  #send<Answer>(what: string, call: (s3: S3Client) => Promise<Answer>): Promise<Answer> {
    return this.#place.ask(what, call);
  }
}

async function* paced(data: Uint8Array, pace: Pace): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < data.length; at += paceSliceBytes) {
    const slice = data.subarray(at, at + paceSliceBytes);
    await pace.up(slice.length);
    yield slice;
  }
}

type Signed = PutObjectCommand | UploadPartCommand;

/**
 * The SHA-256 that the signature is made over is in hand already, and of a body that is sent in slices the kit would sign
 * none at all. Every store compares it with what arrived.
 */
function withDigest<Command extends Signed>(command: Command, digest: Buffer): Command {
  const stack = (command as PutObjectCommand).middlewareStack;
  stack.add(
    (next) => async (given) => {
      const { headers } = given.request as { readonly headers: Record<string, string> };
      headers['x-amz-content-sha256'] = digest.toString('hex');
      return next(given);
    },
    { step: 'build', name: 'knownDigest' },
  );
  return command;
}
