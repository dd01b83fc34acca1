/**
 * Uploads in parts that a restore has begun, in a file that outlives it: a later one goes on with them, and gives up what it
 * does not need. Nobody else's uploads are touched.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const entrySchema = z.object({
  key: z.string(),
  upload: z.string(),
  /** Of what is uploaded: another content takes another upload. */
  content: z.string(),
  partBytes: z.number().int().positive(),
});
export type BegunUpload = z.infer<typeof entrySchema>;

export class UploadJournal {
  readonly #file: string;
  readonly #begun = new Map<string, BegunUpload>();

  constructor(file: string) {
    this.#file = file;
    for (const entry of existsSync(file) ? readEntries(readFileSync(file, 'utf8')) : [])
      this.#begun.set(entry.upload, entry);
  }

  find(key: string, content: string): BegunUpload | null {
    return [...this.#begun.values()].find((entry) => entry.key === key && entry.content === content) ?? null;
  }

  /** Before the first part goes. */
  add(entry: BegunUpload): void {
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    appendFileSync(this.#file, `${JSON.stringify(entry)}\n`, { mode: 0o600, flush: true });
    this.#begun.set(entry.upload, entry);
  }

  /** It is complete, or given up. */
  settle(upload: string): void {
    this.#begun.delete(upload);
  }

  get left(): readonly BegunUpload[] {
    return [...this.#begun.values()];
  }

  /** Nothing is left to go on with. */
  remove(): void {
    rmSync(this.#file, { force: true });
  }
}

/** A line that was cut off is the last one, and nothing had been uploaded for it. */
function readEntries(text: string): readonly BegunUpload[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [entrySchema.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}
