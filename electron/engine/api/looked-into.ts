/** The tree of a snapshot as those who look for Git repositories in it see it. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { RawPath } from '../platform/raw-path.ts';
import type { SnapshotTree } from '../recovery/git/snapshot-tree.ts';
import type { Repository } from '../repository/repository.ts';
import type { CallContext } from './context.ts';

export function lookedInto(
  { browsers }: Pick<CallContext, 'browsers'>,
  repository: Repository,
  tree: string,
  signal: AbortSignal | undefined,
): SnapshotTree {
  return {
    folders: (path) => browsers.folders(repository, { tree, path }, signal),
    files: (path) => filesIn({ browsers }, { repository, tree, path }, signal),
    file: (path, maxBytes) => browsers.file(repository, { tree, path, maxBytes }, signal),
  };
}

const pageOfFiles = 1000;

async function filesIn(
  { browsers }: Pick<CallContext, 'browsers'>,
  { repository, tree, path }: { readonly repository: Repository; readonly tree: string; readonly path: RawPath },
  signal: AbortSignal | undefined,
): ReturnType<SnapshotTree['files']> {
  const files: { name: string; size: number }[] = [];
  const view = { sort: 'name', descending: false, filter: '', foldersOnly: false } as const;
  for (let from = 0; ; from += pageOfFiles) {
    const page = await browsers
      .page(repository, { view, tree, path, from, limit: pageOfFiles, against: null }, signal)
      .catch(orNoFolder);
    if (page === null) return files;
    files.push(...page.entries.flatMap(({ name, type, size }) => (type === 'file' ? [{ name, size }] : [])));
    if (from + pageOfFiles >= page.matching) return files;
  }
}

function orNoFolder(error: unknown): null {
  if (error instanceof HoldfastError && error.code === 'PATH_NOT_IN_SNAPSHOT') return null;
  throw error;
}
