/** The bytes of objects and blocks: in memory as far as that goes, in a folder where one was given. */
import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Refusal } from './service.ts';

/** Bytes that do not change. Every holder drops it once. */
export interface Content {
  readonly size: number;
  /** From `start` to before `end`. */
  read(start?: number, end?: number): Readable;
  share(): Content;
  drop(): void;
}

const smallBytes = 64 * 1024;
const memoryBytes = 512 * 1024 * 1024;

export class Contents {
  readonly #folder: string | null;
  #held = 0;

  constructor(folder: string | null) {
    this.#folder = folder;
  }

  /** Rejects with what the stream rejects with, and keeps nothing then. */
  async take(stream: AsyncIterable<Buffer>): Promise<Content> {
    const chunks: Buffer[] = [];
    let size = 0;
    const rest = stream[Symbol.asyncIterator]();
    try {
      for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
        chunks.push(next.value);
        size += next.value.length;
        this.#held += next.value.length;
        if (size > smallBytes && this.#folder !== null) return await this.#spill(this.#folder, chunks, size, rest);
        if (this.#held > memoryBytes) throw new Refusal(507, 'InternalError', 'The memory of the sandbox is full.');
      }
    } catch (error) {
      this.#held -= size;
      throw error;
    }
    return new Shared(memoryContent(Buffer.concat(chunks, size)), () => (this.#held -= size));
  }

  async #spill(folder: string, chunks: Buffer[], held: number, rest: AsyncIterator<Buffer>): Promise<Content> {
    await mkdir(folder, { recursive: true });
    const path = join(folder, randomUUID());
    let size = 0;
    async function* all(): AsyncGenerator<Buffer> {
      for (const chunk of chunks.splice(0)) yield chunk;
      for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
    }
    async function* counted(): AsyncGenerator<Buffer> {
      for await (const chunk of all()) {
        size += chunk.length;
        yield chunk;
      }
    }
    try {
      await pipeline(counted, createWriteStream(path, { mode: 0o600 }));
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    }
    this.#held -= held;
    const read = (start: number, end: number): Readable =>
      end <= start ? Readable.from([]) : createReadStream(path, { start, end: end - 1 });
    return new Shared({ size, read }, () => rmSync(path, { force: true }));
  }
}

/** One after the other, as of the parts of an upload; takes them over. */
export function joined(contents: readonly Content[]): Content {
  const size = contents.reduce((sum, content) => sum + content.size, 0);
  async function* pieces(start: number, end: number): AsyncGenerator<Buffer> {
    let at = 0;
    for (const content of contents) {
      const [from, to] = [Math.max(0, start - at), Math.min(content.size, end - at)];
      if (from < to) yield* content.read(from, to) as AsyncIterable<Buffer>;
      at += content.size;
    }
  }
  const read = (start: number, end: number): Readable => Readable.from(pieces(start, end), { objectMode: false });
  return new Shared({ size, read }, () => {
    for (const content of contents) content.drop();
  });
}

type Stored = { readonly size: number; read(start: number, end: number): Readable };

function memoryContent(bytes: Buffer): Stored {
  return { size: bytes.length, read: (start, end) => Readable.from([bytes.subarray(start, end)]) };
}

class Shared implements Content {
  readonly size: number;
  readonly #stored: Stored;
  readonly #forget: () => void;
  #holders = 1;

  constructor(stored: Stored, forget: () => void) {
    this.size = stored.size;
    this.#stored = stored;
    this.#forget = forget;
  }

  read(start = 0, end = this.size): Readable {
    return this.#stored.read(start, Math.min(end, this.size));
  }

  share(): Content {
    this.#holders += 1;
    return this;
  }

  drop(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.#forget();
  }
}
