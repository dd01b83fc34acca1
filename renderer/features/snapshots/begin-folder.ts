/** Where to begin in a snapshot of a source that only its snapshots know: below the folders that hold nothing but the next. */
import type { Client } from '../../client/client.ts';
import { useAnswer } from '../../client/ask.ts';
import { commonFolder, pathsInName } from './view.ts';

/** A source deeper than this begins on the way. */
const deepest = 16;

type Begin = {
  readonly repository: string;
  readonly source: string;
  readonly snapshot: string;
  /** What the source protects, where that is known. */
  readonly paths: readonly string[] | undefined;
  /** False: somebody is at another folder already. */
  readonly asked: boolean;
};

/** Null until it is found out. */
export function useBeginFolder({ repository, source, snapshot, paths, asked }: Begin): string | null {
  const named = paths ?? pathsInName(source);
  const isKnown = named.length > 0;
  const answer = useAnswer(
    ['browse.folder', 'begin', repository, snapshot],
    (client, signal) => firstFork(client, { repository, snapshot }, signal),
    { enabled: asked && !isKnown && snapshot !== '' },
  );
  if (isKnown) return commonFolder(named);
  // What cannot be read is told where the folder itself is shown.
  return answer.isError ? '/' : (answer.data ?? null);
}

async function firstFork(
  client: Client,
  { repository, snapshot }: { readonly repository: string; readonly snapshot: string },
  signal: AbortSignal,
): Promise<string> {
  let path = '/';
  for (let depth = 0; depth < deepest; depth += 1) {
    const asked = { repository: { id: repository }, snapshot, path, limit: 2 };
    const { total, entries } = await client.browse.folder(asked, { signal });
    const [only] = entries;
    if (total !== 1 || only?.type !== 'dir') return path;
    path = only.path;
  }
  return path;
}
