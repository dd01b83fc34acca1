/**
 * Requests without a body over connections that are kept, each answer straight into memory that is given (HTTP/1.1, RFC 9112).
 * Node.js hands out what comes in fresh pieces of 64 KiB, which V8 counts and collects garbage for: two seconds of processor
 * time for each GiB, and one more to put them together (measured). Here the kernel writes where the bytes belong.
 */
import { HttpLine, type HttpAnswer, type HttpTarget } from './http-line.ts';

export type HttpAsked = {
  readonly target: HttpTarget;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
};

export type HttpPatience = {
  readonly connectMs: number;
  /** How long nothing may come before a request is given up. */
  readonly idleMs: number;
};

export class HttpLines implements Disposable {
  readonly #patience: HttpPatience;
  readonly #free = new Map<string, HttpLine[]>();

  constructor(patience: HttpPatience) {
    this.#patience = patience;
  }

  /**
   * A good answer of just as many bytes as the memory has lies in it; any other comes beside it, if it is a short one. Throws
   * what Node.js throws for a connection that fails (`ECONNRESET`, …), a `TimeoutError`, or the signal's reason.
   */
  async ask(asked: HttpAsked, memory: Uint8Array, signal: AbortSignal): Promise<HttpAnswer> {
    const text = textOf(asked);
    for (;;) {
      signal.throwIfAborted();
      const { line, isKept } = this.#line(asked.target);
      try {
        const answer = await line.ask(text, memory, signal);
        if (line.isGood) this.#keep(asked.target, line);
        return answer;
      } catch (error) {
        // The other side may have hung up between two requests: that says nothing of this one.
        if (!isKept || line.hasAnswered || signal.aborted) throw error;
      }
    }
  }

  [Symbol.dispose](): void {
    for (const lines of this.#free.values()) for (const line of lines) line.close();
    this.#free.clear();
  }

  #line(target: HttpTarget): { readonly line: HttpLine; readonly isKept: boolean } {
    const free = this.#free.get(nameOf(target)) ?? [];
    for (let line = free.pop(); line !== undefined; line = free.pop()) if (line.isGood) return { line, isKept: true };
    return { line: new HttpLine(target, this.#patience), isKept: false };
  }

  #keep(target: HttpTarget, line: HttpLine): void {
    const name = nameOf(target);
    const free = this.#free.get(name) ?? [];
    free.push(line);
    this.#free.set(name, free);
  }
}

function nameOf({ isSecure, host, port }: HttpTarget): string {
  return `${isSecure} ${host} ${port}`;
}

function textOf({ method, path, headers }: HttpAsked): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const text = `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
  // Whatever a name or value holds, it must not become another line.
  if (text.split('\r\n').length !== lines.length + 3 || /[^\r]\n|\r[^\n]|\0/.test(text))
    throw new TypeError('A request holds what no request may.');
  return text;
}
