/** One connection to an HTTP server, for one request after the other; see `http-lines.ts`. */
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import { brokenOff, HttpBody, readHead, type HttpHead } from './http-answer.ts';

export type HttpTarget = { readonly isSecure: boolean; readonly host: string; readonly port: number };

export type HttpAnswer = HttpHead & {
  /** Null: it is in the memory that was given. */
  readonly body: Buffer | null;
};

/** What a head has to fit into. */
const headBytes = 32 * 1024;
/** Servers hang up on who is silent for longer; and nobody waits for a connection that is only kept. */
const keptMs = 4_000;

type Asked = {
  readonly memory: Uint8Array;
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (error: unknown) => void;
};

export class HttpLine {
  /** Whether anything has come to the request that was last asked. */
  hasAnswered = false;
  readonly #socket: Socket;
  readonly #idleMs: number;
  readonly #read = Buffer.from(new ArrayBuffer(headBytes));
  /** Of the head so far. */
  #filled = 0;
  #head: HttpHead | null = null;
  #body: HttpBody | null = null;
  #asked: Asked | null = null;
  #isGood = true;

  constructor({ isSecure, host, port }: HttpTarget, { connectMs, idleMs }: { connectMs: number; idleMs: number }) {
    this.#idleMs = idleMs;
    const onread = {
      buffer: () => this.#next(),
      callback: (bytes: number) => {
        this.#take(bytes);
        return true;
      },
    };
    const options = { host, port, noDelay: true, onread };
    this.#socket = isSecure ? connectSecure({ ...options, ...nameFor(host) }) : connectPlain(options);
    this.#socket.setTimeout(connectMs);
    this.#socket.once(isSecure ? 'secureConnect' : 'connect', () => this.#socket.setTimeout(idleMs));
    this.#socket.on('timeout', () => this.#fail(Object.assign(new Error('nothing came'), { name: 'TimeoutError' })));
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('end', () => this.#ended());
    this.#socket.on('close', () => this.#fail(brokenOff('the connection was closed')));
  }

  /** It may be asked once more. */
  get isGood(): boolean {
    return this.#isGood;
  }

  /** One at a time. */
  async ask(text: string, memory: Uint8Array, signal: AbortSignal): Promise<HttpAnswer> {
    const stop = (): void => this.#fail(signal.reason);
    signal.addEventListener('abort', stop);
    try {
      return await new Promise<HttpAnswer>((resolve, reject) => {
        this.#asked = { memory, resolve, reject };
        this.#filled = 0;
        this.#head = null;
        this.#body = null;
        this.hasAnswered = false;
        if (!this.#socket.connecting) this.#socket.setTimeout(this.#idleMs).ref();
        this.#socket.write(text, 'latin1');
      });
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  close(): void {
    this.#isGood = false;
    // Nothing is written into anybody's memory from here on.
    this.#socket.destroy();
  }

  /** Where the next bytes are to be put. */
  #next(): Uint8Array {
    const into = this.#body?.room() ?? null;
    return into ?? this.#read.subarray(this.#head === null ? this.#filled : 0);
  }

  #take(bytes: number): void {
    if (this.#asked === null) {
      this.close();
      return;
    }
    this.hasAnswered = true;
    try {
      if (this.#body === null) this.#takeHead(bytes, this.#asked.memory);
      else if (this.#body.room() === null) this.#body.take(this.#read.subarray(0, bytes));
      else this.#body.filled(bytes);
      if (this.#body?.isComplete === true) this.#finish();
    } catch (error) {
      this.#fail(error);
    }
  }

  #takeHead(bytes: number, memory: Uint8Array): void {
    const from = Math.max(0, this.#filled - 3);
    this.#filled += bytes;
    for (let end = this.#endOfHead(from); end >= 0; end = this.#endOfHead(0)) {
      const head = readHead(this.#read.toString('latin1', 0, end));
      const rest = this.#read.subarray(end + 4, this.#filled);
      // 100 and the like precede the answer itself.
      if (head.status < 200) {
        this.#filled = rest.length;
        this.#read.copyWithin(0, end + 4, end + 4 + rest.length);
        continue;
      }
      this.#head = head;
      this.#body = new HttpBody(head, memory);
      this.#body.take(rest);
      return;
    }
    if (this.#filled === this.#read.length) throw brokenOff('its head is too long');
  }

  #endOfHead(from: number): number {
    return this.#read.subarray(0, this.#filled).indexOf('\r\n\r\n', from, 'latin1');
  }

  #ended(): void {
    try {
      if (this.#body?.endsWithConnection === true) this.#finish();
      else throw brokenOff('the connection was closed');
    } catch (error) {
      this.#fail(error);
    }
  }

  #finish(): void {
    const [asked, head, body] = [this.#asked, this.#head, this.#body];
    if (asked === null || head === null || body === null) return;
    const apart = body.apart();
    this.#asked = null;
    this.#body = null;
    if (body.endsWithConnection || head.headers['connection']?.toLowerCase() === 'close') this.close();
    else this.#socket.setTimeout(keptMs).unref();
    asked.resolve({ ...head, body: apart });
  }

  #fail(error: unknown): void {
    const asked = this.#asked;
    this.#asked = null;
    this.close();
    asked?.reject(error);
  }
}

function nameFor(host: string): { readonly servername?: string } {
  // No name of a server may be an address.
  return /^[\d.]+$|:/.test(host) ? {} : { servername: host };
}
