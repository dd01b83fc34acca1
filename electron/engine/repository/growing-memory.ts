/**
 * Memory that threads share and one of them makes longer while others use it. All of it is reserved at once, which takes
 * addresses and nothing else; it is taken, and counts for the system, as it grows. Each thread looks at it through views of
 * a fixed length, and makes new ones where they end too early: V8 reads views that follow the length twenty times slower
 * (measured).
 */
export class GrowingMemory {
  readonly buffer: SharedArrayBuffer;
  #words: Int32Array<SharedArrayBuffer>;
  #bytes: Buffer<SharedArrayBuffer>;

  /** Of zeros, in words of 32 bits: as many as there are at first, and as many as there may ever be. */
  static reserve(words: number, mostWords: number): GrowingMemory {
    return new GrowingMemory(new SharedArrayBuffer(words * 4, { maxByteLength: mostWords * 4 }));
  }

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#words = wordsOf(buffer);
    this.#bytes = bytesOf(buffer);
  }

  /**
   * All words that this thread knows of, and at least those before `end` if they have been made: whoever has heard of one
   * from the thread that wrote it (through `Atomics` or a message) finds it here.
   */
  words(end: number): Int32Array<SharedArrayBuffer> {
    if (end > this.#words.length) this.#look();
    return this.#words;
  }

  /** The same memory, until the same word. */
  bytes(end: number): Buffer<SharedArrayBuffer> {
    if (end > this.#words.length) this.#look();
    return this.#bytes;
  }

  /**
   * Makes all words before `end`, which are zeros; nothing that was there changes or moves. Only one thread at a time may.
   * Throws a RangeError where the system has no more memory.
   */
  reach(end: number): void {
    if (end <= this.#words.length) return;
    const { byteLength, maxByteLength } = this.buffer;
    if (end * 4 > byteLength) this.buffer.grow(Math.max(end * 4, Math.min(byteLength * 2, maxByteLength)));
    this.#look();
  }

  #look(): void {
    this.#words = wordsOf(this.buffer);
    this.#bytes = bytesOf(this.buffer);
  }
}

/** Without a length a view would follow that of the buffer. */
function wordsOf(buffer: SharedArrayBuffer): Int32Array<SharedArrayBuffer> {
  return new Int32Array(buffer, 0, buffer.byteLength / 4);
}

function bytesOf(buffer: SharedArrayBuffer): Buffer<SharedArrayBuffer> {
  return Buffer.from(buffer, 0, buffer.byteLength);
}
