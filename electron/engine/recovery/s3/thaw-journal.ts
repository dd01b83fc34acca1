/**
 * What a run has asked S3 to bring back, in a file that outlives its engine: nothing is asked for, and paid for, twice, also
 * where its copy has come and gone meanwhile.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const entrySchema = z.object({ key: z.string() });

export class ThawJournal {
  readonly #file: string;
  readonly #keys: Set<string>;

  constructor(file: string) {
    this.#file = file;
    this.#keys = new Set(existsSync(file) ? keysIn(readFileSync(file, 'utf8')) : []);
  }

  get keys(): ReadonlySet<string> {
    return this.#keys;
  }

  /** Once S3 has taken the order. */
  add(key: string): void {
    if (this.#keys.has(key)) return;
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    appendFileSync(this.#file, `${JSON.stringify({ key })}\n`, { mode: 0o600, flush: true });
    this.#keys.add(key);
  }

  remove(): void {
    rmSync(this.#file, { force: true });
  }
}

/** A line that was cut off is the last one: what it was of shows itself as under way. */
function keysIn(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [entrySchema.parse(JSON.parse(line)).key];
    } catch {
      return [];
    }
  });
}
