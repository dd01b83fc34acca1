/** Bodies that S3 is sent: counted, held against every checksum that was promised, and only kept when all agree. */
import { createHash } from 'node:crypto';
import { type Content, type Contents } from '../contents.ts';
import { decodeChunks, type Trailers } from '../protocol/chunked.ts';
import {
  checksumHeader,
  checksumNames,
  startChecksum,
  type ChecksumName,
  type RunningChecksum,
} from '../protocol/checksums.ts';
import { Refusal, type Call } from '../service.ts';
import { invalidRequest } from './refusals.ts';

export type Received = {
  readonly content: Content;
  readonly md5: Buffer;
  readonly checksum: { readonly name: ChecksumName; readonly value: Buffer };
};

const largestDocument = 4 * 1024 * 1024;

/** `usual`: the checksum that is taken where the sender promises none. */
export async function receive(call: Call, contents: Contents, usual: ChecksumName = 'CRC64NVME'): Promise<Received> {
  const checks = new Checks(call, usual);
  const content = await contents.take(checks.stream());
  return { content, md5: checks.md5, checksum: { name: checks.name, value: checks.value } };
}

/** A body that is a document. */
export async function receiveText(call: Call): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of new Checks(call, 'CRC64NVME').stream()) {
    bytes += piece.length;
    if (bytes > largestDocument) throw invalidRequest('The document is too large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Whether the sender promises a checksum of what it sends. */
export function promisesChecksum({ headers }: Call): boolean {
  if (headers['content-md5'] !== undefined) return true;
  return headers['x-amz-trailer'] !== undefined || checksumNames.some((name) => checksumHeader(name) in headers);
}

class Checks {
  readonly name: ChecksumName;
  md5: Buffer = Buffer.alloc(0);
  value: Buffer = Buffer.alloc(0);
  readonly #call: Call;
  readonly #trailers: Trailers = new Map();
  readonly #trailerName: string | null;

  constructor(call: Call, usual: ChecksumName) {
    this.#call = call;
    const { headers } = call;
    const trailer = headers['x-amz-trailer'];
    this.#trailerName = typeof trailer === 'string' ? trailer.toLowerCase() : null;
    const named = checksumNames.find(
      (name) => checksumHeader(name) in headers || checksumHeader(name) === this.#trailerName,
    );
    this.name = named ?? usual;
  }

  async *stream(): AsyncGenerator<Buffer> {
    const expected = this.#expectedBytes();
    const md5 = createHash('md5');
    const sha256 = createHash('sha256');
    const checksum: RunningChecksum = startChecksum(this.name);
    let bytes = 0;
    for await (const piece of this.#pieces()) {
      for (const running of [md5, sha256, checksum]) running.update(piece);
      bytes += piece.length;
      yield piece;
    }
    this.md5 = md5.digest();
    this.value = checksum.digest();
    if (bytes !== expected) {
      throw new Refusal(400, 'IncompleteBody', 'The request body terminated unexpectedly');
    }
    this.#compare(sha256.digest('hex'));
  }

  #pieces(): AsyncIterable<Buffer> {
    const { request, seal } = this.#call;
    return this.#isChunked() ? decodeChunks(request, this.#trailers, seal) : request;
  }

  #isChunked(): boolean {
    return String(this.#call.headers['x-amz-content-sha256']).startsWith('STREAMING-');
  }

  #expectedBytes(): number {
    const { headers } = this.#call;
    const length = this.#isChunked() ? headers['x-amz-decoded-content-length'] : headers['content-length'];
    if (typeof length === 'string' && /^\d+$/.test(length)) return Number(length);
    if (length === undefined && headers['transfer-encoding'] === undefined) return 0;
    throw new Refusal(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }

  #compare(sha256: string): void {
    const { headers } = this.#call;
    const hash = headers['x-amz-content-sha256'];
    if (typeof hash === 'string' && /^[\da-f]{64}$/.test(hash) && hash !== sha256) {
      const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
      throw new Refusal(400, 'XAmzContentSHA256Mismatch', message);
    }
    const md5 = headers['content-md5'];
    if (md5 !== undefined && md5 !== this.md5.toString('base64')) {
      throw new Refusal(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
    }
    const promised = headers[checksumHeader(this.name)] ?? this.#trailers.get(checksumHeader(this.name));
    if (this.#trailerName !== null && promised === undefined) {
      throw new Refusal(400, 'MalformedTrailerError', 'The request contained trailing data that was not well-formed.');
    }
    if (promised !== undefined && promised !== this.value.toString('base64')) {
      throw new Refusal(400, 'BadDigest', `The ${this.name} you specified did not match the calculated checksum.`);
    }
  }
}
