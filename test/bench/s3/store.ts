/**
 * A bucket that is listed and read as fast as a process can: what it costs is the client's. No signature is looked at. With
 * `crc32` it gives each object the checksum that AWS's own kits upload with, without it only an ETag.
 */
import { createHash, randomFillSync } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';

const [count = 0, objectBytes = 0, distinct = 1] = process.argv.slice(2, 5).map(Number);
const hasChecksums = process.argv[5] === 'crc32';
const contents = Array.from({ length: distinct }, () => randomFillSync(Buffer.alloc(objectBytes)));
const etags = contents.map((content) => createHash('md5').update(content).digest('hex'));
const checksums = contents.map((content) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(content));
  return bytes.toString('base64');
});
const pageKeys = 1000;
const keyOf = (at: number): string => `key-${String(at).padStart(9, '0')}`;

const server = createServer((request, response) => {
  request.resume();
  const url = new URL(request.url ?? '/', 'http://store');
  if (url.searchParams.has('list-type')) list(Number(url.searchParams.get('continuation-token') ?? 0), response);
  else if (url.searchParams.has('tagging')) refuse(response);
  else read(Number(url.pathname.slice(-9)) % distinct, request.headers, request.method === 'HEAD', response);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});

function list(from: number, response: ServerResponse): void {
  const to = Math.min(count, from + pageKeys);
  const entries: string[] = [];
  for (let at = from; at < to; at++)
    entries.push(
      `<Contents><Key>${keyOf(at)}</Key><LastModified>2031-01-01T00:00:00.000Z</LastModified><ETag>&quot;${etags[at % distinct] ?? ''}&quot;</ETag><Size>${objectBytes}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
    );
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
  const content = contents[at] ?? Buffer.alloc(0);
  const [, from = '0', to = String(objectBytes - 1)] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  const body = content.subarray(Number(from), Number(to) + 1);
  response.writeHead(range === undefined ? 200 : 206, {
    etag: `"${etags[at] ?? ''}"`,
    'content-length': body.length,
    'last-modified': 'Wed, 01 Jan 2031 00:00:00 GMT',
    'content-type': 'application/octet-stream',
    ...(hasChecksums &&
      range === undefined &&
      mode === 'ENABLED' && { 'x-amz-checksum-crc32': checksums[at] ?? '', 'x-amz-checksum-type': 'FULL_OBJECT' }),
  });
  response.end(isHead ? undefined : body);
}
