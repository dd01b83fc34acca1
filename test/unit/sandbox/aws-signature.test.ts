import { type IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { SandboxClock } from '../../../electron/sandbox/aws/clock.ts';
import { type Credential } from '../../../electron/sandbox/aws/identity/identities.ts';
import { claimOf, prove } from '../../../electron/sandbox/aws/identity/signature.ts';
import { decodeChunks } from '../../../electron/sandbox/aws/protocol/chunked.ts';
import { type Asked } from '../../../electron/sandbox/aws/service.ts';

// The examples that AWS publishes for Signature Version 4 of S3, for requests of 24 May 2013.
const wallMs = Date.parse('2013-05-24T00:00:00Z');
const accessKeyId = 'AKIAIOSFODNN7EXAMPLE';
const credential: Credential = {
  accessKeyId,
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  identity: { account: '1', arn: '', userId: '', policy: { allow: [] }, mfa: null },
  session: null,
};
const identities = { credential: () => credential };

function asked(method: string, path: string, rawQuery: string, headers: Record<string, string>): Asked {
  const body = Buffer.alloc(0);
  const request = null as unknown as IncomingMessage;
  return { method, path, rawQuery, query: new URLSearchParams(rawQuery), headers, request, body };
}

function proofOf(request: Asked, atMs = wallMs) {
  const claim = claimOf(request);
  if (claim === null) throw new Error('it claims nothing');
  return prove(request, claim, identities, new SandboxClock(), atMs);
}

const presigned = (expires: number) =>
  asked(
    'GET',
    '/test.txt',
    `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${accessKeyId}%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=${expires}&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`,
    { host: 'examplebucket.s3.amazonaws.com' },
  );

test('the published signature of an address is good for as long as it says, and for nothing else', () => {
  expect(proofOf(presigned(86_400)).credential).toBe(credential);
  expect(proofOf(presigned(86_400), wallMs + 86_000_000).credential).toBe(credential);
  expect(() => proofOf(presigned(86_400), wallMs + 86_500_000)).toThrow('skewed');
  expect(() => proofOf(presigned(86_401))).toThrow('mismatch');
});

const streamed = asked('PUT', '/examplebucket/chunkObject.txt', '', {
  host: 's3.amazonaws.com',
  'x-amz-date': '20130524T000000Z',
  'x-amz-storage-class': 'REDUCED_REDUNDANCY',
  authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20130524/us-east-1/s3/aws4_request,SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9`,
  'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'content-encoding': 'aws-chunked',
  'x-amz-decoded-content-length': '66560',
  'content-length': '66824',
});

const chunks = [
  `10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n${'a'.repeat(65_536)}\r\n`,
  `400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n${'a'.repeat(1024)}\r\n`,
  '0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n',
];

/** `pieceBytes`: how the bytes come, whatever the chunks are. */
async function decode(text: string, pieceBytes: number) {
  async function* pieces(): AsyncGenerator<Buffer> {
    const all = Buffer.from(text);
    for (let at = 0; at < all.length; at += pieceBytes) yield await Promise.resolve(all.subarray(at, at + pieceBytes));
  }
  const found: Buffer[] = [];
  for await (const piece of decodeChunks(pieces(), new Map(), proofOf(streamed).seal)) found.push(piece);
  return Buffer.concat(found).toString();
}

test('the published body in signed pieces is taken, however its bytes come', async () => {
  for (const pieceBytes of [7, 1000, 100_000])
    expect(await decode(chunks.join(''), pieceBytes)).toBe('a'.repeat(66_560));
});

test('a piece that was changed, left out or cut is not taken', async () => {
  const [first = '', second = '', last = ''] = chunks;
  const mismatch = 'The request signature we calculated does not match';
  await expect(decode(first.replace('aaa\r\n', 'aab\r\n') + second + last, 1000)).rejects.toThrow(mismatch);
  await expect(decode(first + last, 1000)).rejects.toThrow(mismatch);
  await expect(decode(first.slice(0, 5000), 1000)).rejects.toThrow('You did not provide the number of bytes');
  await expect(decode(first + second, 1000)).rejects.toThrow('You did not provide the number of bytes');
});
