/** Whether what came is what S3 keeps: held against the strongest that it says of the content, and in any case its length. */
import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';

/** What S3 says of the content of an object. */
export type Claim =
  | { readonly by: 'md5' | 'sha256' | 'sha1' | 'crc32'; readonly value: string }
  /** MD5 of the MD5s of its parts, which all but the last are of the same length. */
  | { readonly by: 'md5-of-parts'; readonly value: string; readonly partBytes: number }
  /** Nothing that can be held against it: its length alone. */
  | { readonly by: 'length' };

type Answer = Pick<
  HeadObjectCommandOutput,
  | 'ETag'
  | 'ServerSideEncryption'
  | 'SSECustomerAlgorithm'
  | 'ChecksumType'
  | 'ChecksumSHA256'
  | 'ChecksumSHA1'
  | 'ChecksumCRC32'
>;

/** From the answer to a request for the whole object with its checksums. */
export function claimIn(answer: Answer): Claim {
  const isWhole = (value: string | undefined): value is string =>
    value !== undefined && answer.ChecksumType !== 'COMPOSITE' && !value.includes('-');
  if (isWhole(answer.ChecksumSHA256)) return { by: 'sha256', value: answer.ChecksumSHA256 };
  if (isWhole(answer.ChecksumSHA1)) return { by: 'sha1', value: answer.ChecksumSHA1 };
  // MD5 costs six times as much as this, and half of what cutting, hashing and sealing cost together.
  if (isWhole(answer.ChecksumCRC32)) return { by: 'crc32', value: answer.ChecksumCRC32 };
  const etag = md5In(answer);
  return etag === null ? { by: 'length' } : { by: 'md5', value: etag };
}

/** Of an object in parts, when the first of them is so long; null where its parts are not all alike. */
export function claimOfParts({ ETag = '' }: Answer, size: number, partBytes: number): Claim | null {
  const [, value = '', parts = ''] = /^"?([0-9a-f]{32})-(\d{1,5})"?$/.exec(ETag) ?? [];
  if (value === '' || partBytes <= 0 || Math.ceil(size / partBytes) !== Number(parts)) return null;
  return { by: 'md5-of-parts', value: ETag.replaceAll('"', ''), partBytes };
}

export function isOfParts({ ETag = '' }: Answer): boolean {
  return /^"?[0-9a-f]{32}-\d{1,5}"?$/.test(ETag);
}

function md5In({ ETag = '', ServerSideEncryption: kept, SSECustomerAlgorithm }: Answer): string | null {
  const [, etag = null] = /^"?([0-9a-f]{32})"?$/.exec(ETag) ?? [];
  // With keys of KMS, or of whoever asks, it is something else.
  const isOther = (kept !== undefined && kept.startsWith('aws:kms')) || SSECustomerAlgorithm !== undefined;
  return isOther ? null : etag;
}

/** Takes content in its order, and says whether it is what was claimed. */
export class Verifier {
  readonly #claim: Claim;
  readonly #size: number;
  readonly #hash: Hash | null;
  #crc = 0;
  #bytes = 0;
  readonly #parts: Buffer[] = [];
  #part = createHash('md5');

  constructor(claim: Claim, size: number) {
    this.#claim = claim;
    this.#size = size;
    const { by } = claim;
    this.#hash = by === 'md5' || by === 'sha256' || by === 'sha1' ? createHash(by) : null;
  }

  update(data: Uint8Array): void {
    const { by } = this.#claim;
    if (by === 'crc32') this.#crc = crc32(data, this.#crc);
    else if (by === 'md5-of-parts') this.#updateParts(data, this.#claim.partBytes);
    else this.#hash?.update(data);
    this.#bytes += data.length;
  }

  /** Null where it is; else in words what it is not. */
  fault(): string | null {
    if (this.#bytes !== this.#size) return `${this.#bytes} bytes came instead of ${this.#size}`;
    const claim = this.#claim;
    switch (claim.by) {
      case 'length':
        return null;
      case 'crc32': {
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32BE(this.#crc);
        return bytes.toString('base64') === claim.value ? null : 'its checksum (CRC32) is another';
      }
      case 'md5':
        return this.#hash?.digest('hex') === claim.value ? null : 'its ETag is another';
      case 'md5-of-parts':
        return this.#ofParts() === claim.value ? null : 'its ETag is another';
      case 'sha1':
      case 'sha256':
        return this.#hash?.digest('base64') === claim.value ? null : `its checksum (${claim.by}) is another`;
    }
  }

  #updateParts(data: Uint8Array, partBytes: number): void {
    for (let at = 0; at < data.length;) {
      const inPart = (this.#bytes + at) % partBytes;
      const taken = Math.min(data.length - at, partBytes - inPart);
      this.#part.update(data.subarray(at, at + taken));
      at += taken;
      if (inPart + taken === partBytes) this.#closePart();
    }
  }

  #closePart(): void {
    this.#parts.push(this.#part.digest());
    this.#part = createHash('md5');
  }

  #ofParts(): string {
    if (this.#claim.by === 'md5-of-parts' && this.#size % this.#claim.partBytes !== 0) this.#closePart();
    const digest = createHash('md5').update(Buffer.concat(this.#parts)).digest('hex');
    return `${digest}-${this.#parts.length}`;
  }
}
