import { visible, visibleJson } from './display.ts';
import type { TextStream } from './text-stream.ts';

export type OutputStyle = {
  /** JSON documents on standard output instead of words. */
  readonly json: boolean;
  /** No progress, no notes, no summary of what went well. */
  readonly quiet: boolean;
};

/** Thrown by long listings once nobody reads them any more. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

/**
 * Where a command writes. Standard output carries results only: words, or with `json` exactly one JSON document.
 * Everything said on the way (progress, notes, warnings, errors) goes to standard error.
 */
export class Output {
  readonly style: OutputStyle;
  readonly #stdout: TextStream;
  readonly #stderr: TextStream;
  #liveShown = false;
  #documentStarted = false;

  constructor(streams: { stdout: TextStream; stderr: TextStream }, style: OutputStyle) {
    this.#stdout = streams.stdout;
    this.#stderr = streams.stderr;
    this.style = style;
  }

  /** True once a part of a JSON document has been written: an error object after it would make it unreadable. */
  get documentStarted(): boolean {
    return this.#documentStarted;
  }

  /** Result lines, in words. Nothing in them can drive the terminal. */
  async lines(lines: readonly string[]): Promise<void> {
    if (this.style.json || lines.length === 0) return;
    this.#clearLive();
    await this.#stdout.write(lines.map((line) => `${visible(line)}\n`).join(''));
  }

  /** Like `lines`, for what only confirms that all went well. */
  async summary(lines: readonly string[]): Promise<void> {
    if (!this.style.quiet) await this.lines(lines);
  }

  /** One whole JSON document; nothing without `json`. */
  async document(value: unknown): Promise<void> {
    if (!this.style.json) return;
    this.#documentStarted = true;
    await this.#stdout.write(`${visibleJson(value, 2)}\n`);
  }

  /** A piece of a JSON document too long to be held at once; nothing without `json`. */
  async documentPart(text: string): Promise<void> {
    if (!this.style.json) return;
    this.#documentStarted = true;
    await this.#stdout.write(text);
  }

  /** Ends a listing whose reader has gone away (`| head`). */
  ensureRead(): void {
    if (this.#stdout.closed) throw new OutputClosed();
  }

  note(text: string): void {
    if (!this.style.quiet) this.say(text);
  }

  warn(text: string): void {
    this.say(`Warning: ${text}`);
  }

  /** One line for the operator on standard error, whatever the style. */
  say(text: string): void {
    this.#clearLive();
    void this.#stderr.write(`${visible(text)}\n`);
  }

  get stderrIsTerminal(): boolean {
    return this.#stderr.isTerminal;
  }

  get columns(): number {
    return this.#stderr.columns;
  }

  /** The one line at the bottom of the terminal that is redrawn in place; null takes it away. */
  live(line: string | null): void {
    if (line === null) return this.#clearLive();
    void this.#stderr.write(`\r${visible(line)}\u001b[K`);
    this.#liveShown = true;
  }

  #clearLive(): void {
    if (!this.#liveShown) return;
    void this.#stderr.write('\r\u001b[K');
    this.#liveShown = false;
  }
}
