/** What an HTTP server answers: the head, and a body in any of the ways in which its end is told (RFC 9112, 6.3). */

export type HttpHead = {
  readonly status: number;
  readonly reason: string;
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
};

/** Of an answer that is not what the memory was meant for, such as a refusal. */
const mostApart = 1024 * 1024;

/** As Node.js says it of a connection, so that whoever asks again for those does so for this one. */
export function brokenOff(why: string): Error {
  return Object.assign(new Error(`the answer broke off: ${why}`), { code: 'ECONNRESET' });
}

export function readHead(text: string): HttpHead {
  const [first = '', ...lines] = text.split('\r\n');
  const [, status = '', reason = ''] = /^HTTP\/1\.[01] (\d{3})(?: (.*))?$/.exec(first) ?? [];
  if (status === '') throw brokenOff('it is not HTTP');
  const headers = Object.create(null) as Record<string, string>;
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon <= 0) throw brokenOff('its head cannot be read');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return { status: Number(status), reason, headers };
}

/** The body of one answer, as it comes. */
export class HttpBody {
  isComplete = false;
  /** There is no other sign of its end. */
  readonly endsWithConnection: boolean;
  readonly #isGood: boolean;
  readonly #memory: Uint8Array;
  /** It belongs into the memory, and nowhere else. */
  readonly #isDirect: boolean;
  /** Null: it is not told. */
  readonly #length: number | null;
  readonly #chunks: Chunks | null;
  readonly #pieces: Uint8Array[] = [];
  #filled = 0;

  constructor({ status, headers }: HttpHead, memory: Uint8Array) {
    const isEmpty = status === 204 || status === 304;
    const isChunked = !isEmpty && /(?:^|[\s,])chunked$/i.test(headers['transfer-encoding'] ?? '');
    this.#length = isEmpty ? 0 : isChunked ? null : lengthIn(headers['content-length']);
    this.#chunks = isChunked ? new Chunks() : null;
    this.endsWithConnection = this.#length === null && !isChunked;
    this.#isGood = status < 300;
    this.#memory = memory;
    this.#isDirect = this.#isGood && this.#length === memory.length;
    this.isComplete = this.#length === 0;
  }

  /** Where the next bytes belong; null: they are to be handed over. */
  room(): Uint8Array | null {
    return this.#isDirect ? this.#memory.subarray(this.#filled) : null;
  }

  /** So many bytes have come to where they belong. */
  filled(bytes: number): void {
    this.#filled += bytes;
    this.isComplete = this.#filled === this.#length;
  }

  /** What was read elsewhere; it is copied. */
  take(bytes: Uint8Array): void {
    if (this.#length !== null && this.#filled + bytes.length > this.#length) throw brokenOff('more came than was told');
    if (this.#isDirect) this.#memory.set(bytes, this.#filled);
    else this.#pieces.push(...(this.#chunks?.take(bytes) ?? [Uint8Array.from(bytes)]));
    this.filled(bytes.length);
    if (this.#chunks?.isComplete === true) this.isComplete = true;
    if (!this.#isDirect && this.#filled > mostApart + (this.#isGood ? 2 * this.#memory.length : 0))
      throw brokenOff('it is too long');
  }

  /** What is not in the memory. A good answer is, or it is none. */
  apart(): Buffer | null {
    if (this.#isDirect) return null;
    const body = Buffer.concat(this.#pieces);
    if (!this.#isGood) return body;
    if (body.length !== this.#memory.length)
      throw brokenOff(`${body.length} bytes came instead of ${this.#memory.length}`);
    this.#memory.set(body);
    return null;
  }
}

function lengthIn(value: string | undefined): number | null {
  if (value === undefined) return null;
  const length = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(length)) throw brokenOff('its length cannot be read');
  return length;
}

/** Chunked transfer coding (RFC 9112, 7.1). */
class Chunks {
  isComplete = false;
  #line = '';
  /** Of the chunk that is coming. */
  #left = 0;
  #part: 'size' | 'data' | 'after' | 'trailer' = 'size';

  take(bytes: Uint8Array): Uint8Array[] {
    const found: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      if (this.isComplete) throw brokenOff('more came than was told');
      if (this.#part === 'data') {
        const taken = Math.min(this.#left, bytes.length - at);
        found.push(bytes.slice(at, at + taken));
        this.#left -= taken;
        at += taken;
        if (this.#left === 0) this.#part = 'after';
        continue;
      }
      const byte = String.fromCharCode(bytes[at] ?? 0);
      at += 1;
      if (byte !== '\n') this.#line += byte;
      else this.#takeLine();
      if (this.#line.length > 4096) throw brokenOff('its chunks cannot be read');
    }
    return found;
  }

  #takeLine(): void {
    const line = this.#line.replace(/\r$/, '');
    this.#line = '';
    if (this.#part === 'after') {
      if (line !== '') throw brokenOff('its chunks cannot be read');
      this.#part = 'size';
    } else if (this.#part === 'trailer') this.isComplete = line === '';
    else {
      const [, size] = /^([0-9a-f]{1,8})\s*(?:;.*)?$/i.exec(line) ?? [];
      if (size === undefined) throw brokenOff('its chunks cannot be read');
      this.#left = Number.parseInt(size, 16);
      this.#part = this.#left === 0 ? 'trailer' : 'data';
    }
  }
}
