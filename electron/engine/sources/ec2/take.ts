/**
 * What one run asks AWS for, written down before it is asked for: a run that another engine has left is gone on with, and
 * asks for nothing twice.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { readSmallFile, writeFileAtomically } from '../../platform/atomic-file.ts';
import { makeFolders } from '../../platform/make-folders.ts';

const takeSchema = z.object({
  version: z.literal(1),
  run: z.string().min(1).max(64),
  takenAtMs: z.number().int().nonnegative(),
  /** Whose snapshot tells of it: what it asks for goes when that one forgets it. */
  repository: z.string(),
  profile: z.string().nullable(),
  periods: z.array(z.string()),
  /** Instances and volumes that a call may have been made for. */
  asked: z.array(z.string()),
});
export type TakeRecord = z.infer<typeof takeSchema>;

const maximumBytes = 4 * 1024 * 1024;

export class Take {
  readonly #path: string;
  #record: TakeRecord;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, record: TakeRecord) {
    this.#path = path;
    this.#record = record;
  }

  /** Null: none was begun, or it cannot be read. */
  static async read(folder: string): Promise<Take | null> {
    const path = fileOf(folder);
    const text = await readSmallFile(path, maximumBytes);
    if (text === null) return null;
    const parsed = takeSchema.safeParse(jsonOf(text));
    return parsed.success ? new Take(path, parsed.data) : null;
  }

  static async begin(folder: string, record: Omit<TakeRecord, 'version' | 'asked'>): Promise<Take> {
    await makeFolders(folder);
    const take = new Take(fileOf(folder), { version: 1, ...record, asked: [] });
    await take.#write();
    return take;
  }

  get record(): Readonly<TakeRecord> {
    return this.#record;
  }

  isAsked(target: string): boolean {
    return this.#record.asked.includes(target);
  }

  /** Before the call. */
  async ask(target: string): Promise<void> {
    if (this.isAsked(target)) return;
    this.#record = { ...this.#record, asked: [...this.#record.asked, target] };
    await this.#write();
  }

  /** One after the other, each with the newest. */
  #write(): Promise<void> {
    this.#writing = this.#writing.then(() => writeFileAtomically(this.#path, JSON.stringify(this.#record)));
    return this.#writing;
  }
}

function fileOf(folder: string): string {
  return join(folder, 'take.json');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
