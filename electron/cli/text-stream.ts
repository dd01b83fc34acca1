import type { WriteStream } from 'node:tty';

/** Standard output or standard error. */
export interface TextStream {
  readonly isTerminal: boolean;
  /** Width of the terminal; 80 where there is none. */
  readonly columns: number;
  /** True once the reader has gone away (`| head`); what is written after that is dropped. */
  readonly closed: boolean;
  /** Why writing failed, other than by a reader that had enough: a full disk behind `>`. */
  readonly failure: Error | null;
  /** Resolves when more may be written. Never rejects. */
  write(text: string): Promise<void>;
}

export function processStream(stream: WriteStream): TextStream {
  let closed = false;
  let failure: Error | null = null;
  // Without a listener EPIPE would end the process with a stack.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    closed = true;
    if (error.code !== 'EPIPE') failure ??= error;
  });
  return {
    get isTerminal() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns > 0 ? stream.columns : 80;
    },
    get closed() {
      return closed;
    },
    get failure() {
      return failure;
    },
    write: (text) =>
      new Promise((resolve) => {
        if (closed) resolve();
        else stream.write(text, () => resolve());
      }),
  };
}
