/** What a job has to say about itself afterwards: bounded, whatever happens to a million files. */
import type { LogLevel } from '../../../shared/model/job-states.ts';

export type LogLine = {
  readonly line: number;
  readonly atMs: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly path: string | null;
  readonly code: string | null;
};

export type LogEntry = {
  readonly level: LogLevel;
  readonly message: string;
  readonly path?: string;
  readonly code?: string;
};

/** The first of them tell what happened; the others would be more of the same. */
export const maxLogLines = 1000;
const maxTextLength = 4096;

export class JobLog {
  readonly #nowMs: () => number;
  readonly #lines: LogLine[] = [];
  #leftOut = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  add(entry: LogEntry): void {
    if (this.#lines.length < maxLogLines) this.#push(entry);
    else this.#leftOut += 1;
  }

  /** The last words: how it ended is written down whatever was left out. */
  end(entry: LogEntry): void {
    if (this.#leftOut > 0) {
      this.#push({ level: 'warning', message: `${this.#leftOut} further lines were left out.` });
    }
    this.#push(entry);
  }

  /** Copies, of the lines after the given number. */
  after(line: number): LogLine[] {
    return this.#lines.slice(line);
  }

  #push({ level, message, path, code }: LogEntry): void {
    this.#lines.push({
      line: this.#lines.length + 1,
      atMs: this.#nowMs(),
      level,
      message: shortened(message),
      path: path === undefined ? null : shortened(path),
      code: code ?? null,
    });
  }
}

function shortened(text: string): string {
  return text.length <= maxTextLength ? text : `${text.slice(0, maxTextLength)}…`;
}
