/**
 * One large index of a repository after the other: whoever comes while it is loaded and kept waits, and finds it kept. Both
 * at once would take twice the memory and the time.
 */
import { orAborted } from '../../platform/or-aborted.ts';
import { isLargeIndex } from '../index-loading.ts';
import type { Repository } from '../repository.ts';
import { openIndex, type Keeping, type OpenedIndex } from './kept-index.ts';

/** What came of loading, and what still keeps it: the next one waits for that too. */
export type Loaded<Result> = { readonly result: Result; readonly keeping: Keeping | null };

/** Of this process, by where an index comes from: a place that does not answer holds up nobody who reads it elsewhere. */
const turns = new Map<string, Promise<void>>();

/**
 * Opens an index as `openIndex` and has it loaded. `load` closes it where it fails; then the next one loads it itself. The
 * signal ends the wait, and nothing else.
 */
export async function openInTurn<Result>(
  repository: Repository,
  load: (opened: OpenedIndex) => Promise<Loaded<Result>>,
  signal: AbortSignal | null = null,
): Promise<Result> {
  const { backend, config } = repository;
  const listed = await backend.list('index');
  if (!isLargeIndex(listed)) return (await load(await openIndex(repository, listed))).result;
  const end = await takeTurn(`${config.id} ${backend.location}`, signal);
  let keeping: Keeping | null = null;
  try {
    // Others may have written since.
    const loaded = await load(await openIndex(repository));
    keeping = loaded.keeping;
    return loaded.result;
  } finally {
    if (keeping === null) end();
    else void keeping.done.finally(end);
  }
}

/** Resolves when those before have ended theirs, to what ends this one. */
async function takeTurn(name: string, signal: AbortSignal | null): Promise<() => void> {
  const before = turns.get(name) ?? Promise.resolve();
  const ended = Promise.withResolvers<void>();
  const mine = before.then(() => ended.promise);
  turns.set(name, mine);
  void mine.finally(() => {
    if (turns.get(name) === mine) turns.delete(name);
  });
  try {
    await (signal === null ? before : orAborted(before, signal));
    return ended.resolve;
  } catch (error) {
    ended.resolve();
    throw error;
  }
}
