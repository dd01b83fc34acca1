import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { claimIn, claimOfParts, Verifier, type Claim } from '../../../../electron/engine/sources/s3-bucket/verify.ts';

const content = Buffer.from('what S3 keeps, in four parts of eight');
const digest = (algorithm: string, encoding: 'hex' | 'base64', data: Uint8Array = content): string =>
  createHash(algorithm).update(data).digest(encoding);
const crc = Buffer.alloc(4);
crc.writeUInt32BE(crc32(content));
const partBytes = 8;
const parts = Array.from({ length: Math.ceil(content.length / partBytes) }, (_, at) =>
  createHash('md5')
    .update(content.subarray(at * partBytes, (at + 1) * partBytes))
    .digest(),
);
const ofParts = `${digest('md5', 'hex', Buffer.concat(parts))}-${parts.length}`;

function faultOf(claim: Claim, data: Buffer, step: number): string | null {
  const verifier = new Verifier(claim, content.length);
  for (let at = 0; at < data.length; at += step) verifier.update(data.subarray(at, at + step));
  return verifier.fault();
}

const claims: readonly Claim[] = [
  { by: 'md5', value: digest('md5', 'hex') },
  { by: 'sha1', value: digest('sha1', 'base64') },
  { by: 'sha256', value: digest('sha256', 'base64') },
  { by: 'crc32', value: crc.toString('base64') },
  { by: 'md5-of-parts', value: ofParts, partBytes },
];

describe.each(claims)('content that is claimed by $by', (claim) => {
  test.each([1, 5, 8, 100])('passes in pieces of %i bytes, and fails with one byte changed', (step) => {
    expect(faultOf(claim, content, step)).toBeNull();
    const other = Buffer.from(content);
    other[20] = 0;
    expect(faultOf(claim, other, step)).not.toBeNull();
  });
});

test('content of another length fails whatever is claimed', () => {
  expect(faultOf({ by: 'length' }, content.subarray(1), 8)).not.toBeNull();
});

describe('what S3 says of an object', () => {
  const etag = `"${digest('md5', 'hex')}"`;

  test('is its ETag where that is an MD5', () => {
    expect(claimIn({ ETag: etag })).toEqual({ by: 'md5', value: digest('md5', 'hex') });
    expect(claimIn({ ETag: etag, ServerSideEncryption: 'aws:kms' })).toEqual({ by: 'length' });
    expect(claimIn({ ETag: `"${ofParts}"` })).toEqual({ by: 'length' });
  });

  test('is a checksum of the whole, and not one of checksums', () => {
    const kms = { ETag: etag, ServerSideEncryption: 'aws:kms' } as const;
    expect(claimIn({ ...kms, ChecksumCRC32: 'AAAAAA==', ChecksumType: 'FULL_OBJECT' })).toMatchObject({ by: 'crc32' });
    expect(claimIn({ ...kms, ChecksumCRC32: 'AAAAAA==', ChecksumType: 'COMPOSITE' })).toEqual({ by: 'length' });
    expect(claimIn({ ...kms, ChecksumSHA256: 'AAAA-3' })).toEqual({ by: 'length' });
  });

  test('is made of its parts where they are alike', () => {
    const answer = { ETag: `"${ofParts}"` };
    expect(claimOfParts(answer, content.length, partBytes)).toEqual({ by: 'md5-of-parts', value: ofParts, partBytes });
    expect(claimOfParts(answer, content.length, partBytes + 40)).toBeNull();
  });
});
