/**
 * What has been measured, stage by stage, in a file that is written after each: a run that was cut off goes on behind the
 * last one that ended.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { describeCommit } from '../machine.ts';

/** When, on what and beside what a stage was measured. */
export type Conditions = {
  readonly endedAt: string;
  readonly commit: string;
  /** Of the machine: when it began, and when it had ended. */
  readonly load: readonly [number, number];
};

type Noted = Conditions & { readonly figures: unknown };
type Book = { readonly scale: number; readonly stages: Record<string, Noted> };

export class Stages {
  readonly #file: string;
  readonly #book: Book;

  private constructor(file: string, book: Book) {
    this.#file = file;
    this.#book = book;
  }

  /** Throws where the folder holds figures of another scale. */
  static async open(folder: string, scale: number): Promise<Stages> {
    const file = join(folder, 'figures.json');
    const text = await readFile(file, 'utf8').catch(() => null);
    const book = text === null ? { scale, stages: {} } : (JSON.parse(text) as Book);
    if (book.scale !== scale) throw new Error(`${file} is of the scale ${book.scale}.`);
    return new Stages(file, book);
  }

  /** The figures of an earlier run, or those of `work`, which are noted. */
  async stage<Figures>(name: string, work: () => Promise<Figures>): Promise<Figures> {
    const noted = this.#book.stages[name];
    process.stderr.write(noted === undefined ? `${name}\n` : `${name}: measured at ${noted.endedAt}\n`);
    if (noted !== undefined) return noted.figures as Figures;
    const before = loadNow();
    const figures = await work();
    const commit = await describeCommit(AbortSignal.timeout(60_000));
    const endedAt = new Date().toISOString();
    this.#book.stages[name] = { endedAt, commit, load: [before, loadNow()], figures };
    await writeFile(`${this.#file}.new`, `${JSON.stringify(this.#book, null, 2)}\n`);
    await rename(`${this.#file}.new`, this.#file);
    return figures;
  }

  get conditions(): readonly (Conditions & { readonly stage: string })[] {
    return Object.entries(this.#book.stages).map(([stage, { endedAt, commit, load }]) => ({
      stage,
      endedAt,
      commit,
      load,
    }));
  }
}

function loadNow(): number {
  return loadavg()[0] ?? 0;
}
