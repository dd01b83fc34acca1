/** Objects as they are read: whole and held against the store's checksum, or exactly a range of them. */
import type { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { HoldfastError } from '../../../../../shared/model/errors.ts';
import type { Pace } from '../../../platform/network-throttle.ts';
import type { ByteRange } from '../backend.ts';
import { PlaceUnreachable } from '../failure.ts';
import type { BucketPlace } from './bucket-place.ts';
import { codeOf, isMissing } from './failures.ts';

/** No file of a repository comes near it: more is an answer that lies. */
const largestBytes = 4 * 1024 ** 3;
/** Nothing may come for so long before the answer is given up. */
const idleMs = 60_000;

/** STORED_FILE_MISSING, STORED_FILE_DAMAGED; else as `BucketPlace.ask`. */
export async function readObject(
  place: BucketPlace,
  path: string,
  range: ByteRange | undefined,
  pace: Pace | null,
): Promise<Buffer<ArrayBuffer>> {
  try {
    if (range?.length === 0) return await readNothing(place, path, range);
    const read = () => (range === undefined ? readWhole(place, path, pace) : readRange(place, path, range, pace));
    const first = await read();
    // It may only have been damaged on its way.
    return first ?? (await read()) ?? refuseDamaged(path, 'does not hold what was written to it');
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new HoldfastError('STORED_FILE_MISSING', `${path} is missing.`, { cause: error });
  }
}

/** Null where it is not what the store's checksum says. */
async function readWhole(place: BucketPlace, path: string, pace: Pace | null): Promise<Buffer<ArrayBuffer> | null> {
  return place.ask(`reading ${path}`, async (s3) => {
    const input = { Bucket: place.bucket, Key: place.key(path), ChecksumMode: 'ENABLED' } as const;
    const answer = await s3.send(new GetObjectCommand(input));
    try {
      return await bodyOf(answer, largestBytes, path, pace);
    } catch (error) {
      // The kit compares it as the last bytes come.
      if (error instanceof Error && /checksum mismatch/i.test(error.message)) return null;
      throw error;
    }
  });
}

async function readRange(
  place: BucketPlace,
  path: string,
  { offset, length, mayEndEarly }: ByteRange,
  pace: Pace | null,
): Promise<Buffer<ArrayBuffer>> {
  const input = { Bucket: place.bucket, Key: place.key(path), Range: `bytes=${offset}-${offset + length - 1}` };
  try {
    return await place.ask(`reading ${path}`, async (s3) => {
      const answer = await s3.send(new GetObjectCommand(input));
      if (!(answer.ContentRange ?? '').startsWith(`bytes ${offset}-`)) {
        discard(answer);
        throw new HoldfastError('REPOSITORY_DECLINED', `${place.location} gives no part of a file on its own.`);
      }
      if ((answer.ContentLength ?? 0) < length && mayEndEarly !== true) {
        discard(answer);
        refuseDamaged(path, 'is shorter than it should be');
      }
      return bodyOf(answer, length, path, pace);
    });
  } catch (error) {
    if (codeOf(error) !== 'InvalidRange') throw error;
    return mayEndEarly === true ? Buffer.alloc(0) : refuseDamaged(path, 'is shorter than it should be');
  }
}

/** S3 knows no range without a byte in it. */
async function readNothing(place: BucketPlace, path: string, { offset, mayEndEarly }: ByteRange) {
  const { ContentLength = 0 } = await place.ask(`reading ${path}`, (s3) =>
    s3.send(new HeadObjectCommand({ Bucket: place.bucket, Key: place.key(path) })),
  );
  if (offset > ContentLength && mayEndEarly !== true) refuseDamaged(path, 'is shorter than it should be');
  return Buffer.alloc(0);
}

async function bodyOf(
  answer: GetObjectCommandOutput,
  most: number,
  path: string,
  pace: Pace | null,
): Promise<Buffer<ArrayBuffer>> {
  const body = answer.Body as Readable;
  const { ContentLength: length } = answer;
  if (length === undefined || length > most) {
    discard(answer);
    throw new HoldfastError(
      'REPOSITORY_DECLINED',
      `The answer to reading ${path} is of another length than was asked for.`,
    );
  }
  const data = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  const silence = setTimeout(() => body.destroy(new Error('nothing came any more')), idleMs);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (filled + chunk.length > length) throw new PlaceUnreachable(`${path} came longer than it was announced.`);
      chunk.copy(data, filled);
      filled += chunk.length;
      if (pace !== null) await pace.down(chunk.length);
      silence.refresh();
    }
  } finally {
    clearTimeout(silence);
  }
  if (filled < length)
    throw new PlaceUnreachable(`The answer to reading ${path} ended after ${filled} of ${length} bytes.`);
  return data;
}

function discard({ Body }: GetObjectCommandOutput): void {
  (Body as Readable | undefined)?.destroy();
}

function refuseDamaged(path: string, how: string): never {
  throw new HoldfastError('STORED_FILE_DAMAGED', `${path} ${how}.`);
}
