/** Which repositories an operator knows to be gone from GitHub, or closed there. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ErrorCode } from '../../../../shared/model/errors.ts';
import { exceptionFor, type SourceException } from '../../../../shared/model/source-exceptions.ts';
import type { RepositoryRecord } from './state.ts';

/** What one can be accepted to fail of. */
export const goneCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'GITHUB_BLOCKED',
  'GITHUB_NOT_FOUND',
  'GIT_NOT_FOUND',
  'GIT_REFUSED',
]);

type Known = Pick<RepositoryRecord, 'id' | 'name' | 'seenAtMs'>;

export class Exceptions {
  readonly #all: readonly SourceException[];
  readonly #login: string;
  readonly #root: string;
  readonly #nowMs: () => number;

  constructor(all: readonly SourceException[], login: string, root: string, nowMs: () => number) {
    this.#all = all;
    this.#login = login;
    this.#root = root;
    this.#nowMs = nowMs;
  }

  /** Null as well where nothing of it was kept: then it is lost, whatever was accepted. */
  async of(record: Known, folder: string): Promise<SourceException | null> {
    const isKept = (await stat(join(this.#root, `${folder}.git`)).catch(() => null)) !== null;
    return isKept ? this.named(record) : null;
  }

  named({ id, name, seenAtMs }: Known): SourceException | null {
    const names = [String(id), name, `${this.#login}/${name}`];
    return exceptionFor(this.#all, names, { seenAtMs, nowMs: this.#nowMs() });
  }
}
