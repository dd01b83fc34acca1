/** The files of a repository, and when each was last read; and which of them the index promises and nobody finds. */
import type { Caller, Issue } from '../../../shared/contract/common.ts';
import { scrubKinds, type ScrubFile, type ScrubKind } from '../../../shared/model/scrub.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { beginReadLock } from '../repository/lock.ts';
import { loadIndex } from '../repository/repair/survey.ts';
import type { RepairThreads } from '../repository/repair/threads.ts';
import type { Repository } from '../repository/repository.ts';

type Ground = {
  readonly catalog: Catalog;
  readonly caller: Caller;
  readonly repository: Repository;
  readonly nowMs: number;
};

const pageRows = 5000;

/** Forgets on the way what was read and is not there any more. */
export async function storedFiles(ground: Ground): Promise<readonly ScrubFile[]> {
  const { catalog, caller, repository, nowMs } = ground;
  const { id } = repository.config;
  const files: ScrubFile[] = [];
  for (const kind of scrubKinds) {
    const readings = await readingsOf(ground, kind);
    for (const { name, size, archived } of await repository.backend.list(kind)) {
      files.push({ kind, name, size, readAtMs: readings.get(name) ?? null, archived });
      readings.delete(name);
    }
    const gone = [...readings.keys()].map((name) => ({ kind, name }));
    if (gone.length > 0) await catalog.write('integrity.forget', caller, { repository: id, files: gone, atMs: nowMs });
  }
  return files;
}

async function readingsOf({ catalog, caller, repository }: Ground, kind: ScrubKind): Promise<Map<string, number>> {
  const readings = new Map<string, number>();
  for (let after = ''; ;) {
    const question = { repository: repository.config.id, kind, after, limit: pageRows };
    const page = await catalog.read('integrity.readings', caller, question);
    for (const { name, readAtMs } of page) readings.set(kind === 'config' ? 'config' : name, readAtMs);
    const last = page.at(-1);
    if (last === undefined || page.length < pageRows) return readings;
    after = last.name;
  }
}

/** Packs that the index promises and that are gone or have another size; and index files that cannot be read. */
export async function missingPacks(
  repository: Repository,
  threads: RepairThreads,
  signal: AbortSignal,
  onNotice: (text: string) => void,
): Promise<readonly Issue[]> {
  const lock = await beginReadLock(repository, onNotice);
  try {
    const promised = new Map<string, number>();
    const issues: Issue[] = [];
    for (const { name } of await repository.backend.list('index')) {
      signal.throwIfAborted();
      const loaded = await loadIndex(repository, threads.any(), name);
      if ('code' in loaded) issues.push({ path: `index/${name}`, ...loaded });
      else for (const { id, leastSize } of loaded.packs) promised.set(id, Math.max(leastSize, promised.get(id) ?? 0));
    }
    const sizes = new Map((await repository.backend.list('data')).map(({ name, size }) => [name, size]));
    for (const [id, least] of promised) {
      const size = sizes.get(id);
      const path = `data/${id}`;
      if (size === undefined) issues.push({ path, code: 'STORED_FILE_MISSING', message: 'The pack is missing.' });
      else if (size < least) issues.push({ path, code: 'STORED_FILE_DAMAGED', message: 'The pack is too short.' });
    }
    await lock.confirmed;
    return issues;
  } finally {
    await lock.release();
  }
}
