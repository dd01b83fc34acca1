/**
 * The log of the engine: structured lines in HOLDFAST_HOME/logs, for its owner alone, of bounded size. No secret gets into
 * it, and nothing fails because it cannot be written. A message is a fixed sentence; what varies stands in the facts, so
 * that a stranger can be shown the one without the other.
 */
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Logger, pino as Pino } from 'pino';
import { redactText, redactValue } from './redact.ts';

export type LogFacts = Readonly<Record<string, unknown>>;

export interface Log {
  info(message: string, facts?: LogFacts): void;
  warn(message: string, facts?: LogFacts): void;
  error(message: string, facts?: LogFacts): void;
  close(): void;
}

export type LogOptions = {
  readonly folder: string;
  readonly level: 'info' | 'warn';
  /** By default that of the engine. */
  readonly fileName?: string;
  /** A file that has become as large is set aside. */
  readonly maximumBytes?: number;
  /** Besides the one that is written to. */
  readonly keptFiles?: number;
};

const engineFile = 'engine.log';
const defaults = { fileName: engineFile, maximumBytes: 4 * 1024 * 1024, keptFiles: 4 };

export function logFolder(home: string): string {
  return join(home, 'logs');
}

/** Nothing is opened before the first line. */
export function openLog(options: LogOptions): Log {
  const file = new RotatingFile(options);
  let logger: Logger | null = null;
  const say =
    (level: 'info' | 'warn' | 'error') =>
    (message: string, facts: LogFacts = {}): void => {
      logger ??= makeLogger(options.level, file);
      logger[level](redactValue(facts) as object, redactText(message));
    };
  return { info: say('info'), warn: say('warn'), error: say('error'), close: () => file.close() };
}

/** Loaded with the first line: most commands have nothing to say. */
function makeLogger(level: LogOptions['level'], file: RotatingFile): Logger {
  const { pino } = createRequire(import.meta.url)('pino') as { pino: typeof Pino };
  return pino(
    { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => file.write(line) },
  );
}

/** The newest lines, oldest first. */
export function lastLogLines(folder: string, count: number): string[] {
  const lines: string[] = [];
  for (const name of [`${engineFile}.1`, engineFile]) {
    try {
      lines.push(...readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean));
    } catch {
      // There is none.
    }
  }
  return lines.slice(-count);
}

class RotatingFile {
  readonly #folder: string;
  readonly #fileName: string;
  readonly #maximumBytes: number;
  readonly #keptFiles: number;
  #descriptor: number | null = null;
  #size = 0;

  constructor(options: LogOptions) {
    const { folder, fileName, maximumBytes, keptFiles } = { ...defaults, ...options };
    this.#folder = folder;
    this.#fileName = fileName;
    this.#maximumBytes = maximumBytes;
    this.#keptFiles = keptFiles;
  }

  /** A full disk must not take the engine with it. */
  write(line: string): void {
    try {
      const bytes = Buffer.from(line);
      const descriptor = this.#open(bytes.length);
      writeSync(descriptor, bytes);
      this.#size += bytes.length;
    } catch {
      this.close();
    }
  }

  close(): void {
    if (this.#descriptor === null) return;
    const descriptor = this.#descriptor;
    this.#descriptor = null;
    try {
      closeSync(descriptor);
    } catch {
      // It is closed in any case.
    }
  }

  #open(room: number): number {
    if (this.#descriptor !== null && this.#size + room > this.#maximumBytes) {
      this.close();
      this.#rotate();
    }
    if (this.#descriptor !== null) return this.#descriptor;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
    this.#descriptor = openSync(join(this.#folder, this.#fileName), flags, 0o600);
    this.#size = fstatSync(this.#descriptor).size;
    return this.#size > 0 && this.#size + room > this.#maximumBytes ? this.#open(room) : this.#descriptor;
  }

  #rotate(): void {
    const name = (at: number): string => join(this.#folder, at === 0 ? this.#fileName : `${this.#fileName}.${at}`);
    rmSync(name(this.#keptFiles), { force: true });
    for (let at = this.#keptFiles - 1; at >= 0; at--) {
      try {
        renameSync(name(at), name(at + 1));
      } catch {
        // There was none of that number.
      }
    }
  }
}
