/** Reads stored files and says which are not what they were; what is good is noted now and then, so that nothing is read twice. */
import { hash } from 'node:crypto';
import type { Issue, Progress } from '../../../shared/contract/common.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { ScrubFile } from '../../../shared/model/scrub.ts';
import type { Throttle } from '../platform/throttle.ts';
import { configHandle } from '../repository/backend/backend.ts';
import type { RepairThreads } from '../repository/repair/threads.ts';
import { openConfig, type Repository } from '../repository/repository.ts';

export type ScrubRequest = {
  readonly repository: Repository;
  readonly threads: RepairThreads;
  readonly files: readonly ScrubFile[];
  readonly throttle: Throttle | null;
  /** Whether somebody waits for it: what is left is read by a later step then. */
  readonly mustMakeRoom?: (() => boolean) | undefined;
  /** Told of files that are good, some at a time. */
  readonly onGood: (files: readonly ScrubFile[]) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onIssue: (issue: Issue) => void;
};

export type Scrubbed = { readonly files: number; readonly bytes: number; readonly damaged: readonly Issue[] };

/** What is read between two notes is read again after a crash. */
const notedFiles = 32;
const damageCodes: ReadonlySet<string> = new Set(['STORED_FILE_DAMAGED', 'IO_ERROR']);

export async function scrubFiles(request: ScrubRequest): Promise<Scrubbed> {
  return new Scrub(request).run();
}

class Scrub {
  readonly #request: ScrubRequest;
  readonly #damaged: Issue[] = [];
  #good: ScrubFile[] = [];
  #files = 0;
  #bytes = 0;

  constructor(request: ScrubRequest) {
    this.#request = request;
  }

  async run(): Promise<Scrubbed> {
    const { files, signal } = this.#request;
    const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
    try {
      for (const file of files) {
        signal.throwIfAborted();
        if (this.#request.mustMakeRoom?.() === true) break;
        await this.#request.throttle?.passed('read', file.size, signal);
        await this.#read(file);
        this.#files += 1;
        this.#bytes += file.size;
        this.#say(file, totalBytes);
        if (this.#good.length >= notedFiles) await this.#note();
      }
    } finally {
      await this.#note();
    }
    return { files: this.#files, bytes: this.#bytes, damaged: this.#damaged };
  }

  async #read(file: ScrubFile): Promise<void> {
    // What only the way here did is not there the second time.
    const fault = (await this.#faultOf(file)) === null ? null : await this.#faultOf(file);
    if (fault === null) this.#good.push(file);
    else if (fault !== 'gone') {
      const issue: Issue = { path: pathOf(file), code: 'STORED_FILE_DAMAGED', message: fault };
      this.#damaged.push(issue);
      this.#request.onIssue(issue);
    }
  }

  /** Null where it is good; `gone` where another has removed it since it was listed. */
  async #faultOf(file: ScrubFile): Promise<string | null> {
    const { repository } = this.#request;
    try {
      if (file.kind === 'data') return await this.#packFault(file);
      const content = await repository.backend.load(
        file.kind === 'config' ? configHandle : { type: file.kind, name: file.name },
      );
      if (file.kind === 'config')
        return openConfig(repository.key, content)?.id === repository.config.id ? null : 'It cannot be read any more.';
      if (hash('sha256', content, 'hex') !== file.name) return 'It does not hold what was written to it.';
      return file.kind === 'keys' || repository.opens(content) ? null : 'It cannot be decrypted.';
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      if (error.code === 'STORED_FILE_MISSING' && file.kind !== 'config') return 'gone';
      if (error.code !== 'STORED_FILE_MISSING' && !damageCodes.has(error.code)) throw error;
      return error.message;
    }
  }

  async #packFault({ name, size }: ScrubFile): Promise<string | null> {
    const { whole, faults } = await this.#request.threads.any().call('judge', { packId: name, size, expected: [] });
    return whole ? null : `The pack is damaged: ${faults.join('; ')}.`;
  }

  async #note(): Promise<void> {
    const good = this.#good;
    this.#good = [];
    if (good.length > 0) await this.#request.onGood(good);
  }

  #say(file: ScrubFile, totalBytes: number): void {
    this.#request.onProgress({
      phase: 'Reading stored data',
      doneItems: this.#files,
      totalItems: this.#request.files.length,
      doneBytes: this.#bytes,
      totalBytes,
      currentItem: pathOf(file),
      issues: this.#damaged.length,
    });
  }
}

export function pathOf({ kind, name }: Pick<ScrubFile, 'kind' | 'name'>): string {
  return kind === 'config' ? 'config' : `${kind}/${name}`;
}
