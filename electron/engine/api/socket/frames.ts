/**
 * Messages on a byte stream: the length as 32 bits, most significant byte first, then that many bytes of JSON in UTF-8.
 * What the contract carries is plain JSON (a test holds it to that), so any text passes unchanged.
 */

const headerBytes = 4;

/** Memory that several readers may take together for messages that have not arrived completely. */
export class ByteBudget {
  readonly #limit: number;
  #used = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  /** False, and nothing taken, when that would be too much. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.#limit) return false;
    this.#used += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#used -= bytes;
  }
}

/** What arrived is no message, or larger than allowed: the connection cannot be understood any further. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

export function encodeFrame(message: unknown): Buffer {
  const text = JSON.stringify(message);
  const bytes = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(headerBytes + bytes);
  frame.writeUInt32BE(bytes, 0);
  frame.write(text, headerBytes);
  return frame;
}

/** Cuts a byte stream into messages. Holds only what the other side has really sent, never what it announces. */
export class FrameReader {
  readonly #maxBytes: number;
  readonly #budget: ByteBudget | null;
  /** Grows by doubling, so that a message that comes byte by byte costs no more than one that comes at once. */
  #buffer: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;

  /** `maxBytes` of one message; without a budget only that bounds what is held. */
  constructor(maxBytes: number, budget: ByteBudget | null = null) {
    this.#maxBytes = maxBytes;
    this.#budget = budget;
  }

  /** The messages that are complete with this chunk. Throws FrameError. */
  *push(chunk: Buffer): Generator<unknown, void> {
    if (this.#budget?.take(chunk.length) === false) throw new FrameError('too much is under way');
    this.#append(chunk);
    for (;;) {
      const held = this.#end - this.#start;
      if (held < headerBytes) break;
      const bytes = this.#buffer.readUInt32BE(this.#start);
      if (bytes > this.#maxBytes) throw new FrameError(`a message of ${bytes} bytes`);
      if (held < headerBytes + bytes) break;
      const message = parse(this.#buffer.subarray(this.#start + headerBytes, this.#start + headerBytes + bytes));
      this.#start += headerBytes + bytes;
      this.#budget?.giveBack(headerBytes + bytes);
      yield message;
    }
    if (this.#start === this.#end) this.#release();
  }

  /** True while the beginning of a message waits for its end. */
  get isWithinMessage(): boolean {
    return this.#end > this.#start;
  }

  /** Gives the budget back; nothing may be pushed after that. */
  close(): void {
    this.#budget?.giveBack(this.#end - this.#start);
    this.#release();
  }

  #append(chunk: Buffer): void {
    if (this.#end === this.#start) {
      this.#buffer = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      return;
    }
    const held = this.#end - this.#start;
    if (this.#end + chunk.length > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(2 * held, held + chunk.length));
      this.#buffer.copy(grown, 0, this.#start, this.#end);
      this.#buffer = grown;
      this.#start = 0;
      this.#end = held;
    }
    chunk.copy(this.#buffer, this.#end);
    this.#end += chunk.length;
  }

  #release(): void {
    this.#buffer = Buffer.alloc(0);
    this.#start = 0;
    this.#end = 0;
  }
}

function parse(frame: Buffer): unknown {
  try {
    return JSON.parse(frame.toString('utf8'));
  } catch (cause) {
    throw new FrameError('not JSON', { cause });
  }
}
