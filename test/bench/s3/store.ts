/**
 * A bucket that is listed and read as fast as a process can: what it costs is the client's. No signature is looked at. No two
 * objects share a stretch of 256 KiB, nor anything else where they are shorter. With `crc32` each has the checksum that AWS's
 * own kits upload with, as after an upload in parts; with `etag` it has an MD5 alone.
 */
import { createHash, randomFillSync } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';

const [count = 0, objectBytes = 0] = process.argv.slice(2, 4).map(Number);
const hasChecksums = process.argv[4] === 'crc32';
const stampEvery = 256 * 1024;
const stampBytes = 16;
const pageKeys = 1000;
const content = randomFillSync(Buffer.alloc(objectBytes));
const keyOf = (at: number): string => `key-${String(at).padStart(9, '0')}`;
/** Of large ones, which are too dear to look at each time. */
const known = new Map<number, Facts>();

type Facts = { readonly etag: string; readonly checksum: string };

if (objectBytes > stampEvery) for (let at = 0; at < count; at++) known.set(at, factsOf(at));

const server = createServer((request, response) => {
  request.resume();
  const url = new URL(request.url ?? '/', 'http://store');
  if (url.searchParams.has('list-type')) list(Number(url.searchParams.get('continuation-token') ?? 0), response);
  else if (url.searchParams.has('tagging')) refuse(response);
  else read(Number(url.pathname.slice(-9)), request.headers, request.method === 'HEAD', response);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});

/** Bytes of an object, in pieces that nobody has to put together. */
function* piecesOf(at: number, from: number, to: number): Generator<Buffer> {
  for (let start = from - (from % stampEvery); start < to; start += stampEvery) {
    const stampEnd = Math.min(start + stampBytes, objectBytes);
    const stamp = Buffer.alloc(stampEnd - start);
    stamp.write(`${String(at).padStart(9, '0')} ${start / stampEvery}`);
    if (from < stampEnd) yield stamp.subarray(Math.max(0, from - start), Math.max(0, to - start));
    const end = Math.min(start + stampEvery, to);
    if (end > Math.max(stampEnd, from)) yield content.subarray(Math.max(stampEnd, from), end);
  }
}

function factsOf(at: number): Facts {
  let sum = 0;
  const digest = hasChecksums ? null : createHash('md5');
  for (const piece of piecesOf(at, 0, objectBytes)) {
    if (digest === null) sum = crc32(piece, sum);
    else digest.update(piece);
  }
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(sum);
  const etag = digest?.digest('hex') ?? `${createHash('md5').update(String(at)).digest('hex')}-8`;
  return { etag, checksum: bytes.toString('base64') };
}

function list(from: number, response: ServerResponse): void {
  const to = Math.min(count, from + pageKeys);
  const entries: string[] = [];
  for (let at = from; at < to; at++) {
    const { etag } = known.get(at) ?? factsOf(at);
    entries.push(
      `<Contents><Key>${keyOf(at)}</Key><LastModified>2031-01-01T00:00:00.000Z</LastModified><ETag>&quot;${etag}&quot;</ETag><Size>${objectBytes}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
    );
  }
  const next = to < count ? `<NextContinuationToken>${to}</NextContinuationToken>` : '';
  response.writeHead(200, { 'content-type': 'application/xml' });
  response.end(
    `<?xml version="1.0"?><ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${to < count}</IsTruncated>${next}${entries.join('')}</ListBucketResult>`,
  );
}

function refuse(response: ServerResponse): void {
  response.writeHead(501, { 'content-type': 'application/xml' });
  response.end('<Error><Code>NotImplemented</Code><Message>There are no tags here.</Message></Error>');
}

function read(at: number, headers: IncomingHttpHeaders, isHead: boolean, response: ServerResponse): void {
  const { range, 'x-amz-checksum-mode': mode } = headers;
  const { etag, checksum } = known.get(at) ?? factsOf(at);
  const [, first = '0', last = String(objectBytes - 1)] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  const [from, to] = [Number(first), Number(last) + 1];
  response.writeHead(range === undefined ? 200 : 206, {
    etag: `"${etag}"`,
    'content-length': to - from,
    'last-modified': 'Wed, 01 Jan 2031 00:00:00 GMT',
    'content-type': 'application/octet-stream',
    ...(hasChecksums &&
      range === undefined &&
      mode === 'ENABLED' && { 'x-amz-checksum-crc32': checksum, 'x-amz-checksum-type': 'FULL_OBJECT' }),
  });
  response.cork();
  if (!isHead) for (const piece of piecesOf(at, from, to)) response.write(piece);
  response.end();
  response.uncork();
}
