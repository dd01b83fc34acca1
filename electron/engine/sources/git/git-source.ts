/** Repositories named by their addresses, on any server, as one source. */
import { join } from 'node:path';
import { HoldfastError, toHoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import { pathInSnapshot } from '../../../../shared/model/git-url.ts';
import { makeFolders } from '../../platform/make-folders.ts';
import { inParallel } from '../parallel.ts';
import type { PrepareContext, Prepared, RemoteSource } from '../source.ts';
import type { GitAccess } from './git.ts';
import { updateMirror } from './mirror.ts';

export type GitSourceOptions = {
  /** Of the folder below the root; it is the first part of every path in the snapshot. */
  readonly name: string;
  readonly urls: readonly string[];
  readonly lfs: boolean;
  readonly pullRefs: boolean;
  /** Null where the server is asked without. */
  readonly access: (url: string) => GitAccess | null;
};

const atOnce = 4;
const workFolder = '.holdfast';
/** What one repository cannot have for itself. */
const fatal: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['CANCELLED', 'GIT_MISSING', 'NO_SPACE', 'READ_ONLY']);

export function gitSource(options: GitSourceOptions): RemoteSource {
  return { prepare: (context) => prepare(options, context) };
}

/** One that fails keeps none of the others from it. Where all do, raises why the first did. */
async function prepare(options: GitSourceOptions, context: PrepareContext): Promise<Prepared> {
  const folder = join(context.root, options.name);
  const work = join(folder, workFolder);
  await makeFolders(work);
  const urls = [...new Set(options.urls)];
  const totals = { items: urls.length, bytes: 0 };
  const items: { path: string; complete: boolean }[] = [];
  const failures: HoldfastError[] = [];
  await inParallel(urls, atOnce, async (url) => {
    const own = pathInSnapshot(url);
    if (own === null) throw new HoldfastError('GIT_URL_REFUSED', 'That is no address of a Git server.');
    const path = `/${options.name}/${own}`;
    context.onProgress({ doneItems: items.length, doneBytes: 0, currentItem: url, totals });
    try {
      const complete = await bring(options, context, { url, path, folder: join(folder, own), work });
      items.push({ path, complete });
    } catch (error) {
      const failure = toHoldfastError(error);
      if (fatal.has(failure.code)) throw failure;
      context.onIssue({ path, code: failure.code, message: failure.message });
      failures.push(failure);
      items.push({ path, complete: false });
    }
  });
  const [first] = failures;
  if (first !== undefined && failures.length === totals.items) throw first;
  return { folder, excludes: [`/${workFolder}/`], items: items.toSorted((a, b) => (a.path < b.path ? -1 : 1)) };
}

type Place = { readonly url: string; readonly path: string; readonly folder: string; readonly work: string };

/** Whether all of it is there. */
async function bring(
  { access, lfs, pullRefs }: GitSourceOptions,
  { signal, nowMs, onIssue, onFinding, onNotice }: PrepareContext,
  { url, path, folder, work }: Place,
): Promise<boolean> {
  const meta = folder.replace(/\.git$/, '.meta');
  const { problems, lost } = await updateMirror({
    folder,
    meta,
    work,
    url,
    access: access(url),
    pullRefs,
    lfs,
    signal,
    nowMs,
  });
  for (const { code, message } of problems) onIssue({ path, code, message });
  for (const { ref, kind, commits, keptAs } of lost) {
    onFinding({ kind: 'historyLost', item: path, ref, how: kind, commits, keptAs });
    const what = kind === 'forced' ? 'was moved by force' : 'was deleted';
    onNotice(`${path}: ${ref} ${what}; ${commits} commits are kept as ${keptAs}.`);
  }
  return problems.length === 0;
}
