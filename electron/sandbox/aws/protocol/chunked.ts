/** `aws-chunked`: a body in pieces of a stated length, each of them signed or none, with trailers after the last. */
import { createHash } from 'node:crypto';
import { type ChunkSeal, Refusal } from '../service.ts';

export type Trailers = Map<string, string>;

const longestLine = 4096;

/**
 * Gives the bytes of the pieces and fills `trailers` at the end. Throws a `Refusal` for what is not in the form or, with a
 * `seal`, for a piece that is not signed as it should be.
 */
export async function* decodeChunks(
  stream: AsyncIterable<Buffer>,
  trailers: Trailers,
  seal: ChunkSeal | null,
): AsyncGenerator<Buffer> {
  const reader = new LineReader(stream);
  for (;;) {
    const [length = '', ...extensions] = (await reader.line()).split(';');
    if (!/^[\da-f]{1,8}$/i.test(length)) throw incomplete();
    const signature = /^chunk-signature=([\da-f]{64})$/.exec(extensions[0] ?? '')?.[1] ?? '';
    const hash = createHash('sha256');
    for await (const piece of reader.bytes(Number.parseInt(length, 16))) {
      if (seal !== null) hash.update(piece);
      yield piece;
    }
    if (seal !== null && !seal.next(hash.digest('hex'), signature)) throw mismatch();
    if (/^0+$/.test(length)) break;
    if ((await reader.line()) !== '') throw incomplete();
  }
  await readTrailers(reader, trailers, seal);
}

async function readTrailers(reader: LineReader, trailers: Trailers, seal: ChunkSeal | null): Promise<void> {
  const signed = createHash('sha256');
  for (let line = await reader.line(); line !== ''; line = await reader.line()) {
    const at = line.indexOf(':');
    const [name, value] = [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()];
    if (name !== 'x-amz-trailer-signature') {
      signed.update(`${name}:${value}\n`);
      trailers.set(name, value);
    } else if (seal !== null && !seal.trailer(signed.digest('hex'), value)) throw mismatch();
  }
}

class LineReader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>) {
    this.#source = stream[Symbol.asyncIterator]();
  }

  /** Without its end; empty at the end of the stream. */
  async line(): Promise<string> {
    for (;;) {
      const at = this.#rest.indexOf('\r\n');
      if (at !== -1) {
        const line = this.#rest.toString('latin1', 0, at);
        this.#rest = this.#rest.subarray(at + 2);
        return line;
      }
      if (this.#rest.length > longestLine) throw incomplete();
      const next = await this.#source.next();
      if (next.done === true) {
        const line = this.#rest.toString('latin1');
        this.#rest = Buffer.alloc(0);
        return line;
      }
      this.#rest = Buffer.concat([this.#rest, next.value]);
    }
  }

  async *bytes(length: number): AsyncGenerator<Buffer> {
    let left = length;
    while (left > 0) {
      if (this.#rest.length === 0) {
        const next = await this.#source.next();
        if (next.done === true) throw incomplete();
        this.#rest = next.value;
      }
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }
}

function incomplete(): Refusal {
  return new Refusal(
    400,
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header.',
  );
}

function mismatch(): Refusal {
  return new Refusal(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  );
}
